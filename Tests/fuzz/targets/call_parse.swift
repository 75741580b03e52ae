// SPDX-License-Identifier: MIT

import CCallProp
import CModel

// The input is a call.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  withText(Bytes(start: data, count: size)) { text, bytes in
    var call = garbageCall
    var error = cp_error.garbage
    let result = cp_call_parse(text, &call, &error)
    switch callMeant(by: bytes) {
    case .value(let meant):
      claim(result == 1, "read where the header says so: \(error.words)")
      claim(call.bits == meant.bits, "the call is the one that is meant: \(call)")
    case .refusal:
      claim(result == 0, "refused where the header says so")
    case .unsaid: break
    }
    error.claimTidy(isError: result == 0, call: bytes.count)
    error.claimModelAgrees(text, CALL, result: result)
    if result == 0 {
      claim(call.bits == garbageCall.bits, "a refusal leaves the call untouched: \(call)")
    } else {
      claim(cp_required(&call) != 0, "what is read can happen: \(call)")
      claim(cp_call_parse(text, nil, nil) == 0, "without a place for the call, nothing is read")
      claimFormatReadsBack(call)
    }
  }
  return 0
}

private func claimFormatReadsBack(_ call: cp_call) {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CP_CALL_MAX)) { buffer in
    var call = call
    let length = cp_call_format(&call, buffer.baseAddress, buffer.count)
    claim(buffer.firstIndex(of: 0) == length, "CP_CALL_MAX suffices: \(length)")
    var again = garbageCall
    let isRead = cp_call_parse(buffer.baseAddress, &again, nil) == 1
    claim(isRead && again.bits == call.bits, "what is written is what was read: \(call)")
  }
}
