#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a Python environment that has what a requirements.txt names and nothing else, or brings one up to it: venv.sh FOLDER REQUIREMENTS [UV]
# A requirements.txt has the hash of each package and of all that it needs; whatever is not that is refused. UV is a uv of ours, which takes seconds
# where pip takes most of a minute. Nothing is compiled that is then not imported.
set -eu

folder=${1:?usage: venv.sh FOLDER REQUIREMENTS [UV]} requirements=${2:?usage: venv.sh FOLDER REQUIREMENTS [UV]} uv=${3-}

python3 -m venv --without-pip "$folder"
if [ -z "$uv" ]; then
    exec "$(dirname "$0")/pip.sh" "$folder/bin/python" install -q --require-hashes --only-binary :all: --no-deps --no-compile -r "$requirements"
fi
# Where pip has been told to look, uv looks too.
if [ -n "${PIP_INDEX_URL-}" ]; then
    export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}"
fi
exec "$uv" pip sync -q --system-certs --require-hashes --only-binary :all: --python "$folder/bin/python" "$requirements"
