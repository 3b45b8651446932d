"""A name explained: what the rulebook knows about it, judged for targets and a ROCm version."""
