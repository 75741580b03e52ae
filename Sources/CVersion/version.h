/* SPDX-License-Identifier: MIT */
/* The version of the header as text of C's: Swift reads the macro as a String, which allocates. */
#include "../../include/callprop.h"

static inline const char *callprop_version(void) { return CP_VERSION_STRING; }
