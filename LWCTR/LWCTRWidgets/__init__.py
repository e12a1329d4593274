"""The panel's parts: one file a step, and what they share."""
