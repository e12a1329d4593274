"""Serial CTRS: deep-learning survival score from serial CT."""
