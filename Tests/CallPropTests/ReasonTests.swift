// SPDX-License-Identifier: MIT

import CCallProp
import Foundation
import Testing

@testable import CallProp

@Suite("Reasons: one sentence for an operator")
struct ReasonTests {
  private func reason(_ granted: cp_properties, _ call: cp_call) -> String {
    var buffer = [CChar](repeating: 0x7A, count: Int(CP_REASON_MAX))
    let length = withUnsafePointer(to: call) { cp_reason(granted, $0, &buffer, buffer.count) }
    #expect(length == text(buffer).utf8.count)
    #expect(buffer.contains(0), "CP_REASON_MAX suffices")
    #expect(text(buffer).isPrintableASCII)
    return text(buffer)
  }

  private func named(_ mnemo: String) throws -> String {
    "\(mnemo) (\(try #require(Vocabulary.names[mnemo])))"
  }

  /// What the rules make of a clause, for a set.
  private func sentence(_ clause: Clause, _ granted: [String]) throws -> String {
    let required = try #require(Scenario.requirements[clause.call])
    if granted.contains(required) { return "Permitted: \(clause.words), allowed by \(try named(required))." }
    if granted.contains("all") { return "Permitted: \(clause.words), allowed by all (All calls)." }
    return "Denied: \(clause.words), which needs \(try named(required)) or all; "
      + (granted.isEmpty ? "the status grants nothing." : "the status grants neither.")
  }

  @Test("The clauses are those of the 27 calls")
  func clausesAreComplete() {
    #expect(Clause.all.count == 27)
    #expect(Set(Clause.all.map(\.call)) == Set(Scenario.requirements.keys))
    #expect(Set(Clause.all.map(\.words)).count == 27)
  }

  @Test("For each call, and each set", arguments: Clause.all)
  func everySet(clause: Clause) throws {
    for granted in Vocabulary.sets {
      let expected = try sentence(clause, granted)
      #expect(reason(granted.properties, clause.call.abi) == expected, "\(granted)")
      // Bits that are no property's grant nothing.
      #expect(reason(granted.properties | 0xFFFF_FF00, clause.call.abi) == expected, "\(granted)")
    }
  }

  @Test("Whole sentences", arguments: WholeReason.all)
  func wholeSentences(whole: WholeReason) {
    #expect(reason(whole.granted.properties, whole.call.abi) == whole.sentence)
  }

  @Test("cp_explain gives the same", arguments: Clause.all)
  func explained(clause: Clause) throws {
    for granted in Vocabulary.sets {
      var buffer = [CChar](repeating: 0x7A, count: Int(CP_EXPLAIN_MAX))
      _ = cp_explain(granted.json.characters, clause.call.pairs.characters, &buffer, buffer.count, nil)
      let json = try JSONSerialization.jsonObject(with: Data(text(buffer).utf8))
      let found = (json as? [String: Any])?["reason"] as? String
      try #require(found == reason(granted.properties, clause.call.abi))
    }
  }

  @Test("For a call that cannot happen it says so, and why, whatever is granted", arguments: Rule.all)
  func impossible(rule: Rule) {
    let expected = "Denied: this call cannot happen: \(rule.clause)."
    for granted in Vocabulary.sets {
      #expect(reason(granted.properties, rule.call.abi) == expected, "\(granted)")
    }
    #expect(reason(.max, rule.call.abi) == expected)
  }

  @Test("So also for values out of range, and NULL")
  func outOfRange() {
    let expected = "Denied: this call cannot happen: a value of it is out of range."
    for granted: cp_properties in [0, 1, 64, 0xFF, .max] {
      for facts in Facts.all {
        for value: UInt8 in [2, 3, 4, 127, 128, 255] {
          var calls = [facts.abi, facts.abi, facts.abi, facts.abi]
          calls[0].leg = value
          calls[1].callback = value
          calls[2].src = value
          calls[3].dst = value
          for call in value > 3 ? calls : Array(calls.prefix(2)) { #expect(reason(granted, call) == expected) }
        }
      }
      var buffer = [CChar](repeating: 0x7A, count: Int(CP_REASON_MAX))
      #expect(cp_reason(granted, nil, &buffer, buffer.count) == expected.utf8.count)
      #expect(text(buffer) == expected)
    }
  }

  @Test("The longest fits CP_REASON_MAX, and what cp_explain keeps for it")
  func longest() {
    var longest = 0
    for call in Facts.all {
      for granted in Vocabulary.sets {
        let length = withUnsafePointer(to: call.abi) { cp_reason(granted.properties, $0, nil, 0) }
        longest = max(longest, length)
      }
    }
    let expected =
      "Denied: a callback rings this extension first, through a queue, then connects it with an outside number, "
      + "which needs cq (Active calling) or all; the status grants nothing."
    #expect(longest >= expected.utf8.count)
    #expect(longest < CP_REASON_MAX)
  }
}

/// A sentence, word for word.
struct WholeReason: Sendable, CustomTestStringConvertible {
  let call: Facts
  let granted: [String]
  let sentence: String

  var testDescription: String { sentence }

  private init(_ src: String, _ dst: String, leg: String, callback: Bool = false, _ granted: [String], _ text: String) {
    call = Facts(src, dst, leg: leg, callback: callback)
    self.granted = granted
    sentence = text
  }

  static let all = [
    WholeReason(
      "external", "extension", leg: "dst", [],
      "Denied: an outside number calls this extension, which needs ri (External incoming personal) or all; "
        + "the status grants nothing."),
    WholeReason(
      "external", "extension", leg: "dst", ["li", "lo"],
      "Denied: an outside number calls this extension, which needs ri (External incoming personal) or all; "
        + "the status grants neither."),
    WholeReason(
      "external", "extension", leg: "dst", ["ri"],
      "Permitted: an outside number calls this extension, allowed by ri (External incoming personal)."),
    WholeReason(
      "external", "extension", leg: "dst", ["all"],
      "Permitted: an outside number calls this extension, allowed by all (All calls)."),
    WholeReason(
      "external", "extension", leg: "dst", ["all", "ri"],
      "Permitted: an outside number calls this extension, allowed by ri (External incoming personal)."),
    WholeReason(
      "extension", "extension", leg: "src", callback: true, ["lo"],
      "Permitted: a callback rings this extension first, then connects it with an extension, "
        + "allowed by lo (Internal outgoing)."),
    WholeReason(
      "extension", "extension", leg: "dst", callback: true, ["lo"],
      "Denied: a callback rings another extension first, then connects this extension, "
        + "which needs li (Internal incoming personal) or all; the status grants neither."),
    WholeReason(
      "queue", "external", leg: "src", callback: true, ["cq"],
      "Permitted: a callback rings this extension first, through a queue, then connects it with an outside number, "
        + "allowed by cq (Active calling)."),
    WholeReason(
      "queue", "queue", leg: "dst", callback: true, ["qri"],
      "Denied: a callback rings an agent of a queue first, then connects this extension through a queue, "
        + "which needs qli (Internal queue incoming) or all; the status grants neither."),
    WholeReason(
      "ivr", "extension", leg: "dst", ["all"],
      "Denied: this call cannot happen: a voice menu never makes a call."),
    WholeReason(
      "queue", "extension", leg: "dst", ["all"],
      "Denied: this call cannot happen: a queue makes a call only in a callback."),
    WholeReason(
      "external", "extension", leg: "src", ["ro"],
      "Denied: this call cannot happen: src=external on leg src, where our own extension makes the call."),
    WholeReason(
      "extension", "external", leg: "dst", ["ro"],
      "Denied: this call cannot happen: dst=external on leg dst, where our own extension is rung."),
  ]
}
