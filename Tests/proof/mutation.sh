#!/bin/sh
# SPDX-License-Identifier: MIT
# Shows that the tests notice every change of the core: Tests/proof/mutation.sh PREFIX [--named] [--sample N]
exec python3 "$(dirname "$0")/mutation.py" "$@"
