"""What can be wrong with an evaluation that somebody asked for."""


class EvaluationError(Exception):
    """The manifest, policies or run folder cannot be used; the message says why."""
