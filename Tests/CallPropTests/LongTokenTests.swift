// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

// Text with long strings, numbers or words takes its own way through jansson. It must lead to the same places.
@Suite("JSON with long strings, numbers and words")
struct LongTokenTests {
  /// Lengths about which buffers change their size.
  static let lengths =
    Array(1...18) + Array(29...32) + Array(61...64) + Array(125...128) + Array(252...256) + Array(509...512)
    + [1022, 1023, 1024, 4095, 30_000]

  private static func long(_ count: Int, _ text: String = "n") -> String {
    String(repeating: text, count: count)
  }

  @Test("Ignored members are ignored, however long they are", arguments: lengths)
  func ignored(count: Int) {
    let name = Self.long(count)
    let digits = Self.long(min(count, 300), "1")
    for member in ["\"name\":\"\(name)\"", "\"\(name)\":1", "\"id\":\(digits)", "\"x\":0.\(Self.long(count, "3"))"] {
      AcceptedList(Input("{\(member),\"property_list\":[\"li\",\"lo\"]}"), "li", "lo").expectAcceptance()
      AcceptedList(Input(" { \"property_list\" : [ \"ri\" ] , \(member) } "), "ri").expectAcceptance()
    }
    AcceptedList(Input("{\"~\":[\"\(Self.long(count, "~"))\"],\"property_list\":[]}")).expectAcceptance()
    AcceptedList(Input("{\"\(Self.long(count, "~"))\":0,\"property_list\":[\"li\"]}"), "li").expectAcceptance()
    AcceptedList(Input("{\"name\":\"\(Self.long(count / 2, "\\\"\\\\"))\",\"property_list\":[\"li\"]}"), "li")
      .expectAcceptance()
  }

  @Test("Without a buffer or a text, nothing is read")
  func nothingToRead() {
    var byte: UInt8 = 0xA5
    #expect(readPaddedSource(nil, 1, nil) == 0)
    #expect(readPaddedSource(&byte, 1, nil) == 0)
    #expect(byte == 0xA5)
  }

  @Test("What is wrong is refused where it stands", arguments: lengths)
  func refusedWhereItStands(count: Int) {
    let name = Self.long(count)
    let member = "\"name\":\"\(name)\","
    let offset = member.utf8.count
    expectRefusal(
      ofPropertyList: Refusal(
        Input("{\(member)\"property_list\":[\"li\",7]}"), CP_ERROR_TYPE, at: offset + 23, #"not a JSON string: "7""#,
        expected: "a name in quotes"))
    expectRefusal(
      ofPropertyList: Refusal(
        Input("[\"li\",\"LO\",\"\(name)\"]"), CP_ERROR_PROPERTY, at: 7, #"no such property: "LO""#,
        expected: "all, cq, li, lo, qli, qri, ri or ro"))
    expectRefusal(
      ofPropertyList: Refusal(
        Input("{\(member)\"n\":1}"), CP_ERROR_TYPE, at: -1, "the JSON object has no property_list",
        expected: #"one, as in {"property_list":["li"]}"#))
    expectRefusal(
      ofCall: Refusal(
        Input("{\"leg\":\"LEG\",\"x\":\"\(name)\"}"), CP_ERROR_PARTY, at: 8, #"no such leg: "LEG""#,
        expected: "src or dst"))
    expectRefusal(
      ofCall: Refusal(
        Input("{\"src\":\"ivr\",\"id\":\"\(name)\"}"), CP_ERROR_TYPE, at: 14, #"unknown key "id""#,
        expected: "src, dst, leg or callback"))
  }

  @Test("Broken JSON is refused where reading stops", arguments: lengths)
  func brokenJSON(count: Int) {
    let name = "\"" + Self.long(count) + "\""
    let cases: [(text: String, code: Int, position: Int, says: String)] = [
      ("[,\(name)]", CP_ERROR_SYNTAX, 2, "JSON is malformed after \"[,\""),
      ("[}\(name)]", CP_ERROR_SYNTAX, 2, "JSON is malformed after \"[}\""),
      ("{1:\(name)}", CP_ERROR_SYNTAX, 2, "JSON is malformed after \"{1\""),
      ("{,\(name):1}", CP_ERROR_SYNTAX, 2, "JSON is malformed after \"{,\""),
      (" [x \(name)]", CP_ERROR_SYNTAX, 3, "JSON is malformed after \" [x\""),
      ("{\"a\":1,\"a\":\(name)}", CP_ERROR_TYPE, 8, "repeated key \"a\""),
      ("{\"a\":\(name),\"b\":1,\"b\":2}", CP_ERROR_TYPE, count + 15, "repeated key \"b\""),
      ("[1] \(name)", CP_ERROR_SYNTAX, 4, "text after the JSON value \"\\\""),
      ("[\(name)", CP_ERROR_SYNTAX, count + 3, "JSON ends too early, after \""),
      ("[\(name),]", CP_ERROR_SYNTAX, count + 5, "JSON is malformed after \""),
      ("[\(name) 1]", CP_ERROR_SYNTAX, count + 5, "JSON is malformed after \""),
    ]
    for (text, code, position, says) in cases {
      for complaint in complaints(aboutPropertyList: Input(text)) + complaints(aboutCall: Input(text)) {
        #expect(complaint.code == code, "\(text.prefix(80))")
        #expect(complaint.position == position, "\(text.prefix(80))")
        #expect(complaint.text.contains(": " + says), "\(text.prefix(80))")
      }
    }
    let notUTF8 = Input("[\(name),") + Input([0xFF]) + "]"
    for complaint in complaints(aboutPropertyList: notUTF8) + complaints(aboutCall: notUTF8) {
      #expect(complaint.code == CP_ERROR_SYNTAX)
      #expect(complaint.position == count + 4)
      #expect(complaint.text.contains(": JSON is not UTF-8 after \""))
    }
  }

  @Test("Text after an empty array or object is refused where it begins, long or short", arguments: [1, 12, 13, 40])
  func textAfterNothing(count: Int) {
    let name = Self.long(count)
    let expected = "one JSON value and nothing more"
    for (text, position) in [("[] \(name)", 3), ("{}\(name)", 2), (" [ ] \(name)", 5)] {
      let quoted = count > 32 ? Self.long(32) + "..." : name
      BrokenJSON(Input(text), at: position, quoted)
        .expectRefusal(CP_ERROR_SYNTAX, "text after the JSON value", expected: expected)
    }
  }
}
