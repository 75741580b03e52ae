// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

/// Why calls cannot happen: the four reasons of the design, each with the calls that it rules out.
struct Reason: Sendable, CustomTestStringConvertible {
  let why: String
  let says: String
  let expected: String
  let calls: [Facts]

  var testDescription: String { why }

  static let all = [
    Reason(
      why: "An outside number or a voice menu is never the originating leg of our extension",
      says: "cannot happen: on leg src, no outside number or voice menu originates",
      expected: "src=extension or src=queue",
      calls: calls(from: ["external", "ivr"], to: everything, leg: "src", callback: [false, true])),
    Reason(
      why: "A voice menu never originates",
      says: "cannot happen: a voice menu never originates a call",
      expected: "src=extension, external or queue",
      calls: calls(from: ["ivr"], to: everything, leg: "dst", callback: [false, true])),
    Reason(
      why: "A queue originates only in a callback",
      says: "cannot happen: a queue originates only in a callback",
      expected: "callback=true",
      calls: calls(from: ["queue"], to: everything, leg: "src", callback: [false])
        + calls(from: ["queue"], to: ["extension", "queue", "ivr"], leg: "dst", callback: [false])),
    Reason(
      why: "An outside dst is not a leg of our extension",
      says: "cannot happen: an outside dst is no leg of our extension",
      expected: "dst=extension, queue or ivr",
      calls: calls(from: ["extension", "external", "queue"], to: ["external"], leg: "dst", callback: [false, true])),
  ]

  private static let everything = ["extension", "external", "queue", "ivr"]

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
  func reasonsAreComplete() {
    let impossible = Reason.all.flatMap(\.calls)
    #expect(impossible.count == 37)
    #expect(Set(impossible).count == 37)
    #expect(Set(impossible).isDisjoint(with: Scenario.requirements.keys))
    #expect(Set(impossible).union(Scenario.requirements.keys) == Set(Facts.all))
  }

  @Test("The error says why, for text and for JSON", arguments: Reason.all)
  func errorSaysWhy(reason: Reason) {
    for call in reason.calls {
      for form in [call.pairs, call.json] {
        expectRefusal(
          ofCall: Refusal(form, CP_ERROR_CALL, at: -1, reason.says, expected: reason.expected))
      }
    }
  }

  @Test("callback left out is false also where that makes the call impossible")
  func omittedCallbackIsFalse() {
    expectRefusal(
      ofCall: Refusal(
        "src=queue,dst=external,leg=src", CP_ERROR_CALL, at: -1,
        "cannot happen: a queue originates only in a callback", expected: "callback=true"))
  }

  @Test("Nothing permits it, not even all", arguments: Reason.all)
  func nothingPermits(reason: Reason) {
    for call in reason.calls {
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
