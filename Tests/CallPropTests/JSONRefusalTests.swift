// SPDX-License-Identifier: MIT

import CCallProp
import Testing

/// JSON that is refused for its form, whatever it means: so in either argument.
struct BrokenJSON: Sendable, CustomTestStringConvertible {
  let input: Input
  let position: Int
  let quoted: String

  init(_ input: Input, at position: Int, _ quoted: String) {
    self.input = input
    self.position = position
    self.quoted = quoted
  }

  var testDescription: String { input.testDescription }

  func expectRefusal(_ code: Int, _ says: String, expected: String, at place: SourceLocation = #_sourceLocation) {
    let refusal = Refusal(input, code, at: position, "\(says) \"\(quoted)\"", expected: expected)
    CallPropTests.expectRefusal(ofPropertyList: refusal, at: place)
    CallPropTests.expectRefusal(ofCall: refusal, at: place)
  }
}

@Suite("JSON that is refused in both arguments")
struct JSONRefusalTests {
  @Test(
    "JSON that ends too early",
    arguments: [
      BrokenJSON("[", at: 1, "["),
      BrokenJSON("{", at: 1, "{"),
      BrokenJSON(" [ ", at: 3, " [ "),
      BrokenJSON(#"["li"#, at: 4, #"[\"li"#),
      BrokenJSON(#"["li""#, at: 5, #"[\"li\""#),
      BrokenJSON(#"["li","#, at: 6, #"[\"li\","#),
      BrokenJSON(#"{"src"#, at: 5, #"{\"src"#),
      BrokenJSON(#"{"src""#, at: 6, #"{\"src\""#),
      BrokenJSON(#"{"src":"#, at: 7, #"{\"src\":"#),
      BrokenJSON(#"{"src":"ivr""#, at: 12, #"{\"src\":\"ivr\""#),
      BrokenJSON(#"{"src":"ivr","#, at: 13, #"{\"src\":\"ivr\","#),
      BrokenJSON(#"{"property_list":["li"]"#, at: 23, #"{\"property_list\":[\"li\"]"#),
      BrokenJSON(#"["li\"]"#, at: 7, #"[\"li\\\"]"#),
    ])
  func endsTooEarly(broken: BrokenJSON) {
    broken.expectRefusal(CP_ERROR_SYNTAX, "JSON ends too early, after", expected: "strict JSON in UTF-8")
  }

  @Test(
    "JSON that is malformed: reading stops behind what cannot stand there",
    arguments: [
      BrokenJSON(#"["li",]"#, at: 7, #"[\"li\",]"#),
      BrokenJSON(#"{"a":1,}"#, at: 8, #"{\"a\":1,}"#),
      BrokenJSON("[,]", at: 2, "[,"),
      BrokenJSON(#"["li" "lo"]"#, at: 10, #"[\"li\" \"lo\""#),
      BrokenJSON("[1 2]", at: 4, "[1 2"),
      BrokenJSON(#"{"a" 1}"#, at: 6, #"{\"a\" 1"#),
      BrokenJSON(#"{"a":}"#, at: 6, #"{\"a\":}"#),
      BrokenJSON(#"{"a"="b"}"#, at: 5, #"{\"a\"="#),
      BrokenJSON("{src:1}", at: 4, "{src"),
      BrokenJSON("{1:2}", at: 2, "{1"),
      BrokenJSON("[}", at: 2, "[}"),
      BrokenJSON("{]", at: 2, "{]"),
      BrokenJSON(#"["li"}"#, at: 6, #"[\"li\"}"#),
      BrokenJSON("['li']", at: 2, "['"),
      BrokenJSON("[li]", at: 3, "[li"),
      BrokenJSON("[True]", at: 5, "[True"),
      BrokenJSON("[nul", at: 4, "[nul"),
      BrokenJSON("[NaN]", at: 4, "[NaN"),
      BrokenJSON("[Infinity]", at: 9, "[Infinity"),
      BrokenJSON("[-Infinity]", at: 2, "[-"),
      BrokenJSON("[01]", at: 2, "[0"),
      BrokenJSON("[1.]", at: 3, "[1."),
      BrokenJSON("[.5]", at: 2, "[."),
      BrokenJSON("[1e]", at: 3, "[1e"),
      BrokenJSON("[+1]", at: 2, "[+"),
      BrokenJSON("[0x1]", at: 3, "[0x"),
      BrokenJSON(#"[/*x*/"li"]"#, at: 2, "[/"),
      BrokenJSON("[//x\n]", at: 2, "[/"),
      BrokenJSON(##"["li"#]"##, at: 6, ##"[\"li\"#"##),
    ])
  func malformed(broken: BrokenJSON) {
    broken.expectRefusal(CP_ERROR_SYNTAX, "JSON is malformed after", expected: "strict JSON in UTF-8")
  }

  @Test(
    "Strings that JSON does not allow",
    arguments: [
      BrokenJSON(#"["\q"]"#, at: 4, #"[\"\\q"#),
      BrokenJSON(#"["\'"]"#, at: 4, #"[\"\\'"#),
      BrokenJSON(#"["\u12G4"]"#, at: 7, #"[\"\\u12G"#),
      BrokenJSON("[\"a\tb\"]", at: 3, #"[\"a"#),
      BrokenJSON("[\"a\nb\"]", at: 3, #"[\"a"#),
      BrokenJSON("[\"\u{01}\"]", at: 2, #"[\""#),
      BrokenJSON("[\"\u{1F}\"]", at: 2, #"[\""#),
      BrokenJSON("{\"sr\u{1B}c\":1}", at: 4, #"{\"sr"#),
      BrokenJSON(#"["\u0000"]"#, at: 9, #"[\"\\u0000\""#),
      BrokenJSON(#"["li\u0000lo"]"#, at: 13, #"[\"li\\u0000lo\""#),
      BrokenJSON(#"{"src\u0000":"ivr"}"#, at: 12, #"{\"src\\u0000\""#),
      BrokenJSON(#"["\ud800"]"#, at: 9, #"[\"\\ud800\""#),
      BrokenJSON(#"["\udc00"]"#, at: 9, #"[\"\\udc00\""#),
      BrokenJSON(#"["\ud800\u0041"]"#, at: 15, #"[\"\\ud800\\u0041\""#),
      BrokenJSON(#"["\ud800\ud800"]"#, at: 15, #"[\"\\ud800\\ud800\""#),
    ])
  func strings(broken: BrokenJSON) {
    broken.expectRefusal(CP_ERROR_SYNTAX, "JSON is malformed after", expected: "strict JSON in UTF-8")
  }

  @Test(
    "White space that is not JSON's",
    arguments: [
      BrokenJSON("[\u{0B}]", at: 2, #"[\x0b"#),
      BrokenJSON("[\u{0C}]", at: 2, #"[\x0c"#),
      BrokenJSON("{\u{A0}}", at: 3, #"{\xc2\xa0"#),
      BrokenJSON("[\u{2028}]", at: 4, #"[\xe2\x80\xa8"#),
      BrokenJSON("[\u{FEFF}]", at: 4, #"[\xef\xbb\xbf"#),
    ])
  func whiteSpace(broken: BrokenJSON) {
    broken.expectRefusal(CP_ERROR_SYNTAX, "JSON is malformed after", expected: "strict JSON in UTF-8")
  }

  @Test(
    "What is not UTF-8 is refused at the first bad byte",
    arguments: [
      BrokenJSON(Input("[\"") + Input([0xFF]) + "\"]", at: 2, #"[\""#),
      BrokenJSON(Input("[\"ab") + Input([0x80]) + "\"]", at: 4, #"[\"ab"#),
      BrokenJSON(Input("[\"") + Input([0xC0, 0xAF]) + "\"]", at: 2, #"[\""#),
      BrokenJSON(Input("[\"") + Input([0xED, 0xA0, 0x80]) + "\"]", at: 2, #"[\""#),
      BrokenJSON(Input("[\"") + Input([0xF4, 0x90, 0x80, 0x80]) + "\"]", at: 2, #"[\""#),
      BrokenJSON(Input("[\"é") + Input([0xC3]), at: 4, #"[\"\xc3\xa9"#),
      BrokenJSON(Input("{\"") + Input([0xFE]) + "\":1}", at: 2, #"{\""#),
      BrokenJSON(Input("[") + Input([0xC3, 0x28]) + "]", at: 1, "["),
      BrokenJSON(Input("[") + Input([0xFF]) + "\"a string that is long\"]", at: 1, "["),
      BrokenJSON(Input("[] ") + Input([0xFF]), at: 3, "[] "),
    ])
  func notUTF8(broken: BrokenJSON) {
    broken.expectRefusal(CP_ERROR_SYNTAX, "JSON is not UTF-8 after", expected: "strict JSON in UTF-8")
  }

  @Test(
    "Text after the JSON value is refused where it begins",
    arguments: [
      BrokenJSON("[] []", at: 3, "[]"),
      BrokenJSON("[],", at: 2, ","),
      BrokenJSON("[]]", at: 2, "]"),
      BrokenJSON("{} x", at: 3, "x"),
      BrokenJSON(#" ["]"], ["lo"] "#, at: 6, #", [\"lo\"]"#),
      BrokenJSON(#"{"a":{"b":"}"}}{}"#, at: 15, "{}"),
      BrokenJSON("{}\n;", at: 3, ";"),
      BrokenJSON("[]\u{0B}", at: 2, #"\x0b"#),
    ])
  func textAfter(broken: BrokenJSON) {
    broken.expectRefusal(
      CP_ERROR_SYNTAX, "text after the JSON value", expected: "one JSON value and nothing more")
  }

  @Test(
    "A repeated key is refused at the second one, however deep it stands, and however it is written",
    arguments: [
      BrokenJSON(#"{"src":"external","src":"external"}"#, at: 19, "src"),
      BrokenJSON(#"{"property_list":["li"],"property_list":["all"]}"#, at: 25, "property_list"),
      BrokenJSON(#"{"x":{"a":1,"a":2},"property_list":["li"]}"#, at: 13, "a"),
      BrokenJSON(#"{"x":[{"a":1},{"b":1,"a":2,"b":3}]}"#, at: 28, "b"),
      BrokenJSON(#"{"src":"ivr" , "\u0073rc" :"ivr"}"#, at: 16, #"\\u0073rc"#),
      BrokenJSON(#"{"":1,"":2}"#, at: 7, ""),
      BrokenJSON(#"{"a\"":1,"a\"":2}"#, at: 10, #"a\\\""#),
      BrokenJSON(#"{"a\\":1,"a\\":2}"#, at: 10, #"a\\\\"#),
      BrokenJSON(#"{"\"":1,"\"":2}"#, at: 9, #"\\\""#),
      BrokenJSON(#"{"é":1,"é":2}"#, at: 9, #"\xc3\xa9"#),
    ])
  func repeatedKeys(broken: BrokenJSON) {
    broken.expectRefusal(CP_ERROR_TYPE, "repeated key", expected: "each key once")
  }
}
