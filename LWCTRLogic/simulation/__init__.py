"""Virtual cohorts: simulated patients in tables, with the truth beside them."""
