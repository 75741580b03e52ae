// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

@Suite("cp_call_format")
struct CallFormatTests {
  /// What is written, and what is returned must be its length.
  private func format(_ call: cp_call) -> String {
    var buffer = [CChar](repeating: 0x7A, count: Int(CP_CALL_MAX))
    let length = withUnsafePointer(to: call) { cp_call_format($0, &buffer, buffer.count) }
    #expect(length == text(buffer).utf8.count)
    #expect(buffer.contains(0))
    return text(buffer)
  }

  @Test("All 64 are written, whether they can happen or not", arguments: Facts.all)
  func all(call: Facts) {
    #expect(format(call.abi) == "src=\(call.src),dst=\(call.dst),leg=\(call.leg),callback=\(call.callback)")
  }

  @Test("cp_call_parse reads back the 27 that can happen, and refuses the others for that alone", arguments: Facts.all)
  func readBack(call: Facts) {
    let written = Input(format(call.abi)).characters
    var out = cp_call(src: 0xA1, dst: 0xA2, leg: 0xA3, callback: 0xA4)
    var error = cp_error.garbage
    let canHappen = Scenario.requirements[call] != nil
    #expect(cp_call_parse(written, &out, &error) == (canHappen ? 1 : 0))
    #expect(Int(error.code) == (canHappen ? CP_OK : CP_ERROR_CALL))
    #expect(out == (canHappen ? call.abi : cp_call(src: 0xA1, dst: 0xA2, leg: 0xA3, callback: 0xA4)))
  }

  @Test("A value out of range makes it the empty text", arguments: Facts.all)
  func outOfRange(call: Facts) {
    var wrong: [cp_call] = []
    for value in UInt8(2)...255 {
      var calls = [call.abi, call.abi, call.abi, call.abi]
      calls[0].leg = value
      calls[1].callback = value
      calls[2].src = value
      calls[3].dst = value
      wrong += (value > 3 ? calls : Array(calls.prefix(2))).filter { format($0) != "" }
    }
    #expect(wrong == [])
  }

  @Test("CP_CALL_MAX suffices")
  func longest() {
    let lengths = Facts.all.map { format($0.abi).utf8.count }
    #expect(lengths.max() == "src=extension,dst=extension,leg=src,callback=false".utf8.count)
    #expect((lengths.max() ?? .max) < CP_CALL_MAX)
  }
}
