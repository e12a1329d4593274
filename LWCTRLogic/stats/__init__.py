"""Statistics of the method, each checked against R."""
