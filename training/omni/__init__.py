"""Training of the OmniLM: its tasks, its data, its loop."""
