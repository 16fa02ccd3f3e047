"""`interp config show`: every setting of a deployment, as it would be used."""

import argparse

from interp.core.settings import rendered
from interp.deployment import read_deployment

SECRETS = frozenset({"secret", "tenant_key"})


def run(args: argparse.Namespace) -> int:
    """Print it; what is printed can be used as a file."""
    print(rendered(read_deployment(args.config), SECRETS), end="")
    return 0
