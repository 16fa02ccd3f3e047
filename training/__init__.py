"""Recipes that make the models: speech data, the codec, the speaker."""
