"""Which files go together, what depends on what, and in which order to port it."""
