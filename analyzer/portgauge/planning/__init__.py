"""Components in order: what can move, what waits for what, and the work packages of a port."""
