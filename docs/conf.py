# SPDX-License-Identifier: MIT
"""How Sphinx makes the manual: `make docs` the web pages, `make man` the man pages. doxygen has written the header's comments as XML before."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "Sources/python"), str(ROOT / "docs")]

(VERSION,) = re.findall(r'^#define CP_VERSION_STRING "(.*)"$', (ROOT / "include/callprop.h").read_text(), re.MULTILINE)

project = "callprop"
author = "The callprop authors"
copyright = "2026 The callprop authors. MIT licence"
version = release = VERSION
language = "en"
# A page that says when it was made would be another one every day.
today = " "

extensions = ["breathe", "myst_parser", "sphinx.ext.autodoc", "manual"]
exclude_patterns = ["man", "requirements.*"]

breathe_projects = {"callprop": str(ROOT / "build/docs/doxygen/xml")}
breathe_default_project = "callprop"
breathe_domain_by_extension = {"h": "c"}
breathe_show_include = False

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "separated"
python_use_unqualified_type_names = True
add_module_names = False

nitpicky = True
# C's own names, and those that only type checkers know.
nitpick_ignore = [("c:identifier", name) for name in ("uint8_t", "uint32_t", "int32_t", "size_t")]
TYPES = ["Out", "Memory", "NumpyLike", "BoolArray", "Uint32Array", "FactColumn", "array", "WSGIApplication"]
# The last is how Debian 12's Sphinx calls the one before.
TYPES += ["callprop._abi.Facts", "callprop.plain._Value", "_Value"]
nitpick_ignore += [("py:class", name) for name in TYPES]
nitpick_ignore_regex = [("py:.*", r"(collections|typing|types|enum|os|array)\..*")]

html_theme = "furo"
html_title = f"callprop {VERSION}"
html_static_path: list[str] = []
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
html_permalinks_icon = "#"
html_theme_options = {"navigation_with_keys": True}
pygments_style, pygments_dark_style = "friendly", "monokai"

# `make man` has a folder of sources of its own, which docs/man_pages.py writes.
man_pages = []
if (pages := ROOT / "build/docs/man-source/pages.txt").exists():
    man_pages = [
        (name, name.rpartition(".")[0] or name, about, [], section)
        for name, section, about in (line.split("\t") for line in pages.read_text().splitlines())
    ]
man_show_urls = True
