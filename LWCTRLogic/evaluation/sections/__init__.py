"""The chapters of an evaluation's report."""
