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
    let bytes = Array(" paste".utf8)
    text.append(bytes.span)
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
  }

  @Test(
    "What is filled in counts when it fits",
    arguments: [(0, 0, false), (3, 3, false), (4, 4, false), (5, 0, true), (100, 0, true), (-1, 0, true)])
  func fill(length: Int, count: Int, isCut: Bool) {
    var text = FixedText<4>()
    text.fill { storage in
      for offset in storage.indices { storage[offset] = UInt8(ascii: "a") &+ UInt8(offset) }
      return length
    }
    #expect(text.count == count)
    #expect(text.isCut == isCut)
    #expect(string(text) == "abcd".prefix(count))
  }

  @Test("A copy is cut off where the buffer ends, behind a NUL, and nothing else is written", arguments: 0...8)
  func copies(size: Int) {
    var text = FixedText<16>()
    text.append("lo,li")
    var buffer = [CChar](repeating: 0x7A, count: 8)
    #expect(text.copy(to: &buffer, size: size) == 5)
    let expected = size == 0 ? [] : "lo,li".utf8.prefix(size - 1).map { CChar($0) } + [0]
    #expect(buffer == expected + [CChar](repeating: 0x7A, count: 8 - expected.count))
  }

  @Test("Without a buffer there is the length only", arguments: [0, 1, 100, -1])
  func noBuffer(size: Int) {
    var text = FixedText<16>()
    text.append("lo,li")
    #expect(text.copy(to: nil, size: size) == 5)
  }

  @Test("A size below zero writes nothing")
  func negativeSize() {
    var buffer = [CChar](repeating: 0x7A, count: 4)
    #expect(FixedText<4>().copy(to: &buffer, size: -1) == 0)
    #expect(buffer == [CChar](repeating: 0x7A, count: 4))
  }
}
