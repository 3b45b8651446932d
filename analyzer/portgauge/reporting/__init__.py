"""Reports: an ``Analysis`` becomes bytes or text; one module per format.

Needs values of ``model`` and nothing of how they were found. Every number that two formats
show is computed in ``summary``; every rounding is in ``rounding``.
"""
