# SPDX-License-Identifier: MIT
"""Debian systems with Asterisk: made once, kept in $CALLPROP_HOSTS; a copy for each run, with callprop and the module."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from real_calls import Failed, need

ROOT = Path(__file__).resolve().parents[2]
MODULE = ROOT / "Sources/asterisk"
CACHE = Path(os.environ.get("CALLPROP_HOSTS", "/var/cache/callprop-hosts"))
PACKAGES = "asterisk,asterisk-dev,gcc,libc6-dev,make,pkg-config,libjansson-dev"
# A release that is no longer supported moves to the archive.
MIRRORS = ("http://deb.debian.org/debian", "http://archive.debian.org/debian")


def run(*command: str | Path, log: Path | None = None, **keywords) -> str:
    """Runs a command; its output is returned, or shown when it fails."""
    done = subprocess.run(
        [str(word) for word in command],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        **keywords,
    )
    if log:
        log.write_text(done.stdout)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout[-1500:]}")
    return done.stdout


def cached(suite: str, results: Path) -> Path:
    """The system of a Debian suite, made unless it is there."""
    host = CACHE / f"asterisk-{suite}"
    mark = host / "callprop-packages"
    if mark.exists() and mark.read_text().strip() == PACKAGES:
        return host
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    need("debootstrap", shutil.which("debootstrap", path=path) is not None, results / "apt.log")
    partial = CACHE / f"asterisk-{suite}.partial"
    print(f"debootstrap {suite} into {host}, which takes a few minutes", flush=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    for mirror in MIRRORS:
        shutil.rmtree(partial, ignore_errors=True)
        try:
            run(
                "debootstrap",
                "--variant=minbase",
                f"--include={PACKAGES}",
                suite,
                partial,
                mirror,
                log=results / f"debootstrap-{suite}.log",
                env={**os.environ, "PATH": path},
            )
            break
        except Failed as failure:
            failed = failure
    else:
        raise failed
    (partial / "callprop-packages").write_text(PACKAGES + "\n")
    shutil.rmtree(host, ignore_errors=True)
    partial.rename(host)
    return host


class Host:
    """A copy of a system, into which callprop and the module are installed as their documentation says."""

    def __init__(self, suite: str, work: Path):
        self.suite = suite
        self.root = work / suite
        remove(self.root)
        self.root.parent.mkdir(parents=True, exist_ok=True)
        run("cp", "-a", "--reflink=auto", cached(suite, work), self.root)

    def sh(self, command: str) -> str:
        """A shell command inside, with nothing of this machine's environment."""
        return run(
            "chroot",
            self.root,
            "/usr/bin/env",
            "-i",
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL=C",
            "/bin/sh",
            "-c",
            command,
        )

    def install(self, flags: str = "CFLAGS='-O2 -g -Wextra'") -> None:
        # The library was built here, and is installed there by the same target of the same Makefile.
        run(
            "make",
            "--no-print-directory",
            "-C",
            ROOT,
            "install",
            "PREFIX=/usr",
            "LIBDIR=/usr/lib",
            "INCLUDEDIR=/usr/include",
            f"DESTDIR={self.root}",
            "LDCONFIG=:",
        )
        source = self.root / "usr/src/callprop"
        shutil.copytree(MODULE, source, ignore=shutil.ignore_patterns("*.so", "*.o"), dirs_exist_ok=True)
        warnings = self.sh(f"ldconfig; cd /usr/src/callprop && make -s clean && make -s {flags} 2>&1")
        if warnings.strip():
            raise Failed(f"building the module in {self.suite} is not silent:\n{warnings}")
        self.sh(f"cd /usr/src/callprop && make -s {flags} install")
        # The prompts of transfers, as a moment of silence: there are no sounds in the system, and without them no transfer.
        self.sh(
            "d=$(readlink -m /usr/share/asterisk/sounds/en); mkdir -p $d; "
            "for f in pbx-transfer pbx-invalid beep beeperr; do head -c 160 /dev/zero | tr '\\0' '\\377' >$d/$f.ulaw; done"
        )

    def modules(self) -> str:
        """The folder of Asterisk's modules, as seen inside."""
        return self.sh(
            "dirname /usr/lib/*/asterisk/modules/res_callprop.so /usr/lib/asterisk/modules/res_callprop.so"
            " | while read d; do [ -e $d/res_callprop.so ] && echo $d; done; true"
        ).strip()

    def version(self) -> str:
        """Of Asterisk and of its package, which has Debian's changes."""
        version = self.sh("asterisk -V").split()[1].split("~")[0].split("+")[0]
        package = self.sh("dpkg-query -W -f '${Version}' asterisk")
        return f"{version} (Debian {self.suite}, {package})"


def remove(root: Path) -> None:
    if root.exists():
        run("rm", "-rf", "--one-file-system", root)
