"""The report's drawings; each function draws one picture on a given matplotlib figure or subfigure."""
