"""Tables of rules/api brought up to date from a HIPIFY checkout and CUDA headers."""
