"""The case for the tilt and against it: observations, signals, what they suggest, and what the tilt has been worth."""
