// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

@Suite("Calls that cannot happen")
struct ImpossibleCallTests {
  @Test("37 calls cannot happen, and none of them is a scenario")
  func rulesAreComplete() {
    let impossible = Rule.all.map(\.call)
    #expect(impossible.count == 37)
    #expect(Set(impossible).count == 37)
    #expect(Set(impossible).isDisjoint(with: Scenario.requirements.keys))
    #expect(Set(impossible).union(Scenario.requirements.keys) == Set(Facts.all))
  }

  @Test("The error says why, for text and for JSON", arguments: Rule.all)
  func errorSaysWhy(rule: Rule) {
    for form in [rule.call.pairs, rule.call.json] {
      expectRefusal(
        ofCall: Refusal(form, CP_ERROR_CALL, at: -1, " cannot happen: \(rule.clause)", expected: rule.remedy))
    }
  }

  @Test("The core knows the same rule and remedy", arguments: Rule.all)
  func impossibility(rule: Rule) throws {
    let impossibility = try #require(Call(rule.call.abi).impossibility)
    #expect(String(impossibility.rule) == rule.clause)
    #expect(String(impossibility.remedy) == rule.remedy)
  }

  @Test("A call that can happen has no such rule", arguments: Scenario.all)
  func possible(scenario: Scenario) {
    #expect(Call(scenario.call.abi).impossibility == nil)
  }

  @Test("A value out of range is a rule of its own, whatever the others are", arguments: Facts.all)
  func outOfRange(call: Facts) {
    for value: UInt8 in [2, 3, 4, 5, 64, 127, 128, 254, 255] {
      var calls = [call.abi, call.abi, call.abi, call.abi]
      calls[0].leg = value
      calls[1].callback = value
      calls[2].src = value
      calls[3].dst = value
      for wrong in value > 3 ? calls : Array(calls.prefix(2)) {
        let impossibility = Call(wrong).impossibility
        #expect(impossibility.map { String($0.rule) } == "a value of it is out of range")
        #expect(
          impossibility.map { String($0.remedy) } == "CP_EXTENSION to CP_IVR, CP_LEG_SRC or CP_LEG_DST, 0 or 1")
      }
    }
  }

  @Test("No remedy names a flag that would turn the denial into a permission", arguments: Rule.all)
  func harmlessRemedies(rule: Rule) {
    #expect(!rule.remedy.contains("callback"))
    for complaint in complaints(aboutCall: rule.call.pairs) { #expect(!complaint.text.contains("callback=true")) }
  }

  @Test("Nothing permits it, not even all", arguments: Rule.all)
  func nothingPermits(rule: Rule) {
    let call = rule.call
    withUnsafePointer(to: call.abi) { abi in
      #expect(cp_required(abi) == 0)
      #expect(cp_permits(cp_properties(CP_ALL), abi) == 0)
      #expect(cp_permits(.max, abi) == 0)
    }
    #expect(cp_allows("all", call.pairs.characters, nil) == 0)
    #expect(cp_allows(Vocabulary.mnemos.json.characters, call.json.characters, nil) == 0)
  }
}
