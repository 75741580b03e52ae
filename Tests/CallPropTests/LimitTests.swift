// SPDX-License-Identifier: MIT

import CCallProp
import Glibc
import Testing

@testable import CallProp

@Suite("Limits: 65536 bytes of text, 32 levels of JSON")
struct LimitTests {
  private static func padded(_ text: String, to count: Int) -> Input {
    Input(text + String(repeating: " ", count: count - text.utf8.count))
  }

  private static func nested(_ opening: String, _ closing: String, _ levels: Int, around inner: String = "") -> String {
    String(repeating: opening, count: levels) + inner + String(repeating: closing, count: levels)
  }

  // MARK: - Text

  @Test("Text of 65536 bytes is read")
  func longestText() {
    for list in ["li", #"["li"]"#, #"{"property_list":["li"]}"#] {
      AcceptedList(Self.padded(list, to: 65_536), "li").expectAcceptance()
    }
    let repeats = String(repeating: "li,", count: 21_844) + "li  "
    #expect(repeats.utf8.count == 65_536)
    AcceptedList(Input(repeats), "li").expectAcceptance()

    let call = Facts("external", "ivr", leg: "dst", callback: false)
    for form in ["src=external,dst=ivr,leg=dst", #"{"src":"external","dst":"ivr","leg":"dst"}"#] {
      AcceptedCall(Self.padded(form, to: 65_536), call).expectAcceptance()
    }
  }

  @Test(
    "Text of 65537 bytes is refused before it is read",
    arguments: [
      "li", #"["li"]"#, "src=external,dst=ivr,leg=dst", #"{"src":"external","dst":"ivr","leg":"dst"}"#, "", "[",
    ])
  func tooLongText(text: String) {
    for count in [65_537, 200_000] {
      let refusal = Refusal(
        Self.padded(text, to: count), CP_ERROR_LIMIT, at: 65_536, " is too long",
        expected: "at most 65536 bytes")
      expectRefusal(ofPropertyList: refusal)
      expectRefusal(ofCall: refusal)
    }
  }

