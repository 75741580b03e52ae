// SPDX-License-Identifier: MIT

import CCallProp

extension Call {
  /// The call of the ABI.
  @inline(__always)
  init(_ call: cp_call) {
    self.init(src: call.src, dst: call.dst, leg: call.leg, callback: call.callback)
  }
}

extension cp_call {
  init(_ call: Call) {
    self.init(
      src: call.src.rawValue, dst: call.dst.rawValue, leg: call.leg.rawValue,
      callback: call.callback ? 1 : 0)
  }
}
