"""Settings of all tests."""

from hypothesis import settings

# How long an example takes is the machine's affair; pytest-timeout bounds the whole test.
settings.register_profile("interp", deadline=None)
settings.load_profile("interp")
