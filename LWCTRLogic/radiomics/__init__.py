"""The radiomics engine: PyRadiomics' definitions, compiled."""
