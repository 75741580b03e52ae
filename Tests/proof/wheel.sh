#!/bin/sh
# SPDX-License-Identifier: MIT
# The Python package as its users get it: the wheel, which is to run on a machine that has neither callprop nor jansson; the
# sdist and the sources, which take the system's library; and the package's tests against the wheel, on every Python that is
# found here. From the root of the repository, after `make wheel`: wheel.sh PREFIX
set -eu
. Tests/proof/need.sh

need python3-venv /usr/bin/python3 -c 'import venv, ensurepip'
need util-linux unshare --version
work=$build/wheel
rm -rf "$work"
mkdir -p "$work"
unset LD_LIBRARY_PATH CALLPROP_LIBRARY PYTHONPATH
export PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1

machine=$(uname -m)
wheel=$(ls build/dist/callprop-*_"$machine".whl) && sdist=$(ls build/dist/callprop-*.tar.gz) || fail "build/dist: make wheel puts the two there"
case $wheel in
*-py3-none-manylinux2014_"$machine".manylinux_2_17_"$machine".musllinux_1_2_"$machine".whl) ;;
*) fail "$wheel is not for every Python on any Linux" ;;
esac
tag=$(sed -n 's/.*"\(manylinux_[0-9_a-z]*\)".*/\1/p' "build/dist/work-$machine/show.log" | head -n 1)
[ -n "$tag" ] || fail "auditwheel names no tag: build/dist/work-$machine/show.log"

# ---- What is in it

unzipped=$work/unzipped
python3 -m zipfile -e "$wheel" "$unzipped"
for file in callprop/py.typed callprop/web/index.html callprop/_pyinstaller/hook-callprop.py callprop/lib/libcallprop.so.1 callprop-*.dist-info/licenses/LICENSE callprop-*.dist-info/licenses/LICENSE.jansson; do
    # shellcheck disable=SC2086
    ls $unzipped/$file >/dev/null 2>&1 || fail "the wheel has no $file"
done
ls "$unzipped"/callprop.libs/libjansson-*.so* >/dev/null || fail "the wheel has no jansson"
needed=$(readelf -d "$unzipped/callprop/lib/libcallprop.so.1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ')
case $needed in
"libc.so.6 libjansson-"*".so."*) ;;
*) fail "the wheel's library needs $needed" ;;
esac

# ---- In an empty environment, where there is no jansson

# venv NAME PYTHON
venv() {
    "$2" -m venv "$work/$1" 2>"$work/$1.log" || { cat "$work/$1.log" >&2; fail "$2 -m venv"; }
}
pip_into() {
    environment=$work/$1/bin/python
    shift
    "$environment" -m pip install -q "$@" >"$work/pip.log" 2>&1 || { tail -n 5 "$work/pip.log" >&2; fail "pip install $*"; }
}
example="import callprop; print(callprop.allows('li,ri', callprop.Call('external','ivr','dst')))"

venv empty /usr/bin/python3
pip_into empty --no-index "$wheel"
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
jansson=$(ldd "$prefix/lib/libcallprop.so.1" | sed -n 's/.*libjansson[^>]*> \([^ ]*\).*/\1/p')
# shellcheck disable=SC2016
hidden='mount --bind /dev/null "$1" && shift && exec "$@"'
$as_root unshare --mount sh -c "$hidden" - "$jansson" /usr/bin/python3 -c 'import ctypes; ctypes.CDLL("libjansson.so.4")' 2>/dev/null &&
    fail "jansson is not hidden"
[ "$($as_root unshare --mount sh -c "$hidden" - "$jansson" "$work/empty/bin/python" -c "$example")" = True ] ||
    fail "the wheel does not run without the system's jansson"
[ "$($as_root unshare --mount sh -c "$hidden" - "$jansson" "$work/empty/bin/callprop" allows li,ri src=external,dst=ivr,leg=dst)" = permitted ] ||
    fail "the command of the wheel"
cmp docs/man/callprop.1 "$work/empty/share/man/man1/callprop.1" || fail "the command's man page is not beside it"
loaded=$("$work/empty/bin/python" -c "$example
import re; print(*sorted({l for l in re.findall(r'\S*/lib(?:callprop|jansson)\S*', open('/proc/self/maps').read())}))" | tail -n 1)
case $loaded in
"$work/empty/lib/"*"/callprop.libs/libjansson-"*" $work/empty/lib/"*"/callprop/lib/libcallprop.so.1") ;;
*) fail "not the libraries of the wheel: $loaded" ;;
esac

"$work/empty/bin/python" -m pip uninstall -q -y callprop >"$work/pip.log" 2>&1 || fail "pip uninstall"
[ -z "$(find "$work/empty" -name '*callprop*')" ] || fail "pip uninstall leaves $(find "$work/empty" -name '*callprop*')"

# ---- Frozen by PyInstaller, from the wheel, as a program that has neither callprop nor jansson but what it takes along

venv frozen /usr/bin/python3
pip_into frozen --require-hashes --only-binary :all: --no-deps -r Sources/python/wheel-requirements.txt
pip_into frozen --no-index "$wheel"
cat >"$work/frozen.py" <<'PROGRAM'
import sys
import callprop
from callprop import command, page

if len(sys.argv) > 1:
    sys.exit(command.main())
call = callprop.Call("external", "ivr", "dst")
print(callprop.allows("li,ri", call), callprop.allows("li", call), len(page._asset("index.html")) > 1000)
PROGRAM
for form in onedir onefile; do
    (cd "$work" && frozen/bin/python -m PyInstaller "--$form" --noconfirm --log-level WARN --name "$form" frozen.py) >"$work/$form.log" 2>&1 ||
        { tail -n 5 "$work/$form.log" >&2; fail "PyInstaller --$form"; }
