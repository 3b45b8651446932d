"""The same findings weighed for each way out of CUDA."""
