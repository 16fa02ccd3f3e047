"""Training of the speaker: its data, its task, its loop."""
