"""``rules/`` turned into values; every complaint carries file and line."""
