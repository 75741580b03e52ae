// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@Suite("JSON that is refused where the values count: each way of reading has its own places")
struct JSONPositionTests {
  private static func malformed(_ input: Input, at position: Int, _ quoted: String) -> Refusal {
    Refusal(input, CP_ERROR_SYNTAX, at: position, ": malformed JSON at \"\(quoted)\"", expected: "strict JSON in UTF-8")
  }

  private static func notUTF8(_ input: Input, at position: Int, _ quoted: String) -> Refusal {
    Refusal(
      input, CP_ERROR_SYNTAX, at: position, ": JSON is not UTF-8 at \"\(quoted)\"", expected: "strict JSON in UTF-8")
  }

  private static func textAfter(_ input: Input, at position: Int, _ quoted: String) -> Refusal {
    Refusal(
      input, CP_ERROR_SYNTAX, at: position, ": text after the JSON value: \"\(quoted)\"", expected: "nothing more")
  }

  @Test(
    "In a property list",
    arguments: [
      malformed(#"["li" "lo"]"#, at: 6, #"\"lo\"]"#),
      malformed(#"["li","lo" "ri"]"#, at: 11, #"\"ri\"]"#),
      malformed(#"["li",]"#, at: 6, "]"),
      malformed(#"["li",,"lo"]"#, at: 6, #",\"lo\"]"#),
      malformed(#"[,"li"]"#, at: 1, #",\"li\"]"#),
      malformed(#"["li"}"#, at: 5, "}"),
      malformed("[}", at: 1, "}"),
      malformed(#"["li":"lo"]"#, at: 5, #":\"lo\"]"#),
      malformed(#"["li";"lo"]"#, at: 5, #";\"lo\"]"#),
      malformed(#"['li']"#, at: 1, "'li']"),
      malformed("[li]", at: 1, "li]"),
      malformed("[all]", at: 1, "all]"),
      malformed(#"[/*x*/"li"]"#, at: 1, #"/*x*/\"li\"]"#),
      malformed(#"["li\q"]"#, at: 5, #"q\"]"#),
      malformed("[\"li\n\"]", at: 4, #"\x0a\"]"#),
      malformed("[\"li\",\"a longer string\u{01}\"]", at: 22, #"\x01\"]"#),
      malformed(#"["\udc00"]"#, at: 5, #"c00\"]"#),
      malformed("[nul]", at: 4, "]"),
      malformed("{]", at: 1, "]"),
      malformed("{,}", at: 1, ",}"),
      malformed("{property_list:[]}", at: 1, "property_list:[]}"),
      malformed(#"{"property_list"}"#, at: 16, "}"),
      malformed(#"{"property_list"=["li"]}"#, at: 16, #"=[\"li\"]}"#),
      malformed(#"{"property_list":}"#, at: 17, "}"),
      malformed(#"{"property_list":["li"],}"#, at: 24, "}"),
      malformed(#"{"property_list":["li"]]"#, at: 23, "]"),
      malformed(#"{"property_list":["li"} "#, at: 22, "} "),
      malformed(#"{"property_list":["li"] "x":1}"#, at: 24, #"\"x\":1}"#),
      malformed(#"{"x":1 "property_list":["li"]}"#, at: 7, #"\"property_list\":[\"li\"]}"#),
      malformed(#"{"x":01,"property_list":["li"]}"#, at: 6, #"1,\"property_list\":[\"li\"]}"#),
      malformed(#"{"x":1.,"property_list":["all"]}"#, at: 7, #",\"property_list\":[\"all\"]}"#),
      malformed(#"{"property_list":yes}"#, at: 17, "yes}"),
      malformed("\u{FEFF}[x]", at: 4, "x]"),
      malformed("\u{FEFF}[\u{FEFF}]", at: 4, #"\xef\xbb\xbf]"#),
      malformed("\t[ x]", at: 3, "x]"),
      notUTF8(Input("[\"li") + Input([0xFF]) + "\"]", at: 4, #"\xff\"]"#),
      notUTF8(Input("[\"") + Input([0xE9]) + "\"]", at: 3, #"\"]"#),
      notUTF8(Input("{\"x") + Input([0xC0]) + "\":1}", at: 3, #"\xc0\":1}"#),
    ])
  func propertyList(refusal: Refusal) {
    expectRefusal(ofPropertyList: refusal)
  }

  @Test(
    "In a call",
    arguments: [
      malformed("{]", at: 1, "]"),
      malformed("{,}", at: 1, ",}"),
      malformed("{src:1}", at: 1, "src:1}"),
      malformed("{'src':1}", at: 1, "'src':1}"),
      malformed(#"{"src"}"#, at: 6, "}"),
      malformed(#"{"src"="ivr"}"#, at: 6, #"=\"ivr\"}"#),
      malformed(#"{"src" "ivr"}"#, at: 7, #"\"ivr\"}"#),
      malformed(#"{"src":}"#, at: 7, "}"),
      malformed(#"{"src":,"dst":"ivr"}"#, at: 7, #",\"dst\":\"ivr\"}"#),
      malformed(#"{"src":external}"#, at: 7, "external}"),
      malformed(#"{"src":'ivr'}"#, at: 7, "'ivr'}"),
      malformed(#"{"src":"ivr",}"#, at: 13, "}"),
      malformed(#"{"src":"ivr","# + "\u{A0}}", at: 13, #"\xc2\xa0}"#),
      malformed(#"{"src":"ivr" "dst":"ivr"}"#, at: 13, #"\"dst\":\"ivr\"}"#),
      malformed(#"{"src":"ivr"]"#, at: 12, "]"),
      malformed(#"{"src":"ivr":1}"#, at: 12, ":1}"),
      malformed(#"{"src":"ivr";"dst":"ivr"}"#, at: 12, #";\"dst\":\"ivr\"}"#),
      malformed(#"{"src":"iv\r"# + "\u{1F}\"}", at: 12, #"\x1f\"}"#),
      malformed(#"{"src":"\ud800"}"#, at: 14, #"\"}"#),
      malformed(#"{"s\qrc":1}"#, at: 4, #"qrc\":1}"#),
      malformed(#"{"callback":True}"#, at: 12, "True}"),
      malformed(#"{"callback":tru}"#, at: 15, "}"),
      malformed(#"{"callback":truee}"#, at: 16, "e}"),
      malformed(#"{"callback":false"# + "\u{0B}}", at: 17, #"\x0b}"#),
      malformed(#"{"callback":-}"#, at: 13, "}"),
      malformed("[1 2]", at: 3, "2]"),
      malformed("[,]", at: 1, ",]"),
      malformed("[01]", at: 2, "1]"),
      malformed("\u{FEFF}{x}", at: 4, "x}"),
      notUTF8(Input("{\"src\":\"") + Input([0xFF]) + "\"}", at: 8, #"\xff\"}"#),
      notUTF8(Input("{\"s") + Input([0xED, 0xA0, 0x80]) + "\":1}", at: 4, #"\xa0\x80\":1}"#),
      notUTF8(Input("[\"") + Input([0xC3, 0x28]) + "\"]", at: 3, #"(\"]"#),
    ])
  func call(refusal: Refusal) {
    expectRefusal(ofCall: refusal)
  }

  @Test(
    "Text after a property list is refused where it begins",
    arguments: [
      textAfter("[] []", at: 3, "[]"), textAfter("[],", at: 2, ","), textAfter("[]]", at: 2, "]"),
      textAfter("[]x", at: 2, "x"), textAfter(#" ["li"], ["lo"] "#, at: 7, #", [\"lo\"] "#),
      textAfter("{\"property_list\":[]}\n;", at: 21, ";"), textAfter("[]\u{0B}", at: 2, #"\x0b"#),
      textAfter(#"{"property_list":["li"],"a":{"b":"}"}}{}"#, at: 38, "{}"), textAfter("[ ] {}", at: 4, "{}"),
      textAfter(Input("[] ") + Input([0xFF]), at: 3, #"\xff"#), textAfter("[]\u{FEFF}", at: 2, #"\xef\xbb\xbf"#),
      textAfter("[] // none", at: 3, "// none"),
    ])
  func textAfterPropertyList(refusal: Refusal) {
    expectRefusal(ofPropertyList: refusal)
  }

  private static let whole = #"{"src":"external","dst":"ivr","leg":"dst"}"#

  @Test(
    "Text after a call is refused where it begins, whatever the call is",
    arguments: [
      textAfter(Input(whole + "{}"), at: 42, "{}"), textAfter(Input(whole + " ,"), at: 43, ","),
      textAfter(Input(whole + "}"), at: 42, "}"), textAfter(Input(whole + "\nx\n"), at: 43, #"x\x0a"#),
      textAfter("{} x", at: 3, "x"), textAfter("{}]", at: 2, "]"),
      textAfter(Input(#"{"src":"ivr","dst":"ivr","leg":"src"};"#), at: 37, ";"),
      textAfter(Input(whole) + Input([0x80]), at: 42, #"\x80"#),
    ])
  func textAfterCall(refusal: Refusal) {
    expectRefusal(ofCall: refusal)
  }

  // MARK: - Too early

  /// Has everything that JSON has.
  private static let everything =
    #"{"a":[],"b":{},"c":[1,-2.5e+3,0,true,false,null,"x"],"d\n\"\\\/\u00e9\ud83d\ude00":"é中😀","e": [ { "f" : "g" } ] }"#

  private func expectTooEarly(_ text: String, _ expect: (Refusal) -> Void, from shortest: Int = 1) {
    let bytes = Array(text.utf8)
    for count in shortest..<bytes.count {
      expect(
        Refusal(
          Input(Array(bytes[..<count])), CP_ERROR_SYNTAX, at: count, ": JSON ends too early", expected: "the rest of it"
        ))
    }
  }

  @Test("A property list that ends too early, at each byte: the position is its length, and nothing is quoted")
  func propertyListEndsTooEarly() {
    for text in [#"{"x":\#(Self.everything),"property_list":["li","l\u006f"]}"#, #"["li", "lo" ]"#, "[ ]"] {
      expectTooEarly(text, { expectRefusal(ofPropertyList: $0) })
    }
    expectTooEarly("\u{FEFF}[\"li\"]", { expectRefusal(ofPropertyList: $0) }, from: 4)
    expectTooEarly(" \n{\"property_list\":[[\(Self.everything)]", { expectRefusal(ofPropertyList: $0) }, from: 3)
  }

  @Test("A call that ends too early, at each byte")
  func callEndsTooEarly() {
    for text in [
      #"{"src":"external", "d\u0073t" : "ivr","leg":"dst","callback":false }"#, #"[\#(Self.everything)]"#,
      #"{"src":[\#(Self.everything)]"#, #"{"callback":{"x":\#(Self.everything)}"#,
    ] {
      expectTooEarly(text, { expectRefusal(ofCall: $0) })
    }
  }

  @Test(
    "So is text that is not JSON's, once it has begun to be",
    arguments: ["[[tru", "[[-", "[[1.", "[[1e+", #"[["\u00"#, #"[["\ud83d\u"#])
  func unfinishedTokens(text: String) {
    expectTooEarly(text + " ", { expectRefusal(ofPropertyList: $0) })
    expectTooEarly(text + " ", { expectRefusal(ofCall: $0) })
  }
}
