"""Phantom patients made in code."""
