"""Reader sessions: worklists, repeat readings, audit log."""
