# SPDX-License-Identifier: MIT
"""Debian systems with Asterisk: made once, kept in $CALLPROP_HOSTS; a copy for each run, with callprop and the module."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import debian_root
from real_calls import Failed

ROOT = Path(__file__).resolve().parents[2]
MODULE = ROOT / "Sources/asterisk"
PACKAGES = "asterisk,asterisk-dev,gcc,libc6-dev,make,pkg-config,libjansson-dev"


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


def cached(suite: str, results: Path, more: tuple[str, ...] = ()) -> Path:
    """The system of a Debian suite, with more packages."""
    host = debian_root.CACHE / "-".join(("asterisk", suite, *more))
    try:
        debian_root.make(suite, host, ",".join((PACKAGES, *more)), results / f"debootstrap-{suite}.log")
    except debian_root.NoSystem as problem:
        raise Failed(str(problem)) from None
    return host


class Host:
    """A copy of a system, into which callprop and the module are installed as their documentation says."""

    def __init__(self, suite: str, work: Path, keep: bool = False, more: tuple[str, ...] = ()):
        self.suite = suite
        self.root = work / suite
        if keep and (self.root / "usr/include/callprop.h").exists():
            return
        remove(self.root)
        self.root.parent.mkdir(parents=True, exist_ok=True)
        run("cp", "-a", "--reflink=auto", cached(suite, work, more), self.root)

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

    def install(self, flags: str = "CFLAGS='-O2 -g -Wextra'", *more: Path) -> None:
        """With more parts of the module than it has, where a proof wants them."""
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
        shutil.rmtree(source, ignore_errors=True)
        shutil.copytree(MODULE, source, ignore=shutil.ignore_patterns("*.so", "*.o"))
        for part in more:
            shutil.copy(part, source / "callprop")
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
