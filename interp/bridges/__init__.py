"""Other tools' interfaces over the client, so that they can run and score the service."""
