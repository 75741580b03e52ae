# SPDX-License-Identifier: MIT
"""The version of this package, which is that of the C library it was written with. The build reads it from here, so it imports nothing."""

VERSION = "1.0.0"
