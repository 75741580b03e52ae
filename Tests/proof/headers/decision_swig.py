# SPDX-License-Identifier: MIT
"""The header as SWIG reads it; `callprop` is the module that SWIG made."""

import sys

import callprop

call = callprop.cp_call()
call.src, call.dst, call.leg, call.callback = callprop.CP_EXTERNAL, callprop.CP_QUEUE, callprop.CP_LEG_DST, 0
text = '{"src":"external","dst":"queue","leg":"dst"}'
error = callprop.cp_error()
print(
    callprop.cp_permits(callprop.CP_QRI | callprop.CP_LI, call),
    callprop.cp_permits(callprop.CP_LI | callprop.CP_LO, call),
    callprop.cp_allows("qri,li", text, error),
    callprop.cp_allows("li,lo", text, None),
)
sys.exit(error.code != callprop.CP_OK)
