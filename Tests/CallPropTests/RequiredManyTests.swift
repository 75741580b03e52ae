// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

@Suite("cp_required_many")
struct RequiredManyTests {
  /// Calls in a mixed order, every fifth one out of range, and what each requires.
  private func calls(_ count: Int) -> (calls: [cp_call], expected: [cp_properties]) {
    let facts = (0..<count).map { Facts.all[$0 * 37 % 64] }
    let expected = facts.map { Scenario.requirements[$0].map { [$0].properties } ?? 0 }
    var calls = facts.map(\.abi)
    var required = expected
    for index in stride(from: 4, to: count, by: 5) {
      calls[index].dst += 4
      required[index] = 0
    }
    return (calls, required)
  }

  @Test("Any number of calls is looked up, and not one more is written", arguments: Array(0...70) + [1000])
  func numbers(count: Int) {
    let (calls, expected) = calls(count)
    var required = [cp_properties](repeating: 0xA5A5_A5A5, count: count + 4)
    #expect(cp_required_many(calls, count, &required) == expected.count { $0 != 0 })
    #expect(required == expected + [cp_properties](repeating: 0xA5A5_A5A5, count: 4))
  }

  @Test("All 64 calls at once, and each alone, as the scenarios say")
  func allCalls() {
    let expected = Facts.all.map { Scenario.requirements[$0].map { [$0].properties } ?? 0 }
    var required = [cp_properties](repeating: 0xA5A5_A5A5, count: 64)
    #expect(cp_required_many(Facts.all.map(\.abi), 64, &required) == 27)
    #expect(required == expected)
    for (index, call) in Facts.all.enumerated() {
      var one: [cp_properties] = [0xA5A5_A5A5, 0xA5A5_A5A5]
      #expect(cp_required_many([call.abi], 1, &one) == (expected[index] == 0 ? 0 : 1))
      #expect(one == [expected[index], 0xA5A5_A5A5])
    }
  }

  @Test("A value out of range makes a call that cannot happen", arguments: 2...255)
  func outOfRange(value: Int) {
    var calls: [cp_call] = []
    for facts in Facts.all {
      var wrong = [facts.abi, facts.abi, facts.abi, facts.abi]
      wrong[0].leg = UInt8(value)
      wrong[1].callback = UInt8(value)
      wrong[2].src = UInt8(value)
      wrong[3].dst = UInt8(value)
      calls += value > 3 ? wrong : Array(wrong.prefix(2))
    }
    var required = [cp_properties](repeating: 0xA5A5_A5A5, count: calls.count)
    #expect(cp_required_many(calls, calls.count, &required) == 0)
    #expect(required == [cp_properties](repeating: 0, count: calls.count))
  }

  @Test("The arrays may stand at any alignment", arguments: 0...3, 0...3)
  func alignments(callOffset: Int, requiredOffset: Int) {
    let count = 75
    let (calls, expected) = calls(count)
    let size = count * 4 + 8
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * size, alignment: 64)
    defer { memory.deallocate() }
    memory.copyBytes(from: repeatElement(0xA5, count: memory.count))
    for index in 0..<count {
      memory.storeBytes(of: calls[index], toByteOffset: callOffset + 4 * index, as: cp_call.self)
    }
    let start = memory.baseAddress.map { UInt(bitPattern: $0) } ?? 0
    let found = cp_required_many(
      UnsafePointer(bitPattern: start + UInt(callOffset)), count,
      UnsafeMutablePointer(bitPattern: start + UInt(size + requiredOffset)))
    #expect(found == expected.count { $0 != 0 })
    for index in 0..<count {
      let offset = size + requiredOffset + 4 * index
      #expect(memory.loadUnaligned(fromByteOffset: offset, as: cp_properties.self) == expected[index])
    }
    for offset in size..<size + requiredOffset { #expect(memory[offset] == 0xA5) }
    for offset in size + requiredOffset + 4 * count..<2 * size { #expect(memory[offset] == 0xA5) }
  }

  @Test("A NULL array is refused with nothing written; 0 calls are none", arguments: [1, 31, 100])
  func nullArrays(count: Int) {
    let (calls, _) = calls(count)
    let untouched = [cp_properties](repeating: 0xA5A5_A5A5, count: count)
    var required = untouched
    #expect(cp_required_many(nil, count, &required) == 0)
    #expect(cp_required_many(calls, count, nil) == 0)
    #expect(cp_required_many(calls, 0, &required) == 0)
    #expect(cp_required_many(nil, 0, nil) == 0)
    #expect(required == untouched)
  }
}
