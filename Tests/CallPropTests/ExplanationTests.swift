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
        + #"rings this extension first, then connects it with an outside number, allowed by ro (External outgoing)."}"#)
    let nothing = Facts("extension", "extension", leg: "dst", callback: false)
    #expect(
      try explain([], nothing)
        == #"{"allowed":false,"call":{"src":"extension","dst":"extension","leg":"dst","#
        + #""callback":false},"required":"li","granted":[],"matched":null,"reason":"Denied: an extension calls "#
        + #"this extension, which needs li (Internal incoming personal) or all; the status grants nothing."}"#)
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
