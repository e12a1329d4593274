"""Volumes, masks, their geometry and their checks."""
