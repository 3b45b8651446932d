"""Findings and components to estimates: hours that can be added up by hand."""
