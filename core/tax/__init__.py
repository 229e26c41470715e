"""US federal tax of realised gains: holding period, wash sales, rates."""
