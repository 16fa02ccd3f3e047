"""Doors beside our own gRPC contract, thin, over the same conversation."""
