# SPDX-License-Identifier: MIT
"""What pyproject.toml cannot say: with the C library inside (`make wheel` puts it there), the wheel is for one kind of machine,
but still for every Python, as there is nothing in it that was compiled against one."""

from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel

HAS_LIBRARY = any((Path(__file__).parent / "callprop/lib").glob("*.so*"))


class Wheel(bdist_wheel):
    def get_tag(self):
        return ("py3", "none", super().get_tag()[2])


class Package(Distribution):
    def has_ext_modules(self):
        return HAS_LIBRARY


setup(cmdclass={"bdist_wheel": Wheel}, distclass=Package)