  @Test("A position is right up to the end of the longest text")
  func lastByte() {
    let spaces = String(repeating: " ", count: 65_535)
    expectRefusal(
      ofPropertyList: Refusal(
        Input(spaces + "x"), CP_ERROR_PROPERTY, at: 65_535, #": no such property: "x""#,
        expected: "all, cq, li, lo, qli, qri, ri or ro"))
    expectRefusal(
      ofCall: Refusal(
        Input(spaces + "x"), CP_ERROR_SYNTAX, at: 65_535, #": no = in "x""#, expected: "key=value between commas"))
  }

  @Test("Nothing behind the byte that makes text too long is read, nor behind the NUL")
  func readsNoFurther() throws {
    let page = 4096
    let size = 17 * page
    let mapping = mmap(nil, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    let start = try #require(mapping == MAP_FAILED ? nil : mapping)
    defer { munmap(start, size + page) }
    try #require(mprotect(start + size, page, PROT_NONE) == 0)

    memset(start, 0x6C, size)
    let endless = (start + size - 65_537).assumingMemoryBound(to: CChar.self)
    var error = cp_error.garbage
    #expect(cp_allows(endless, "src=external,dst=ivr,leg=dst", &error) == 0)
    #expect(Int(error.code) == CP_ERROR_LIMIT)
    #expect(cp_allows("all", endless, &error) == 0)
    #expect(Int(error.code) == CP_ERROR_LIMIT)
    #expect(cp_get(endless) == nil)

    for text in ["li", #"["li"]"#, "xx", "[", "", #"{"a":1,"a":2}"#, "src=ivr", #"{"src":"x"}"#] {
      let characters = Input(text).characters
      let atTheEnd = (start + size - characters.count).assumingMemoryBound(to: CChar.self)
      atTheEnd.update(from: characters, count: characters.count)
      var heapError = cp_error.garbage
      #expect(cp_allows(atTheEnd, atTheEnd, &error) == cp_allows(characters, characters, &heapError))
      #expect(Complaint(error) == Complaint(heapError))
      #expect((cp_get(atTheEnd) == nil) == (text != "li"))
    }
  }

  // MARK: - Depth

  @Test("JSON of 32 levels is read", arguments: [nested("[", "]", 31), nested(#"{"a":"#, "}", 30, around: "[]")])
  func deepestJSON(inner: String) {
    AcceptedList(Input(#"{"x":\#(inner),"property_list":["li"]}"#), "li").expectAcceptance()
    AcceptedList(Input(#"{"property_list":["li"],"x":\#(inner)}"#), "li").expectAcceptance()
    for complaint in complaints(aboutCall: Input(#"{"src":\#(inner)}"#)) {
      #expect(complaint.code == CP_ERROR_TYPE)
    }
  }

  private static let tooDeep: [(json: String, position: Int)] = [
    (nested("[", "]", 33), 32),
    (nested("[", "]", 5000), 32),
    (String(repeating: "[", count: 65_536), 32),
    ("\n " + nested("[", "]", 33), 34),
    (nested(#"["li","#, #","lo"]"#, 33, around: "0"), 192),
    (nested(#"[{"a":"#, "}]", 17), 96),
    (nested("[", "", 32) + "{", 32),
  ]

  private static let tooDeepPropertyLists: [(json: String, position: Int)] = [
    (nested(#"{"a":"#, "}", 33), 160),
    (nested(#"{"a":"#, "", 33), 160),
    (#"{"property_list":["li"],"x":"# + nested("[", "]", 32) + "}", 59),
    (#"{"property_list":"# + nested("[", "]", 32) + "}", 48),
    (#"{"x":[[],[[]]],"y":"# + nested("[", "]", 32) + "}", 50),
    (#"{"x":"[]\"]}\\","y":"# + nested("[", "]", 32) + "}", 51),
  ]

  private static let tooDeepCalls: [(json: String, position: Int)] = [
    (#"{"src":"# + nested("[", "]", 32) + "}", 38),
    ("[[],[[]]," + nested("[", "]", 32) + "]", 40),
    (#"[["[\"]}\\",{}],"# + nested("[", "]", 32) + "]", 47),
    (#"{"callback":"# + nested(#"{"a":"#, "}", 32) + "}", 167),
    (#"{"src":"ivr","dst":"# + nested("[", "", 32), 50),
    (#"{"src":[[],[[]],"# + nested("[", "]", 31) + "]}", 46),
  ]

  private static func tooDeep(_ json: String, at position: Int) -> Refusal {
    Refusal(
      Input(json), CP_ERROR_LIMIT, at: position, ": JSON is nested too deeply", expected: "at most 32 levels")
  }

  @Test("JSON of 33 levels is refused where the 33rd begins", arguments: tooDeep)
  func tooDeepJSON(json: String, position: Int) {
    expectRefusal(ofPropertyList: Self.tooDeep(json, at: position))
    expectRefusal(ofCall: Self.tooDeep(json, at: position))
  }

  @Test("So also where the values count in a property list", arguments: tooDeepPropertyLists)
  func tooDeepPropertyList(json: String, position: Int) {
    expectRefusal(ofPropertyList: Self.tooDeep(json, at: position))
  }

  @Test("So also where the values count in a call", arguments: tooDeepCalls)
  func tooDeepCall(json: String, position: Int) {
    expectRefusal(ofCall: Self.tooDeep(json, at: position))
  }

  @Test(
    "Brackets side by side and in strings are no levels",
    arguments: [
      String(repeating: "[],", count: 40) + "0", String(repeating: "{},", count: 1000) + "0",
      #""\#(nested("[", "]", 40))""#, #""\#(String(repeating: "{", count: 100))""#,
      #""\"\#(String(repeating: "[", count: 40))\\","\\\\","\#(String(repeating: "{", count: 40))""#,
    ])
  func notNested(items: String) {
    AcceptedList(Input(#"{"x":[\#(items)],"property_list":["li"]}"#), "li").expectAcceptance()
  }
}
