// SPDX-License-Identifier: MIT
// The header as Swift imports it.
import CCallProp

var call = cp_call_make(CInt(CP_EXTERNAL), CInt(CP_QUEUE), CInt(CP_LEG_DST), 0)
let text = #"{"src":"external","dst":"queue","leg":"dst"}"#
var error = cp_error()
var reason = [CChar](repeating: 0, count: Int(CP_REASON_MAX))
cp_reason(cp_properties(CP_LI | CP_LO), &call, &reason, reason.count)
print(
  cp_permits(cp_properties(CP_QRI | CP_LI), &call),
  cp_permits(cp_properties(CP_LI | CP_LO), &call),
  cp_allows("qri,li", text, &error),
  cp_allows("li,lo", text, nil),
  String(cString: reason))
assert(error.code == CP_OK)
