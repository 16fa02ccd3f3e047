"""What each command may be told. Light: help and a wrong option must not wait for torch."""
