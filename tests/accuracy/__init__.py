"""The accuracy command: portgauge measured against ports whose outcome is known.

``python -m tests.accuracy`` from the checkout root (``poe accuracy``) scans two sets of checkouts, scores what
was found and writes ``RESULTS.md`` here and ``rules/accuracy.yaml``. ``tests`` itself is no package, so pytest
knows these modules as ``accuracy.…`` and the command as ``tests.accuracy.…``; they import each other relatively.
"""
