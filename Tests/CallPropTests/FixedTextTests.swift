// SPDX-License-Identifier: MIT

import Testing

@testable import CallProp

@Suite("Text that is built in place")
struct FixedTextTests {
  private func string<let capacity: Int>(_ text: FixedText<capacity>) -> String {
    String(decoding: (0..<text.count).map { text.bytes[$0] }, as: UTF8.self)
  }

  @Test("What is appended stands one behind the other")
  func appends() {
    var text = FixedText<12>()
    #expect(string(text) == "")
    text.append("cut ")
    text.append(UInt8(ascii: "&"))
    text.append(" paste")
    #expect(string(text) == "cut & paste")
    #expect(!text.isCut)
    text.append("!")
    #expect(string(text) == "cut & paste!")
    #expect(!text.isCut)
  }

  @Test("What does not fit is left off, and noted")
  func cut() {
    var text = FixedText<4>()
    text.append("abc")
    text.append("def")
    #expect(string(text) == "abcd")
    #expect(text.isCut)
    text.append("")
    #expect(text.isCut)
    text.append(UInt8(ascii: "e"))
    text.append(7)
    #expect(string(text) == "abcd")
  }

  @Test(
    "A number stands in decimal digits",
    arguments: [0, 1, 9, 10, 11, 19, 32, 99, 100, 101, 909, 1000, 65_536, 1_000_000, Int(Int32.max), Int.max])
  func numbers(number: Int) {
    var text = FixedText<24>()
    text.append("<")
    text.append(number)
    text.append(">")
    #expect(string(text) == "<\(number)>")
    #expect(!text.isCut)
  }

  @Test("Of a number that does not fit, the first digits are there", arguments: 0...6)
  func cutNumbers(before: Int) {
    var text = FixedText<6>()
    for _ in 0..<before { text.append(UInt8(ascii: "x")) }
    text.append(12_345)
    #expect(string(text) == String((String(repeating: "x", count: before) + "12345").prefix(6)))
    #expect(text.isCut == (before > 1))
  }
}
