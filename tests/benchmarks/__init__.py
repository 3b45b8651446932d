"""The benchmark: what a scan costs beside a bare parse of the same files.

``python -m tests.benchmarks DIR...`` from the checkout root (``poe bench DIR...``) prints a table and writes
``RESULTS.md`` here. ``tests`` itself is no package, so these modules import each other relatively.
"""
