// SPDX-License-Identifier: MIT

import CCallProp
import Foundation
import Testing

@testable import CallProp

@Suite("Explanations")
struct ExplanationTests {
  private func explain(_ granted: [String], _ call: Facts) throws -> String {
    var buffer = [CChar](repeating: 0x7A, count: Int(CP_EXPLAIN_MAX))
    var error = cp_error.garbage
    let length = cp_explain(granted.json.characters, call.pairs.characters, &buffer, buffer.count, &error)
    try #require(error.isCleared, "\(Complaint(error))")
    try #require(length < buffer.count)
    let explanation = text(buffer)
    #expect(explanation.utf8.count == length)
    return explanation
  }

  @Test("For every set, each member says what the design says", arguments: Scenario.all)
  func members(scenario: Scenario) throws {
    let call = scenario.call
    for granted in Vocabulary.sets {
      let json = try JSONSerialization.jsonObject(with: Data(explain(granted, call).utf8))
      let members = try #require(json as? [String: Any])
      let facts = try #require(members["call"] as? [String: Any])
      let matched = granted.contains(scenario.required) ? scenario.required : granted.contains("all") ? "all" : nil
      try #require(Set(members.keys) == ["allowed", "call", "required", "granted", "matched", "reason"])
      try #require(members["allowed"] as? Bool == (matched != nil))
      try #require(Set(facts.keys) == ["src", "dst", "leg", "callback"])
      try #require(facts["src"] as? String == call.src)
      try #require(facts["dst"] as? String == call.dst)
      try #require(facts["leg"] as? String == call.leg)
      try #require(facts["callback"] as? Bool == call.callback)
      try #require(members["required"] as? String == scenario.required)
      try #require(members["granted"] as? [String] == granted)
      try #require(members["matched"] as? String == matched)
      try #require((members["matched"] is NSNull) == (matched == nil))
    }
  }

  @Test("For every set, the members stand in the design's order, without white space", arguments: Scenario.all)
  func order(scenario: Scenario) throws {
    let call = scenario.call
    for granted in Vocabulary.sets {
      let matched = granted.contains(scenario.required) ? scenario.required : granted.contains("all") ? "all" : nil
      let list = granted.map { "\"\($0)\"" }.joined(separator: ",")
      let beginning =
        "{\"allowed\":\(matched != nil),\"call\":{\"src\":\"\(call.src)\",\"dst\":\"\(call.dst)\",\"leg\":\"\(call.leg)\","
        + "\"callback\":\(call.callback)},\"required\":\"\(scenario.required)\",\"granted\":[\(list)],"
        + "\"matched\":\(matched.map { "\"\($0)\"" } ?? "null"),\"reason\":\""
      let explanation = try explain(granted, call)
      try #require(explanation.hasPrefix(beginning))
      try #require(explanation.hasSuffix(".\"}"))
      try #require(explanation.isPrintableASCII)
    }
  }

  @Test("For every set, the reason is one sentence that names the call and the property", arguments: Clause.all)
  func reason(clause: Clause) throws {
    let required = try #require(Scenario.requirements[clause.call])
    for granted in Vocabulary.sets {
      let expected =
        if granted.contains(required) {
          "Permitted: \(clause.words), and \(try named(required)) lets that through."
        } else if granted.contains("all") {
          "Permitted: \(clause.words), and \(try named("all")) lets that through."
        } else {
          "Denied: \(clause.words), which needs \(try named(required)) or all; "
            + (granted.isEmpty ? "the status grants nothing." : "the status grants neither.")
        }
      let json = try JSONSerialization.jsonObject(with: Data(explain(granted, clause.call).utf8))
      try #require((json as? [String: Any])?["reason"] as? String == expected)
    }
  }

  private func named(_ mnemo: String) throws -> String {
    "\(mnemo) (\(try #require(Vocabulary.names[mnemo])))"
  }

  @Test("Three whole texts")
  func wholeTexts() throws {
    let denied = Facts("external", "queue", leg: "dst", callback: false)
    #expect(
      try explain(["lo", "li", "lo"], denied)
        == #"{"allowed":false,"call":{"src":"external","dst":"queue","leg":"dst","#
        + #""callback":false},"required":"qri","granted":["li","lo"],"matched":null,"reason":"Denied: an outside number "#
        + #"calls this extension through a queue, which needs qri (External queue incoming) or all; "#
        + #"the status grants neither."}"#)
    let permitted = Facts("extension", "external", leg: "src", callback: true)
    #expect(
      try explain(["ro", "all"], permitted)
        == #"{"allowed":true,"call":{"src":"extension","dst":"external","leg":"src","#
        + #""callback":true},"required":"ro","granted":["all","ro"],"matched":"ro","reason":"Permitted: a callback "#
        + #"connects this extension with an outside number, and ro (External outgoing) lets that through."}"#)
    let nothing = Facts("extension", "extension", leg: "dst", callback: false)
    #expect(
      try explain([], nothing)
        == #"{"allowed":false,"call":{"src":"extension","dst":"extension","leg":"dst","#
        + #""callback":false},"required":"li","granted":[],"matched":null,"reason":"Denied: an extension calls "#
        + #"this extension, which needs li (Internal incoming personal) or all; the status grants nothing."}"#)
  }

  @Test("The clauses are those of the 27 calls")
  func clausesAreComplete() {
    #expect(Clause.all.count == 27)
    #expect(Set(Clause.all.map(\.call)) == Set(Scenario.requirements.keys))
    #expect(Set(Clause.all.map(\.words)).count == 27)
  }

  @Test("CP_EXPLAIN_MAX suffices for every explanation, and CP_PROPERTIES_MAX for every set")
  func bufferSizes() throws {
    var longest = 0
    for scenario in Scenario.all {
      for granted in Vocabulary.sets { longest = max(longest, try explain(granted, scenario.call).utf8.count) }
    }
    #expect(longest > 256, "the longest explanation was looked at")
    #expect(longest < CP_EXPLAIN_MAX)
    let lengths = Vocabulary.sets.map { cp_properties_format($0.properties, nil, 0) }
    #expect(lengths.max() == "all,cq,li,lo,qli,qri,ri,ro".utf8.count)
    #expect((lengths.max() ?? .max) < CP_PROPERTIES_MAX)
  }
}

