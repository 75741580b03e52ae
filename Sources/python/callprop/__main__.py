# SPDX-License-Identifier: MIT
"""``python -m callprop``, and the command ``callprop``."""

import sys

from .command import main

if __name__ == "__main__":
    sys.exit(main())
