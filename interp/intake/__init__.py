"""Audio intake: the only place where bytes become samples."""
