// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

/// A call that is read, and the facts that it states.
struct AcceptedCall: Sendable, CustomTestStringConvertible {
  let input: Input
  let facts: Facts

  init(_ input: Input, _ facts: Facts) {
    self.input = input
    self.facts = facts
  }

  var testDescription: String { input.testDescription }

  func expectAcceptance(at place: SourceLocation = #_sourceLocation) {
    var out = cp_call(src: 0xA1, dst: 0xA2, leg: 0xA3, callback: 0xA4)
    var error = cp_error.garbage
    #expect(cp_call_parse(input.characters, &out, &error) == 1, "\(Complaint(error))", sourceLocation: place)
    #expect(out == facts.abi, sourceLocation: place)
    #expect(error.isCleared, sourceLocation: place)
  }
}

@Suite("Calls that are read")
struct CallTextTests {
  private static let plain = Facts("external", "ivr", leg: "dst", callback: false)
  private static let callback = Facts("queue", "external", leg: "src", callback: true)

  @Test("Every call that can happen is read in both forms", arguments: Scenario.all)
  func bothForms(scenario: Scenario) {
    AcceptedCall(scenario.call.pairs, scenario.call).expectAcceptance()
    AcceptedCall(scenario.call.json, scenario.call).expectAcceptance()
  }

  @Test("callback left out is false", arguments: Scenario.all.filter { !$0.call.callback })
  func callbackLeftOut(scenario: Scenario) {
    let call = scenario.call
    AcceptedCall(Input("src=\(call.src),dst=\(call.dst),leg=\(call.leg)"), call).expectAcceptance()
    AcceptedCall(
      Input(#"{"src":"\#(call.src)","dst":"\#(call.dst)","leg":"\#(call.leg)"}"#), call
    ).expectAcceptance()
  }

  @Test("The keys may stand in any order")
  func anyOrder() {
    for order in permutations(["src", "dst", "leg", "callback"]) {
      let words = ["src": "queue", "dst": "external", "leg": "src", "callback": "true"]
      let pairs = order.map { "\($0)=\(words[$0] ?? "")" }
      let members = order.map { $0 == "callback" ? #""callback":true"# : "\"\($0)\":\"\(words[$0] ?? "")\"" }
      AcceptedCall(Input(pairs.joined(separator: ",")), Self.callback).expectAcceptance()
      AcceptedCall(Input("{" + members.joined(separator: ",") + "}"), Self.callback).expectAcceptance()
    }
  }

  @Test("White space around items, keys and values is ignored", arguments: [" ", "\t", "\r", "\n", " \t\r\n "])
  func whiteSpace(space: String) {
    let pairs = ["", "src", "=", "queue", ",", "dst", "=", "external", ",", "leg", "=", "src", ",", "callback", "="]
    AcceptedCall(Input((pairs + ["true", ""]).joined(separator: space)), Self.callback).expectAcceptance()
    let json = ["", "{", #""src""#, ":", #""external""#, ",", #""dst""#, ":", #""ivr""#, ",", #""leg""#, ":"]
    AcceptedCall(
      Input((json + [#""dst""#, ",", #""callback""#, ":", "false", "}", ""]).joined(separator: space)), Self.plain
    ).expectAcceptance()
  }

  @Test(
    "JSON's escapes are what they stand for, in keys and values",
    arguments: [
      #"{"\u0073rc":"external","dst":"ivr","leg":"dst"}"#,
      #"{"src":"\u0065xternal","dst":"\u0069\u0076\u0072","l\u0065g":"ds\u0074"}"#,
      #"{"src":"external","dst":"ivr","leg":"dst","\u0063\u0061llbac\u006B":false}"#,
    ] as [Input])
  func escapes(input: Input) {
    AcceptedCall(input, Self.plain).expectAcceptance()
  }

  private func permutations(_ words: [String]) -> [[String]] {
    guard !words.isEmpty else { return [[]] }
    return words.flatMap { word in
      permutations(words.filter { $0 != word }).map { [word] + $0 }
    }
  }
}
