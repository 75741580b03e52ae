#!/bin/sh
# SPDX-License-Identifier: MIT
# pip as it comes with Python, from its wheel, for an environment that has none: pip.sh PYTHON ARGUMENT…
# To install it there first takes as long again as what is then installed with it.
set -eu

python=${1:?usage: pip.sh PYTHON ARGUMENT…}
shift
# Debian has the wheels in a folder of their own.
wheel=$("$python" -c '
import ensurepip, glob, os, sysconfig
folder = sysconfig.get_config_var("WHEEL_PKG_DIR") or os.path.join(os.path.dirname(ensurepip.__file__), "_bundled")
print(*glob.glob(os.path.join(folder, "pip-*.whl"))[:1])')
[ -n "$wheel" ] || { echo "callprop: no wheel of pip comes with $python: install python3-venv" >&2; exit 1; }
PYTHONPATH=$wheel exec "$python" -m pip --disable-pip-version-check "$@"
