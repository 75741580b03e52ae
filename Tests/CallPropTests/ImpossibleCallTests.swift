// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

/// Why calls cannot happen: the sentences of the design, each with the calls that it rules out.
struct Rule: Sendable, CustomTestStringConvertible {
  /// The design's sentence.
  let why: String
  let clause: String
  /// What the caller more likely meant.
  let remedy: String
  let calls: [Facts]

  var testDescription: String { why }

  static let all = [
    Rule(
      why: "A voice menu never originates: the caller as src and dst=ivr",
      clause: "a voice menu never makes a call",
      remedy: "the caller as src, and dst=ivr",
      calls: calls(from: ["ivr"], to: ["extension", "ivr"], leg: "src", callback: [false, true])
        + calls(from: ["ivr"], to: ["extension", "ivr"], leg: "dst", callback: [false, true])),
    Rule(
      why: "The same, where dst is a queue or an outside number, and stays that",
      clause: "a voice menu never makes a call",
      remedy: "the caller as src",
      calls: calls(from: ["ivr"], to: ["external", "queue"], leg: "src", callback: [false, true])
        + calls(from: ["ivr"], to: ["external", "queue"], leg: "dst", callback: [false, true])),
    Rule(
      why: "A queue originates only in a callback: the caller as src and dst=queue",
      clause: "a queue makes a call only in a callback",
      remedy: "the caller as src, and dst=queue where it rings an agent",
      calls: calls(from: ["queue"], to: ["extension", "queue"], leg: "src", callback: [false])
        + calls(from: ["queue"], to: ["extension", "queue"], leg: "dst", callback: [false])),
    Rule(
      why: "The same, where dst is an outside number or a voice menu, and stays that",
      clause: "a queue makes a call only in a callback",
      remedy: "the caller as src",
      calls: calls(from: ["queue"], to: ["external", "ivr"], leg: "src", callback: [false])
        + calls(from: ["queue"], to: ["external", "ivr"], leg: "dst", callback: [false])),
    Rule(
      why: "An external number is never the originating leg of our extension",
      clause: "src=external on leg src, where our own extension makes the call",
      remedy: "leg=dst where it is rung",
      calls: calls(from: ["external"], to: ["extension", "queue", "ivr"], leg: "src", callback: [false, true])),
    Rule(
      why: "Trunk to trunk: no extension",
      clause: "from outside to outside no extension takes part",
      remedy: "nobody to be asked about it",
      calls: calls(from: ["external"], to: ["external"], leg: "src", callback: [false, true])
        + calls(from: ["external"], to: ["external"], leg: "dst", callback: [false, true])),
    Rule(
      why: "An external dst is not a leg of our extension",
      clause: "dst=external on leg dst, where our own extension is rung",
      remedy: "leg=src, for our own extension there",
      calls: calls(from: ["extension"], to: ["external"], leg: "dst", callback: [false, true])
        + calls(from: ["queue"], to: ["external"], leg: "dst", callback: [true])),
  ]

  private static func calls(
    from sources: [String], to destinations: [String], leg: String, callback: [Bool]
  ) -> [Facts] {
    sources.flatMap { src in
      destinations.flatMap { dst in callback.map { Facts(src, dst, leg: leg, callback: $0) } }
    }
  }
}

@Suite("Calls that cannot happen")
struct ImpossibleCallTests {
  @Test("37 calls cannot happen, and none of them is a scenario")
  func rulesAreComplete() {
    let impossible = Rule.all.flatMap(\.calls)
    #expect(impossible.count == 37)
    #expect(Set(impossible).count == 37)
    #expect(Set(impossible).isDisjoint(with: Scenario.requirements.keys))
    #expect(Set(impossible).union(Scenario.requirements.keys) == Set(Facts.all))
  }

  @Test("The error says why, for text and for JSON", arguments: Rule.all)
  func errorSaysWhy(rule: Rule) {
    for call in rule.calls {
      for form in [call.pairs, call.json] {
        expectRefusal(
          ofCall: Refusal(form, CP_ERROR_CALL, at: -1, " cannot happen: \(rule.clause)", expected: rule.remedy))
      }
    }
  }

  @Test("The core knows the same rule and remedy", arguments: Rule.all)
  func impossibility(rule: Rule) throws {
    for call in rule.calls {
      let impossibility = try #require(Call(call.abi).impossibility)
      #expect(String(impossibility.rule) == rule.clause, "\(call)")
      #expect(String(impossibility.remedy) == rule.remedy, "\(call)")
    }
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

  @Test("callback left out is false also where that makes the call impossible")
  func omittedCallbackIsFalse() {
    for form: Input in ["src=queue,dst=external,leg=src", #"{"src":"queue","dst":"external","leg":"src"}"#] {
      expectRefusal(
        ofCall: Refusal(
          form, CP_ERROR_CALL, at: -1, " cannot happen: a queue makes a call only in a callback",
          expected: "the caller as src"))
    }
  }

  @Test("No remedy names a flag that would turn the denial into a permission", arguments: Rule.all)
  func harmlessRemedies(rule: Rule) {
    #expect(!rule.remedy.contains("callback"))
    for call in rule.calls {
      for complaint in complaints(aboutCall: call.pairs) { #expect(!complaint.text.contains("callback=true")) }
    }
  }

  @Test("Nothing permits it, not even all", arguments: Rule.all)
  func nothingPermits(rule: Rule) {
    for call in rule.calls {
      withUnsafePointer(to: call.abi) { abi in
        #expect(cp_required(abi) == 0, "\(call)")
        #expect(cp_permits(cp_properties(CP_ALL), abi) == 0, "\(call)")
        #expect(cp_permits(.max, abi) == 0, "\(call)")
      }
      #expect(cp_allows("all", call.pairs.characters, nil) == 0, "\(call)")
      #expect(cp_allows(Vocabulary.mnemos.json.characters, call.json.characters, nil) == 0, "\(call)")
    }
  }
}
