"""Settings of all tests."""

import signal

from hypothesis import settings

# How long an example takes is the machine's affair; pytest-timeout bounds the whole test.
settings.register_profile("interp", deadline=None)
settings.load_profile("interp")

# A shell's background job ignores these, and so would every program that a test starts and stops.
for each in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(each) is signal.SIG_IGN:
        signal.signal(each, signal.SIG_DFL)
