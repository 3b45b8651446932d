"""Rules against one file at a time: what is there, for no target yet."""
