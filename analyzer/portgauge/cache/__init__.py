"""What one file held, kept between runs under a digest of its content; knows nothing of what it keeps."""
