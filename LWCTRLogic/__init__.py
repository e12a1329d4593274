"""LWCTR: longitudinal whole-liver CT radiomics, without Qt and without Slicer."""

__version__ = "0.1.0"
