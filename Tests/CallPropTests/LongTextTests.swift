// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@Suite("JSON with long strings and numbers")
struct LongTextTests {
  private static let lengths = Array(0...40) + [63, 64, 65, 127, 128, 255, 256, 257, 1023, 1024, 4096, 15_000]

  private static func long(_ count: Int, _ text: String = "n") -> String {
    String(repeating: text, count: count)
  }

  @Test("Ignored members are ignored, however long they are", arguments: lengths)
  func ignored(count: Int) {
    let name = Self.long(count)
    let members = [
      "\"name\":\"\(name)\"", "\"\(name)\":1", "\"id\":1\(Self.long(count, "1"))", "\"x\":0.3\(Self.long(count, "3"))",
      "\"x\":[\"\(name)\",\"\(name)\"]", "\"x\":\"\(Self.long(count / 2, "\\\"\\\\"))\"",
      "\"x\":\"\(Self.long(count, "é"))\"",
      "\"x\":\"\(Self.long(count, "]}\u{7F}"))\"", "\"x\":\(Self.long(count, " \n"))0",
    ]
    for member in members {
      AcceptedList(Input("{\(member),\"property_list\":[\"li\",\"lo\"]}"), "li", "lo").expectAcceptance()
      AcceptedList(Input(" { \"property_list\" : [ \"ri\" ] , \(member) } "), "ri").expectAcceptance()
    }
  }

  @Test("What is wrong is refused where it stands", arguments: lengths)
  func refusedWhereItStands(count: Int) {
    let name = Self.long(count)
    let member = "\"name\":\"\(name)\","
    let offset = member.utf8.count
    expectRefusal(
      ofPropertyList: Refusal(
        Input("{\(member)\"property_list\":[\"li\",7]}"), CP_ERROR_TYPE, at: offset + 23, #": not a JSON string: "7""#,
        expected: "a name in quotes"))
    expectRefusal(
      ofPropertyList: Refusal(
        Input("[\"li\",\"LO\",\"\(name)\"]"), CP_ERROR_PROPERTY, at: 7, #": no such property: "LO""#,
        expected: "all, cq, li, lo, qli, qri, ri or ro"))
    expectRefusal(
      ofPropertyList: Refusal(
        Input("{\(member)\"n\":1}"), CP_ERROR_TYPE, at: -1, ": the JSON object has no member property_list",
        expected: #"one, as in {"property_list":["li"]}"#))
    expectRefusal(
      ofPropertyList: Refusal(
        Input("{\(member)\"n\":1;}"), CP_ERROR_SYNTAX, at: offset + 6, ": malformed JSON at \";}\"",
        expected: "strict JSON in UTF-8"))
    expectRefusal(
      ofPropertyList: Refusal(
        Input("{\"name\":\"\(name)"), CP_ERROR_SYNTAX, at: count + 9, ": JSON ends too early",
        expected: "the rest of it"))
    expectRefusal(
      ofCall: Refusal(
        Input("{\"leg\":\"x\(name)\",\"y\":1}"), CP_ERROR_PARTY, at: 8,
        ": no such leg: \"\(quotation(Array("x\(name)".utf8)))\"", expected: "src or dst"))
    expectRefusal(
      ofCall: Refusal(
        Input("{\"src\":\"ivr\",\"x\(name)\":1}"), CP_ERROR_TYPE, at: 14,
        ": unknown key \"\(quotation(Array("x\(name)".utf8)))\"", expected: "src, dst, leg or callback"))
    expectRefusal(
      ofCall: Refusal(
        Input("{\"src\":[\"\(name)\" \"\"]}"), CP_ERROR_SYNTAX, at: count + 11, ": malformed JSON at \"\\\"\\\"]}\"",
        expected: "strict JSON in UTF-8"))
  }
}