/// A call in words, from the point of view of the extension whose status it is.
struct Clause: Sendable, CustomTestStringConvertible {
  let call: Facts
  let words: String

  init(_ src: String, _ dst: String, leg: String, callback: Bool = false, _ words: String) {
    call = Facts(src, dst, leg: leg, callback: callback)
    self.words = words
  }

  var testDescription: String { words }

  static let all = originating + rung

  private static let originating = [
    Clause("extension", "extension", leg: "src", "this extension calls an extension"),
    Clause("extension", "external", leg: "src", "this extension calls an outside number"),
    Clause("extension", "queue", leg: "src", "this extension calls a queue"),
    Clause("extension", "ivr", leg: "src", "this extension calls a voice menu"),
    Clause(
      "extension", "extension", leg: "src", callback: true, "a callback connects this extension with an extension"),
    Clause(
      "extension", "external", leg: "src", callback: true, "a callback connects this extension with an outside number"),
    Clause("extension", "queue", leg: "src", callback: true, "a callback connects this extension with a queue"),
    Clause("extension", "ivr", leg: "src", callback: true, "a callback connects this extension with a voice menu"),
    Clause(
      "queue", "extension", leg: "src", callback: true,
      "a callback rings this extension through a queue, to connect it with an extension"),
    Clause(
      "queue", "external", leg: "src", callback: true,
      "a callback rings this extension through a queue, to connect it with an outside number"),
    Clause(
      "queue", "queue", leg: "src", callback: true,
      "a callback rings this extension through a queue, to connect it with a queue"),
    Clause(
      "queue", "ivr", leg: "src", callback: true,
      "a callback rings this extension through a queue, to connect it with a voice menu"),
  ]

  private static let rung = [
    Clause("extension", "extension", leg: "dst", "an extension calls this extension"),
    Clause("extension", "queue", leg: "dst", "an extension calls this extension through a queue"),
    Clause("extension", "ivr", leg: "dst", "an extension calls this extension through a voice menu"),
    Clause("external", "extension", leg: "dst", "an outside number calls this extension"),
    Clause("external", "queue", leg: "dst", "an outside number calls this extension through a queue"),
    Clause("external", "ivr", leg: "dst", "an outside number calls this extension through a voice menu"),
    Clause(
      "extension", "extension", leg: "dst", callback: true, "a callback connects an extension with this extension"),
    Clause(
      "extension", "queue", leg: "dst", callback: true,
      "a callback connects an extension with this extension through a queue"),
    Clause(
      "extension", "ivr", leg: "dst", callback: true,
      "a callback connects an extension with this extension through a voice menu"),
    Clause(
      "external", "extension", leg: "dst", callback: true, "a callback connects an outside number with this extension"),
    Clause(
      "external", "queue", leg: "dst", callback: true,
      "a callback connects an outside number with this extension through a queue"),
    Clause(
      "external", "ivr", leg: "dst", callback: true,
      "a callback connects an outside number with this extension through a voice menu"),
    Clause(
      "queue", "extension", leg: "dst", callback: true,
      "a callback connects the agent of a queue with this extension"),
    Clause(
      "queue", "queue", leg: "dst", callback: true,
      "a callback connects the agent of a queue with this extension through a queue"),
    Clause(
      "queue", "ivr", leg: "dst", callback: true,
      "a callback connects the agent of a queue with this extension through a voice menu"),
  ]
}
