# SPDX-License-Identifier: MIT
"""``python -m callprop``, and the command ``callprop``."""

import sys


def main() -> int:
    """Runs the command line, also where the library is missing: Python's own exit status for that means "denied"."""
    try:
        from .command import main as command
    except ImportError as problem:
        print(str(problem), file=sys.stderr)
        return 2
    return command()


if __name__ == "__main__":
    sys.exit(main())
