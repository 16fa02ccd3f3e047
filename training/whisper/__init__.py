"""Whisper's decoder, taught to write what a prefix of speech supports, and to wait otherwise."""
