// SPDX-License-Identifier: MIT

import CCallProp
import Testing

/// The beginning of a JSON value, with a byte that cannot stand where it does.
struct BrokenJSON: Sendable, CustomTestStringConvertible {
  let input: Input
  /// The first byte with which it can no longer become JSON.
  let position: Int
  /// With this instead of what stands at the position, it is a JSON value: so the byte before was not wrong yet.
  let completion: Input

  init(_ input: Input, at position: Int, _ completion: Input) {
    self.input = input
    self.position = position
    self.completion = completion
  }

  var testDescription: String { input.testDescription }

  var completed: Input { Input(Array(input.bytes.prefix(position))) + completion }
}

/// Where a value may stand in a text whose values are read over, whatever they are: texts before and behind it.
struct JSONPlace: Sendable, CustomTestStringConvertible {
  let before: Input
  let behind: Input
  let isPropertyList: Bool

  var testDescription: String { before.testDescription }

  /// Typed one by one: what Swift works out of the whole takes it six seconds, three times.
  private static let inPropertyLists: [(before: Input, behind: Input)] = [
    (#"{"x":["#, "]}"), (#"{"x":{"y":"#, "}}"), (#"{"x":[0,"#, "]}"), (#"{"x":[{"y":"#, "}]}"), ("[[", "]]"),
    (#"[{"y":"#, "}]"), (#"{"property_list":{"y":"#, "}}"), (#"{"property_list":["li",["#, "]]}"),
    (#"{"property_list":["li"],"x":["#, "]}"), ("\u{FEFF} {\"x\":\n[", "]}"),
  ]
  private static let inCalls: [(before: Input, behind: Input)] = [
    ("[", "]"), (#"[{"y":"#, "}]"), (#"[[["#, "]]]"), (#"{"src":["#, "]}"), (#"{"callback":{"y":"#, "}}"),
    (#"{"src":"ivr","dst":["#, "]}"), (#"{"callback":["#, "]}"), (#"{"leg":[{"y":"#, "}]}"), ("\u{FEFF}\t[ ", "]"),
  ]
  static let all: [JSONPlace] =
    inPropertyLists.map { JSONPlace(before: $0.before, behind: $0.behind, isPropertyList: true) }
    + inCalls.map { JSONPlace(before: $0.before, behind: $0.behind, isPropertyList: false) }

  /// The position is the same seen from the value, and all from there on is quoted, as far as there is room.
  func expectRefusal(of broken: BrokenJSON, _ says: String, at place: SourceLocation = #_sourceLocation) {
    let text = before + broken.input + behind
    let position = before.bytes.count + broken.position
    let quoted = quotation(Array(text.bytes.dropFirst(position)))
    expectRefusal(
      Refusal(text, CP_ERROR_SYNTAX, at: position, "\(says) \"\(quoted)\"", expected: "strict JSON in UTF-8"), at: place
    )
  }

  func expectRefusal(_ refusal: Refusal, at place: SourceLocation = #_sourceLocation) {
    if isPropertyList {
      CallPropTests.expectRefusal(ofPropertyList: refusal, at: place)
    } else {
      CallPropTests.expectRefusal(ofCall: refusal, at: place)
    }
  }
}

/// How errors quote the input. `QuotationTests` says by hand what this is.
func quotation(_ bytes: [UInt8]) -> String {
  var quoted = ""
  for byte in bytes {
    let digits = String(byte, radix: 16)
    let escaped =
      switch byte {
      case 0x22: "\\\""
      case 0x5C: "\\\\"
      case 0x20...0x7E: String(UnicodeScalar(byte))
      default: "\\x" + (digits.count == 1 ? "0" : "") + digits
      }
    guard quoted.utf8.count + escaped.utf8.count <= 32 else { return quoted + "..." }
    quoted += escaped
  }
  return quoted
}
