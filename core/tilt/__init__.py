"""The tilt pad, targets and presets."""
