"""The patient report: HTML, PDF and their pictures."""
