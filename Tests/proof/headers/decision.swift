// SPDX-License-Identifier: MIT
// The header as Swift imports it.
import CCallProp

var call = cp_call(src: UInt8(CP_EXTERNAL), dst: UInt8(CP_QUEUE), leg: UInt8(CP_LEG_DST), callback: 0)
let text = #"{"src":"external","dst":"queue","leg":"dst"}"#
var error = cp_error()
print(
  cp_permits(cp_properties(CP_QRI | CP_LI), &call),
  cp_permits(cp_properties(CP_LI | CP_LO), &call),
  cp_allows("qri,li", text, &error),
  cp_allows("li,lo", text, nil))
assert(error.code == CP_OK)
