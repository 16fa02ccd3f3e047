"""Training of the OmniLM: ten tasks over one grid, stage by stage."""
