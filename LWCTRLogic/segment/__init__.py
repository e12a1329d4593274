"""Liver segmentation: nnU-Net, other backends, propagation, quality checks."""
