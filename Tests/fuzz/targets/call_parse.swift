// SPDX-License-Identifier: MIT

import CCallProp

// The input is a call.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  withText(Bytes(start: data, count: size)) { text, bytes in
    var call = garbageCall
    var error = cp_error.garbage
    let result = cp_call_parse(text, &call, &error)
    let meant = callMeant(by: bytes)
    claim(result == (meant == nil ? 0 : 1), "read exactly where the header says so: \(result), \(error.words)")
    claim(call.bits == (meant ?? garbageCall).bits, "the call is the one that is meant, or untouched: \(call)")
    claim(result == 0 || cp_required(&call) != 0, "what is read can happen: \(call)")
    error.claimTidy(isError: result == 0, call: bytes.count)
    claim(result == 0 || cp_call_parse(text, nil, nil) == 0, "without a place for the call, nothing is read")
  }
  return 0
}