done
mv "$work/frozen" "$work/frozen.away" # so that nothing but what was taken along can be found
for program in "$work/dist/onedir/onedir" "$work/dist/onefile"; do
    [ "$($as_root unshare --mount sh -c "$hidden" - "$jansson" "$program")" = "True False True" ] || fail "the frozen $program does not decide"
    status=0
    "$program" allows li src=external,dst=ivr,leg=dst >"$work/frozen.txt" || status=$?
    [ "$status $(cat "$work/frozen.txt")" = "1 denied" ] || fail "the command in the frozen $program: $status"
done

# ---- Inside of a zip, from which no loader loads: one sentence

status=0
PYTHONPATH=$wheel /usr/bin/python3 -m callprop list >"$work/zip.txt" 2>&1 || status=$?
{ [ $status = 2 ] && [ "$(wc -l <"$work/zip.txt")" = 1 ] && grep -q 'the package is inside the archive .*\.whl' "$work/zip.txt"; } ||
    { cat "$work/zip.txt" >&2; fail "the wheel as a zip: exit status $status"; }

# ---- On other systems: the oldest and the newest Debian, without jansson

systems=''
cache=${CALLPROP_HOSTS:-/var/cache/callprop-hosts}
for suite in bullseye sid; do
    [ -x "$cache/$suite/usr/bin/python3" ] || fail "there is no $suite in $cache: make check-hosts puts it there"
    inside=/tmp/callprop-wheel.$$
    trap '$as_root rm -rf "$cache/bullseye$inside" "$cache/sid$inside"' EXIT
    $as_root mkdir "$cache/$suite$inside"
    $as_root cp -r "$unzipped/." "$cache/$suite$inside/"
    # shellcheck disable=SC2016
    answer=$($as_root unshare --mount sh -c 'mount --bind /dev/null "$(readlink -f "$0"/usr/lib/*/libjansson.so.4)" && exec chroot "$@"' \
        "$cache/$suite" "$cache/$suite" /usr/bin/env -i PATH=/usr/bin:/bin PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$inside" \
        /usr/bin/python3 -c "$example; import platform; print(platform.python_version(), platform.libc_ver()[1])") || fail "the wheel in $suite"
    case $answer in
    True*) systems="$systems, $suite (Python $(echo "$answer" | tail -n 1 | sed 's/ /, glibc /'))" ;;
    *) fail "the wheel in $suite: $answer" ;;
    esac
    $as_root rm -rf "$cache/$suite$inside"
done

# ---- The sdist and the sources: the system's library

cp -rL Sources/python "$work/copy"
for from in sdist sources; do
    venv "$from" /usr/bin/python3
    # What builds it is of the versions and hashes that built the wheel; a user's pip fetches what is newest.
    pip_into "$from" --require-hashes --only-binary :all: --no-deps -r Sources/python/wheel-requirements.txt
done
pip_into sdist --no-index --no-build-isolation "$sdist"
pip_into sources --no-index --no-build-isolation "$work/copy"
for from in sdist sources; do
    [ "$(LD_LIBRARY_PATH=$prefix/lib "$work/$from/bin/python" -c "$example")" = True ] || fail "the installed $from"
    [ -e "$work/$from/share/man/man1/callprop.1" ] || fail "the installed $from has no man page of the command"
    if [ "$(ldconfig -p | grep -c libcallprop)" = 0 ]; then
        status=0
        "$work/$from/bin/callprop" list >"$work/$from.txt" 2>&1 || status=$?
        { [ $status = 2 ] && [ "$(wc -l <"$work/$from.txt")" = 1 ] && grep -q 'install the C library callprop' "$work/$from.txt"; } ||
            { cat "$work/$from.txt" >&2; fail "the $from without a library: exit status $status"; }
    fi
done

# ---- The package's tests, against the wheel, on every Python of this machine

pythons=''
tests=0
for python in ${CALLPROP_PYTHONS:-/usr/bin/python3 python3.9 python3.10 python3.11 python3.12 python3.13 python3.14 python3.15 python3.13t python3.14t pypy3 \
    "$HOME"/.pyenv/versions/3.9*/bin/python "$HOME"/.pyenv/versions/3.1[0-9]*/bin/python}; do
    version=$("$python" -c 'import sys, platform, sysconfig
assert sys.version_info >= (3, 9)
print(platform.python_implementation() + "-" + platform.python_version() + ("t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""))' 2>/dev/null) || continue
    case " $pythons " in *" $version "*) continue ;; esac
    venv "$version" "$python"
    pip_into "$version" --no-index "$wheel"
    pip_into "$version" --require-hashes --only-binary :all: --no-deps -r Tests/requirements.txt
    "$work/$version/bin/python" -m pytest -q Tests/python --installed -m 'not third_party' >"$work/$version.txt" 2>&1 ||
        { tail -n 30 "$work/$version.txt" >&2; fail "the tests on $version: $work/$version.txt"; }
    count=$(sed -n 's/^\([0-9]*\) passed.*/\1/p' "$work/$version.txt")
    tests=$((tests + count))
    pythons="$pythons $version"
    echo "wheel: $version: $(tail -n 1 "$work/$version.txt")"
done
[ -n "$pythons" ] || fail "no Python was tried"

echo "wheel: $tag, runs without jansson here$systems, and frozen by PyInstaller; the sdist and the sources take the system's library; $tests tests passed on$pythons"
