// SPDX-License-Identifier: MIT

import CLibc
import Testing

@testable import CallProp

@Suite("What JSON text will ask of jansson, and what is done about it before")
struct JSONDemandTests {
  private static func n(_ count: Int) -> String { String(repeating: "n", count: count) }

  private static func nested(_ depth: Int) -> Input {
    Input(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
  }

  // MARK: Demand

  @Test(
    "Ordinary text has no more than a quick look: its tokens are not measured",
    arguments: [
      "", "[]", #"["li","lo"]"#, #"{"property_list":["li"]}"#, "1234567890123", nested(32),
      #"[[[[[[[[[["",[[[[[[[[[["",[[[[[[[[[["",[[7"#, #"["ZZZZZZZZZZZZ","zzzzzzzzzzzz","zzzzzzzzzzzz"]"#,
      #"{"src":"extension","dst":"external","leg":"dst","callback":false}"#, #"["\#(n(13))"]"#, #"["",1234567890]"#,
    ])
  func ordinary(text: Input) {
    let demand = JSONDemand(of: text.bytes.span)
    #expect(demand.longestToken == 0)
    #expect(!demand.hasDecimalPoint)
    #expect(demand.tooDeep == nil)
  }

  @Test(
    "Other text has its longest string, number or word measured",
    arguments: [
      ("12345678901234", 14), (Input(#"["\#(n(14))"]"#), 16), (#"["a","\"","bc"]"#, 4), ("[1.5]", 3),
      ("[1.25,\ttrue\n, 3 ]", 4), (#"{"a.":1,"b":22.5}"#, 4), (Input(#"[ "" , "\#(n(14))" ]"#), 16),
      ("[\r12.5\r]", 4), (Input("{\"x\":[[0.5],{\"y\":\(n(20))}]}"), 20), (Input("\(n(20)){"), 20), (nested(33), 0),
      (Input("[0.1,\(n(20)):[]]"), 20),
    ])
  func longestToken(text: Input, length: Int) {
    #expect(JSONDemand(of: text.bytes.span).longestToken == length)
  }

  @Test(
    "A decimal point counts in a number, not in a string",
    arguments: [("[1.5]", true), (#"["1.5"]"#, false), (#"["\"1.5\"",.]"#, true), (#"["1.5\\"]"#, false)])
  func decimalPoint(text: Input, hasDecimalPoint: Bool) {
    #expect(JSONDemand(of: text.bytes.span).hasDecimalPoint == hasDecimalPoint)
  }

  @Test(
    "Deeper than 32 levels is noticed where the 33rd begins",
    arguments: [
      (nested(32), nil), (nested(33), 32), (nested(40), 32), ("[0.5," + nested(31), nil),
      ("[0.5," + nested(32), 36), (Input(String(repeating: "{\"a\":", count: 33)), 160),
      (Input(String(repeating: "[],", count: 40)), nil), (Input("\"" + String(repeating: "[", count: 40) + "\""), nil),
    ] as [(Input, Int?)])
  func depth(text: Input, tooDeep: Int?) {
    #expect(JSONDemand(of: text.bytes.span).tooDeep == tooDeep)
  }

  // MARK: Padding

  /// The padded text; nil where there is no need of padding.
  private func padded(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    guard let padding = JSONPadding(for: JSONDemand(of: bytes.span), of: bytes.span) else { return nil }
    var padded: [UInt8] = []
    while let byte = padding.byte(at: padded.count, of: bytes.span) { padded.append(byte) }
    return String(decoding: padded, as: UTF8.self)
  }

  @Test("Tokens of more than 14 bytes ask for padding")
  func need() {
    #expect(padded("[0.5,\(Self.n(14))]") == nil)
    #expect(padded("[0.5,\(Self.n(15))]") != nil)
  }

  @Test("A string stands in front of the first item, as one more item of its kind")
  func placement() {
    let fill = "\"" + String(repeating: "~", count: 253) + "\""
    let long = "\"" + Self.n(16) + "\""
    #expect(padded("[\(long)]") == "[\(fill),\(long)]")
    #expect(padded(" \t[ \(long) , 1 ]\n") == " \t[\(fill), \(long) , 1 ]\n")
    #expect(padded("{\(long):1}") == "{\(fill):0,\(long):1}")
    #expect(padded("[] \(long)") == "[\(fill)] \(long)")
    #expect(padded("[ ] \(long)") == "[\(fill) ] \(long)")
    #expect(padded("{ } \(long)") == "{\(fill):0 } \(long)")
  }

  @Test(
    "It is longer than any token, and jansson's buffer ends up a power of two one byte larger",
    arguments: [(16, 256), (254, 256), (255, 512), (510, 512), (511, 1024), (60_000, 65536)])
  func size(token: Int, buffer: Int) throws {
    let text = Array("[\"\(Self.n(token - 2))\"]".utf8)
    let made = JSONPadding(for: JSONDemand(of: text.span), of: text.span)
    let padding = try #require(made)
    #expect(padding.contentLength == buffer - 3)
    #expect(padding.length == buffer)
    #expect(padding.largestAllocation == 2 * buffer)
  }

  @Test("A place in the padded text is one in the text; all of the padding is the place behind the bracket")
  func places() throws {
    let text = Array(" {\"\(Self.n(16))\":1}".utf8)
    let made = JSONPadding(for: JSONDemand(of: text.span), of: text.span)
    let padding = try #require(made)
    #expect(padding.length == 258)
    for (padded, place) in [(0, 0), (1, 1), (2, 2), (3, 2), (259, 2), (260, 2), (261, 3), (270, 12)] {
      #expect(padding.offset(inText: padded) == place)
    }
  }

  // MARK: Locale

  @Test("The C locale holds for the time between, and only when it is needed")
  func plainLocale() {
    let own = uselocale(nil)
    let needless = PlainLocale.enter(when: false)
    #expect(uselocale(nil) == own)
    needless.leave()
    let needed = PlainLocale.enter(when: true)
    #expect(uselocale(nil) != own)
    #expect(localeconv().pointee.decimal_point.pointee == CChar(UInt8(ascii: ".")))
    needed.leave()
    #expect(uselocale(nil) == own)
  }
}
