"""What it costs to leave CUDA."""

__version__ = "0.1.0"
