# SPDX-License-Identifier: MIT
"""What pyproject.toml cannot say. With the C library inside (`make wheel` puts it there), the wheel is for one kind of machine,
but still for every Python, as there is nothing in it that was compiled against one. And the version, which the header says, is written into
what is installed, where there is no header."""

from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

HAS_LIBRARY = any((Path(__file__).parent / "callprop/lib").glob("*.so*"))


class Modules(build_py):
    def run(self):
        super().run()
        if not self.editable_mode:
            version = Path(self.build_lib, "callprop/_version.py")
            version.write_text(
                f'"""Written by setup.py."""\n\nVERSION = "{self.distribution.get_version()}"\n', encoding="utf-8"
            )


class Wheel(bdist_wheel):
    def get_tag(self):
        return ("py3", "none", super().get_tag()[2])


class Package(Distribution):
    def has_ext_modules(self):
        return HAS_LIBRARY


setup(cmdclass={"bdist_wheel": Wheel, "build_py": Modules}, distclass=Package)
