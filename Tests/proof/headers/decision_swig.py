# SPDX-License-Identifier: MIT
"""The header as SWIG reads it; `callprop` is the module that SWIG made."""

import sys

import callprop

call = callprop.cp_call_make(callprop.CP_EXTERNAL, callprop.CP_QUEUE, callprop.CP_LEG_DST, 0)
text = '{"src":"external","dst":"queue","leg":"dst"}'
error = callprop.cp_error()
reason = bytearray(callprop.CP_REASON_MAX)
length = callprop.cp_reason(callprop.CP_LI | callprop.CP_LO, call, reason)
print(
    callprop.cp_permits(callprop.CP_QRI | callprop.CP_LI, call),
    callprop.cp_permits(callprop.CP_LI | callprop.CP_LO, call),
    callprop.cp_allows("qri,li", text, error),
    callprop.cp_allows("li,lo", text, None),
    reason[:length].decode(),
)
sys.exit(error.code != callprop.CP_OK)
