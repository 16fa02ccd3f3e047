"""SNAC from scratch: losses, codebooks that stay in use, discriminators, the training loop."""
