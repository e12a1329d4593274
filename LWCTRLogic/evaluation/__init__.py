"""Evaluation of scores against outcomes: every number with an interval, tables, figures and a report."""
