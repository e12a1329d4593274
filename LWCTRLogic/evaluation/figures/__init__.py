"""Figures of an evaluation, each a function that draws on a canvas of its own ``WIDTH`` × ``HEIGHT`` mm."""
