// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

@Suite("cp_call_make")
struct CallMakeTests {
  private static let values: [CInt] = [
    -1, 0, 1, 2, 3, 4, 127, 128, 254, 255, 256, 257, 258, 259, 65_536, 1 << 24, -255, -256, .min, .max,
  ]

  @Test("Each of the 64 calls is made of its values")
  func inRange() {
    for facts in Facts.all {
      let call = facts.abi
      #expect(cp_call_make(CInt(call.src), CInt(call.dst), CInt(call.leg), CInt(call.callback)) == call)
    }
  }

  @Test("A value out of range stays out of range in its place, and touches no other", arguments: values)
  func outOfRange(value: CInt) {
    let before = cp_call(src: 1, dst: 2, leg: 1, callback: 1)
    // What a byte holds is kept; the rest becomes the byte that is none of ours.
    let byte = (0...254).contains(value) ? UInt8(value) : 255
    #expect(cp_call_make(value, 2, 1, 1) == cp_call(src: byte, dst: 2, leg: 1, callback: 1))
    #expect(cp_call_make(1, value, 1, 1) == cp_call(src: 1, dst: byte, leg: 1, callback: 1))
    #expect(cp_call_make(1, 2, value, 1) == cp_call(src: 1, dst: 2, leg: byte, callback: 1))
    #expect(cp_call_make(1, 2, 1, value) == cp_call(src: 1, dst: 2, leg: 1, callback: byte))
    #expect(cp_call_make(1, 2, 1, 1) == before)
  }

  @Test("Nothing permits a call with a value out of range, whatever the others are", arguments: values)
  func nothingPermits(src: CInt) {
    var wrong: [String] = []
    for dst in Self.values {
      for leg in Self.values {
        for callback in Self.values {
          var call = cp_call_make(src, dst, leg, callback)
          let isInRange =
            (0...3).contains(src) && (0...3).contains(dst) && (0...1).contains(leg) && (0...1).contains(callback)
          let canHappen =
            isInRange && Scenario.requirements.keys.contains { $0.abi == call }
          if cp_permits(.max, &call) != (canHappen ? 1 : 0) || (cp_required(&call) != 0) != canHappen {
            wrong.append("\(src) \(dst) \(leg) \(callback)")
          }
        }
      }
    }
    #expect(wrong == [])
  }
}
