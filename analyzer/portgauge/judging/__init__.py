"""Inventory and rulebook, for a target and a ROCm version, to findings and verdicts."""
