"""Model bundles: format, loading, prediction, registry."""
