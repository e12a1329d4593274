"""Exact attributions of linear models."""
