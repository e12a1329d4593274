"""Training of the bundled liver model: anatomies made in code, randomised scans, a small nnU-Net."""
