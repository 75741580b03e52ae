// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

@Suite("The whole domain: 64 calls and 256 sets")
struct ExhaustiveTests {
  /// What the design says: the call can happen, and the set holds its required property or `all`.
  private func isPermitted(_ call: Facts, _ granted: [String]) -> Bool {
    guard let required = Scenario.requirements[call] else { return false }
    return granted.contains(required) || granted.contains("all")
  }

  @Test("cp_permits and cp_required agree with the scenarios", arguments: Facts.all)
  func values(call: Facts) {
    let required = Scenario.requirements[call].map { [$0].properties } ?? 0
    withUnsafePointer(to: call.abi) { abi in
      #expect(cp_required(abi) == required)
      for granted in Vocabulary.sets {
        let expected: CInt = isPermitted(call, granted) ? 1 : 0
        #expect(cp_permits(granted.properties, abi) == expected, "\(granted)")
        #expect(cp_permits(granted.properties | 0xFFFF_FF00, abi) == expected, "\(granted) and unknown bits")
      }
    }
  }

  @Test("cp_permits_many says the same of all pairs at once")
  func many() {
    let pairs = Facts.all.flatMap { call in Vocabulary.sets.map { (call, $0) } }
    let expected = pairs.map { UInt8(isPermitted($0.0, $0.1) ? 1 : 0) }
    var permitted = [UInt8](repeating: 0xA5, count: pairs.count)
    let count = cp_permits_many(pairs.map(\.1.properties), pairs.map(\.0.abi), pairs.count, &permitted)
    #expect(pairs.count == 16_384)
    #expect(permitted == expected)
    #expect(count == expected.count { $0 == 1 })
    // 27 calls, each by the 128 sets with all, and by the 64 without all but with the required property.
    #expect(count == 27 * (128 + 64))
  }

  @Test("cp_allows says the same of every text", arguments: Facts.all)
  func texts(call: Facts) {
    let pairs = call.pairs.characters
    let json = call.json.characters
    for granted in Vocabulary.sets {
      let expected: CInt = isPermitted(call, granted) ? 1 : 0
      var error = cp_error.garbage
      #expect(cp_allows(Input(granted.joined(separator: ",")).characters, pairs, &error) == expected, "\(granted)")
      #expect(Int(error.code) == (Scenario.requirements[call] == nil ? CP_ERROR_CALL : CP_OK))
      #expect(cp_allows(granted.json.characters, json, nil) == expected, "\(granted)")
    }
  }

  @Test("A value out of range makes a call that cannot happen", arguments: Facts.all)
  func outOfRange(call: Facts) {
    for value in UInt8.min...UInt8.max {
      var src = call.abi
      var dst = call.abi
      var leg = call.abi
      var callback = call.abi
      src.src = value
      dst.dst = value
      leg.leg = value
      callback.callback = value
      var calls: [cp_call] = []
      if value > 3 { calls += [src, dst] }
      if value > 1 { calls += [leg, callback] }
      for impossible in calls {
        withUnsafePointer(to: impossible) { abi in
          #expect(cp_required(abi) == 0, "\(impossible)")
          #expect(cp_permits(.max, abi) == 0, "\(impossible)")
        }
      }
    }
  }

  @Test("A decision holds what it rests on", arguments: Scenario.all)
  func decisions(scenario: Scenario) throws {
    let call = Call(scenario.call.abi)
    #expect(cp_call(call) == scenario.call.abi)
    for granted in Vocabulary.sets {
      let decision = Decision(on: call, granted: PropertySet(bits: granted.properties))
      let matched = granted.contains(scenario.required) ? scenario.required : granted.contains("all") ? "all" : nil
      #expect(decision.isPermitted == (matched != nil))
      #expect(decision.matched.map { String($0.mnemo) } == matched)
      #expect(decision.required.map { String($0.mnemo) } == scenario.required)
      #expect(decision.call == call)
      #expect(decision.granted.bits == granted.properties)
    }
  }
}
