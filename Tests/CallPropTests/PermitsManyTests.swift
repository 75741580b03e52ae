// SPDX-License-Identifier: MIT

import CCallProp
import CWide
import Testing

@testable import CallProp

@Suite("cp_permits_many")
struct PermitsManyTests {
  /// Pairs in a mixed order; every fifth call cannot happen.
  private func pairs(_ count: Int) -> (granted: [cp_properties], calls: [cp_call], expected: [UInt8]) {
    let facts = (0..<count).map { Facts.all[$0 * 37 % 64] }
    let sets = (0..<count).map { Vocabulary.sets[$0 * 89 % 256] }
    let expected = zip(facts, sets).map { call, set -> UInt8 in
      guard let required = Scenario.requirements[call] else { return 0 }
      return set.contains(required) || set.contains("all") ? 1 : 0
    }
    return (sets.map(\.properties), facts.map(\.abi), expected)
  }

  @Test(
    "Any number of pairs is decided, and not a byte more is written",
    arguments: Array(0...70) + [95, 96, 97, 1000])
  func numbers(count: Int) {
    let (granted, calls, expected) = pairs(count)
    var permitted = [UInt8](repeating: 0xA5, count: count + 40)
    #expect(cp_permits_many(granted, calls, count, &permitted) == expected.count { $0 == 1 })
    #expect(permitted == expected + [UInt8](repeating: 0xA5, count: 40))
  }

  @Test("A single pair is decided like any other")
  func single() {
    let (granted, calls, expected) = pairs(64 * 256)
    for index in expected.indices {
      var permitted: [UInt8] = [0xA5, 0xA5]
      #expect(cp_permits_many([granted[index]], [calls[index]], 1, &permitted) == Int(expected[index]))
      #expect(permitted == [expected[index], 0xA5])
    }
  }

  @Test("The arrays may stand at any alignment", arguments: 0...3, 0...3)
  func alignments(setOffset: Int, callOffset: Int) {
    let count = 75
    let (granted, calls, expected) = pairs(count)
    let size = count * 4 + 8
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 3 * size, alignment: 64)
    defer { memory.deallocate() }
    for index in 0..<count {
      memory.storeBytes(of: granted[index], toByteOffset: setOffset + 4 * index, as: cp_properties.self)
      memory.storeBytes(of: calls[index], toByteOffset: size + callOffset + 4 * index, as: cp_call.self)
    }
    let start = memory.baseAddress.map { UInt(bitPattern: $0) } ?? 0
    let decided = cp_permits_many(
      UnsafePointer(bitPattern: start + UInt(setOffset)), UnsafePointer(bitPattern: start + UInt(size + callOffset)),
      count, UnsafeMutablePointer(bitPattern: start + UInt(2 * size + callOffset)))
    #expect(decided == expected.count { $0 == 1 })
    #expect((0..<count).map { memory[2 * size + callOffset + $0] } == expected)
  }

  @Test("Calls out of range are denied, wherever they stand")
  func outOfRange() {
    let values: [UInt8] = [0, 1, 2, 3, 4, 5, 8, 16, 64, 127, 128, 129, 254, 255]
    var calls: [cp_call] = []
    for src in values {
      for dst in values {
        for leg in values {
          for callback in values { calls.append(cp_call(src: src, dst: dst, leg: leg, callback: callback)) }
        }
      }
    }
    let possible = Scenario.requirements.keys.map(\.abi)
    let expected = calls.map { call -> UInt8 in
      call.src < 4 && call.dst < 4 && call.leg < 2 && call.callback < 2 && possible.contains(call) ? 1 : 0
    }
    #expect(expected.count { $0 == 1 } == 27)
    for granted in [cp_properties(CP_ALL), .max] {
      var permitted = [UInt8](repeating: 0xA5, count: calls.count)
      let sets = [cp_properties](repeating: granted, count: calls.count)
      #expect(cp_permits_many(sets, calls, calls.count, &permitted) == 27)
      #expect(permitted == expected)
    }
  }

  @Test("Bits that are no property's grant nothing", arguments: 8...31)
  func unknownBits(bit: Int) {
    let calls = Facts.all.map(\.abi)
    var permitted = [UInt8](repeating: 0xA5, count: 64)
    let sets = [cp_properties](repeating: 1 << cp_properties(bit), count: 64)
    #expect(cp_permits_many(sets, calls, 64, &permitted) == 0)
    #expect(permitted == [UInt8](repeating: 0, count: 64))
  }

  @Test("A NULL array is refused with nothing written; 0 pairs are none", arguments: [1, 31, 32, 100])
  func nullArrays(count: Int) {
    let (granted, calls, _) = pairs(count)
    let untouched = [UInt8](repeating: 0xA5, count: count)
    var permitted = untouched
    #expect(cp_permits_many(nil, calls, count, &permitted) == 0)
    #expect(cp_permits_many(granted, nil, count, &permitted) == 0)
    #expect(cp_permits_many(granted, calls, count, nil) == 0)
    #expect(cp_permits_many(granted, calls, 0, &permitted) == 0)
    #expect(cp_permits_many(nil, nil, 0, nil) == 0)
    #expect(permitted == untouched)
  }

  #if arch(x86_64)
    @Test("The wide kernel, too, refuses NULL with nothing written")
    func wideNullArrays() {
      let (granted, calls, _) = pairs(32)
      let table = [UInt8](repeating: 0xFF, count: 64)
      let untouched = [UInt8](repeating: 0xA5, count: 32)
      var permitted = untouched
      #expect(callprop_permits_wide(nil, calls, 32, &permitted, table) == 0)
      #expect(callprop_permits_wide(granted, nil, 32, &permitted, table) == 0)
      #expect(callprop_permits_wide(granted, calls, 32, nil, table) == 0)
      #expect(callprop_permits_wide(granted, calls, 32, &permitted, nil) == 0)
      #expect(permitted == untouched)
    }

    @Test(
      "The wide kernel decides like single calls",
      .enabled(if: callprop_has_avx2() != 0, "This processor has no AVX2"))
    func wideDecides() {
      let (granted, calls, expected) = pairs(32)
      var permitted = [UInt8](repeating: 0xA5, count: 32)
      #expect(withDecisionTable { callprop_permits_wide(granted, calls, 32, &permitted, $0) } > 0)
      #expect(permitted == expected)
    }
  #endif
}
