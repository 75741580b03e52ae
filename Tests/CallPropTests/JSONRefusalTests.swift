// SPDX-License-Identifier: MIT

import CCallProp
import Foundation
import Testing

@Suite("JSON that is refused in both arguments, at the first wrong byte")
struct JSONRefusalTests {
  private static let structure = [
    BrokenJSON("[,]", at: 1, "]"), BrokenJSON("[1,]", at: 3, "1]"), BrokenJSON("[1 2]", at: 3, "]"),
    BrokenJSON("[1,,2]", at: 3, "2]"), BrokenJSON("[1}", at: 2, "]"), BrokenJSON("[}", at: 1, "]"),
    BrokenJSON("[1:2]", at: 2, "]"), BrokenJSON(#"["a":1]"#, at: 4, "]"), BrokenJSON(#"["a" "b"]"#, at: 5, "]"),
    BrokenJSON(#"["a""b"]"#, at: 4, "]"), BrokenJSON("[[][]]", at: 3, "]"), BrokenJSON("[{} []]", at: 4, "]"),
    BrokenJSON("[1;2]", at: 2, "]"), BrokenJSON("[)", at: 1, "]"), BrokenJSON("[1,]", at: 3, "2]"),
    BrokenJSON("{]", at: 1, "}"), BrokenJSON("{,}", at: 1, "}"), BrokenJSON("{:1}", at: 1, "}"),
    BrokenJSON("{1:2}", at: 1, "}"), BrokenJSON("{a:1}", at: 1, "}"), BrokenJSON("{'a':1}", at: 1, "}"),
    BrokenJSON("{null:1}", at: 1, "}"), BrokenJSON("{{}:1}", at: 1, "}"), BrokenJSON("{[]:1}", at: 1, "}"),
    BrokenJSON(#"{"a"}"#, at: 4, ":1}"), BrokenJSON(#"{"a",1}"#, at: 4, ":1}"), BrokenJSON(#"{"a"=1}"#, at: 4, ":1}"),
    BrokenJSON(#"{"a" 1}"#, at: 5, ":1}"), BrokenJSON(#"{"a""b"}"#, at: 4, ":1}"),
    BrokenJSON(#"{"a"::1}"#, at: 5, "1}"),
    BrokenJSON(#"{"a":}"#, at: 5, "1}"), BrokenJSON(#"{"a":,}"#, at: 5, "1}"), BrokenJSON(#"{"a": ]"#, at: 6, "1}"),
    BrokenJSON(#"{"a":1,}"#, at: 7, #""b":1}"#), BrokenJSON(#"{"a":1,,}"#, at: 7, #""b":1}"#),
    BrokenJSON(#"{"a":1 "b":2}"#, at: 7, "}"), BrokenJSON(#"{"a":1]"#, at: 6, "}"),
    BrokenJSON(#"{"a":1:2}"#, at: 6, "}"),
    BrokenJSON(#"{"a":1,2}"#, at: 7, #""b":2}"#), BrokenJSON(#"{"a":{"b":1]}"#, at: 11, "}}"),
    BrokenJSON(#"[{"a":[1}]"#, at: 8, "]}]"),
  ]

  private static let words = [
    BrokenJSON(",", at: 0, "1"), BrokenJSON(":", at: 0, "1"), BrokenJSON("x", at: 0, "1"),
    BrokenJSON("'a'", at: 0, "1"),
    BrokenJSON("/*x*/1", at: 0, "1"), BrokenJSON("//x\n1", at: 0, "1"), BrokenJSON("#1", at: 0, "1"),
    BrokenJSON("undefined", at: 0, "1"), BrokenJSON("NaN", at: 0, "1"), BrokenJSON("nan", at: 1, "ull"),
    BrokenJSON("Infinity", at: 0, "1"), BrokenJSON("True", at: 0, "1"), BrokenJSON("TRUE", at: 0, "1"),
    BrokenJSON("tRue", at: 1, "rue"), BrokenJSON("trUe", at: 2, "ue"), BrokenJSON("truE", at: 3, "e"),
    BrokenJSON("tru]", at: 3, "e"), BrokenJSON("t ", at: 1, "rue"), BrokenJSON("fAlse", at: 1, "alse"),
    BrokenJSON("falsy", at: 4, "e"), BrokenJSON("nil", at: 1, "ull"), BrokenJSON("nulL", at: 3, "l"),
    BrokenJSON("nullx", at: 4, ""), BrokenJSON("nulll", at: 4, ""), BrokenJSON("truefalse", at: 4, ""),
    BrokenJSON("true1", at: 4, ""), BrokenJSON(#"true"a""#, at: 4, ""), BrokenJSON("false[]", at: 5, ""),
  ]

  private static let numbers = [
    BrokenJSON("+1", at: 0, "1"), BrokenJSON(".5", at: 0, "1"), BrokenJSON("-.5", at: 1, "1"),
    BrokenJSON("--1", at: 1, "1"),
    BrokenJSON("-x", at: 1, "1"), BrokenJSON("- 1", at: 1, "1"), BrokenJSON("-Infinity", at: 1, "1"),
    BrokenJSON("01", at: 1, ""), BrokenJSON("00", at: 1, ""), BrokenJSON("-01", at: 2, ""),
    BrokenJSON("0x1", at: 1, ""),
    BrokenJSON("1x", at: 1, ""), BrokenJSON("1_000", at: 1, ""), BrokenJSON("1.]", at: 2, "5"),
    BrokenJSON("1.e5", at: 2, "5"),
    BrokenJSON("1..5", at: 2, "5"), BrokenJSON("1.-5", at: 2, "5"), BrokenJSON("1.5.5", at: 3, ""),
    BrokenJSON("1e]", at: 2, "5"), BrokenJSON("1e.5", at: 2, "5"), BrokenJSON("1e+]", at: 3, "5"),
    BrokenJSON("1E++1", at: 3, "5"), BrokenJSON("1e-+1", at: 3, "5"), BrokenJSON("1e5.5", at: 3, ""),
    BrokenJSON("1e5e5", at: 3, ""), BrokenJSON("1 2", at: 2, ""), BrokenJSON("1\u{661}", at: 1, ""),
    BrokenJSON("\u{661}", at: 0, "1"), BrokenJSON("1-2", at: 1, ""), BrokenJSON("0-", at: 1, ""),
  ]

  private static let strings = [
    BrokenJSON(#""\q""#, at: 2, #"n""#), BrokenJSON(#""\'""#, at: 2, #"n""#), BrokenJSON(#""\U0041""#, at: 2, #"n""#),
    BrokenJSON(#""\x41""#, at: 2, #"n""#), BrokenJSON(#""\0""#, at: 2, #"n""#), BrokenJSON("\"\\\n\"", at: 2, #"n""#),
    BrokenJSON(#""\u""#, at: 3, #"0041""#), BrokenJSON(#""\u12G4""#, at: 5, #"41""#),
    BrokenJSON(#""\u123 ""#, at: 6, #"4""#),
    BrokenJSON(#""\u-123""#, at: 3, #"0041""#), BrokenJSON(#""\u0x41""#, at: 4, #"041""#),
    BrokenJSON("\"a\tb\"", at: 2, #"""#), BrokenJSON("\"a\nb\"", at: 2, #"""#), BrokenJSON("\"\u{01}\"", at: 1, #"""#),
    BrokenJSON("\"\u{1F}\"", at: 1, #"""#), BrokenJSON("\"eight by\u{1B}tes\"", at: 9, #"""#),
    BrokenJSON("\"a string that is long\u{1F} and longer\"", at: 22, #"""#),
    BrokenJSON(#""\ud800""#, at: 7, #"\udc00""#), BrokenJSON(#""\ud800x""#, at: 7, #"\udc00""#),
    BrokenJSON(#""\udbff\n""#, at: 8, #"udc00""#), BrokenJSON(#""\uD800\u0041""#, at: 9, #"dc00""#),
    BrokenJSON(#""\ud800\ud800""#, at: 10, #"c00""#), BrokenJSON(#""\ud83d\ude0x""#, at: 12, #"0""#),
    BrokenJSON(#""\ud83d\udex0""#, at: 11, #"00""#), BrokenJSON(#""\udc00""#, at: 4, #"800\udc00""#),
    BrokenJSON(#""\uDFFF""#, at: 4, #"800\udc00""#), BrokenJSON(#""a string that is long\q""#, at: 23, #"n""#),
    BrokenJSON(#"{"a\q":1}"#, at: 4, #"n":1}"#), BrokenJSON("{\"a\u{01}\":1}", at: 3, #"":1}"#),
  ]

  private static let whiteSpace = [
    BrokenJSON("\u{0B}", at: 0, "1"), BrokenJSON("\u{0C}1", at: 0, "1"), BrokenJSON("\u{A0}1", at: 0, "1"),
    BrokenJSON("\u{85}1", at: 0, "1"), BrokenJSON("\u{2028}1", at: 0, "1"), BrokenJSON("\u{3000}1", at: 0, "1"),
    BrokenJSON("\u{FEFF}1", at: 0, "1"), BrokenJSON("1\u{A0}", at: 1, ""), BrokenJSON("[1,\u{FEFF}2]", at: 3, "2]"),
    BrokenJSON("\u{01}", at: 0, "1"), BrokenJSON("\u{7F}", at: 0, "1"),
    // Outside of a string, a byte that is not UTF-8 is one more that cannot stand there.
    BrokenJSON(Input([0xFF]), at: 0, "1"), BrokenJSON(Input([0x80, 0x31]), at: 0, "1"),
    BrokenJSON(Input("[1,") + Input([0xC3]) + "]", at: 3, "2]"), BrokenJSON(Input([0x31, 0xFF]), at: 1, ""),
  ]

  private static let notUTF8 = [
    BrokenJSON(Input([0x22, 0xFF, 0x22]), at: 1, "\""), BrokenJSON(Input([0x22, 0xFE, 0x22]), at: 1, "\""),
    BrokenJSON(Input([0x22, 0x80, 0x22]), at: 1, "\""), BrokenJSON(Input([0x22, 0xBF, 0x22]), at: 1, "\""),
    BrokenJSON(Input([0x22, 0xC0, 0xAF, 0x22]), at: 1, "\""), BrokenJSON(Input([0x22, 0xC1, 0x81, 0x22]), at: 1, "\""),
    BrokenJSON(Input([0x22, 0xF5, 0x80]), at: 1, "\""),
    BrokenJSON(Input([0x22, 0xC3, 0x28]), at: 2, Input([0xA9, 0x22])),
    BrokenJSON(Input([0x22, 0xC3, 0x22]), at: 2, Input([0xA9, 0x22])),
    BrokenJSON(Input([0x22, 0xC3, 0x5C]), at: 2, Input([0xA9, 0x22])),
    BrokenJSON(Input([0x22, 0xE0, 0x9F, 0x80, 0x22]), at: 2, Input([0xA0, 0x80, 0x22])),
    BrokenJSON(Input([0x22, 0xED, 0xA0, 0x80, 0x22]), at: 2, Input([0x9F, 0xBF, 0x22])),
    BrokenJSON(Input([0x22, 0xE2, 0x82, 0x22]), at: 3, Input([0xAC, 0x22])),
    BrokenJSON(Input([0x22, 0xE2, 0x82, 0xC2]), at: 3, Input([0xAC, 0x22])),
    BrokenJSON(Input([0x22, 0xF0, 0x8F, 0x80, 0x80]), at: 2, Input([0x90, 0x80, 0x80, 0x22])),
    BrokenJSON(Input([0x22, 0xF4, 0x90, 0x80, 0x80]), at: 2, Input([0x8F, 0xBF, 0xBF, 0x22])),
    BrokenJSON(Input([0x22, 0xF0, 0x9F, 0x98, 0x28]), at: 4, Input([0x80, 0x22])),
    BrokenJSON(Input("\"ab\u{E9}") + Input([0x80]) + "\"", at: 5, "\""),
    BrokenJSON(Input("\"a string that is long") + Input([0xFF]) + "\"", at: 22, "\""),
    BrokenJSON(Input("{\"k") + Input([0xFF]) + "\":1}", at: 3, "\":1}"),
  ]

  @Test("Malformed JSON, at each kind of place", arguments: structure + words + numbers + strings + whiteSpace)
  func malformedAnywhere(broken: BrokenJSON) {
    for place in JSONPlace.all { place.expectRefusal(of: broken, ": malformed JSON at") }
  }

  @Test("What is not UTF-8 inside a string, at each kind of place", arguments: notUTF8)
  func brokenUTF8(broken: BrokenJSON) {
    for place in JSONPlace.all { place.expectRefusal(of: broken, ": JSON is not UTF-8 at") }
  }

  @Test(
    "The byte before was not wrong yet: what stands before the position can become JSON",
    arguments: structure + words + numbers + strings + whiteSpace + notUTF8)
  func completed(broken: BrokenJSON) throws {
    for place in JSONPlace.all where place.before.bytes.first != 0xEF {
      let text = place.before + broken.completed + place.behind
      // Read by another reader than ours.
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.bytes)) }
      let found = place.isPropertyList ? complaintCode(aboutPropertyList: text) : complaintCode(aboutCall: text)
      #expect(found != CP_ERROR_SYNTAX)
    }
  }

  private func complaintCode(aboutPropertyList text: Input) -> Int {
    var error = cp_error()
    var out: cp_properties = 0
    _ = cp_properties_parse(text.characters, &out, &error)
    return Int(error.code)
  }

  private func complaintCode(aboutCall text: Input) -> Int {
    var error = cp_error()
    var out = cp_call()
    _ = cp_call_parse(text.characters, &out, &error)
    return Int(error.code)
  }
}
