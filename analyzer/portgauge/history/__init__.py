"""Analyses side by side: what lies between two of them, and how many of them make a history."""
