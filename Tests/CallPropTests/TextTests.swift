// SPDX-License-Identifier: MIT

import Testing

@testable import CallProp

@Suite("Text as bytes")
struct TextTests {
  private let text = Array("li, lo".utf8)

  private func byte(at offset: Int) -> UInt8? { text.span.byte(at: offset) }

  private func part(_ start: Int, _ end: Int) -> String {
    let part = text.span.part(Extent(start: start, end: end))
    return String(decoding: part.indices.map { part[$0] }, as: UTF8.self)
  }

  @Test("Outside of the text there is no byte", arguments: [Int.min, -1, 6, 7, Int.max])
  func noByte(offset: Int) {
    #expect(byte(at: offset) == nil)
  }

  @Test("Inside of it there is")
  func bytes() {
    for (offset, expected) in text.enumerated() { #expect(byte(at: offset) == expected) }
  }

  @Test("A part that is not inside the text is empty")
  func parts() {
    #expect(part(0, 6) == "li, lo")
    #expect(part(4, 6) == "lo")
    #expect(part(0, 0) == "")
    #expect(part(6, 6) == "")
    for (start, end) in [(0, 7), (-1, 2), (3, 2), (7, 7), (Int.min, Int.max), (7, 3)] {
      #expect(part(start, end) == "")
    }
  }

  @Test("White space is space, tab, carriage return and line feed, and nothing else")
  func whiteSpace() {
    #expect((UInt8.min...UInt8.max).filter(\.isWhiteSpace) == [0x09, 0x0A, 0x0D, 0x20])
  }

  @Test(
    "White space is trimmed at both ends, not inside",
    arguments: [
      ("", 0, 0), ("a", 0, 1), (" a", 1, 2), ("a ", 0, 1), (" \t\r\na b\n\r\t ", 4, 7), ("\u{0B}a\u{0B}", 0, 3),
    ])
  func trimmed(text: String, start: Int, end: Int) {
    let bytes = Array(text.utf8)
    let extent = bytes.span.trimmed(bytes.span.extent)
    #expect(extent == Extent(start: start, end: end))
    #expect(extent.isEmpty == (start == end))
  }

  @Test("Of white space alone nothing is left", arguments: [" ", " \t\r\n"])
  func trimmedAway(text: String) {
    let bytes = Array(text.utf8)
    let extent = bytes.span.trimmed(bytes.span.extent)
    #expect(extent == Extent(start: bytes.count, end: bytes.count))
    #expect(extent.isEmpty)
  }

  @Test("Only the extent is trimmed, not what is around it")
  func trimmedPart() {
    let bytes = Array("   a   ".utf8)
    let extent = bytes.span.trimmed(Extent(start: 1, end: 5))
    #expect(extent == Extent(start: 3, end: 4))
  }

  @Test(
    "A byte order mark in front is not part of the content; one that is elsewhere, or cut off, is",
    arguments: [
      (Input([0xEF, 0xBB, 0xBF]), 3, 3), (Input([0xEF, 0xBB, 0xBF, 0x61]), 3, 4),
      (Input([0xEF, 0xBB, 0xBF, 0x20, 0x61, 0x0A]), 4, 5), (Input([0xEF, 0xBB, 0xBF, 0x20, 0x0A]), 5, 5),
      (Input([0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF]), 3, 6), (Input([0x20, 0xEF, 0xBB, 0xBF]), 1, 4),
      (Input([0x61, 0xEF, 0xBB, 0xBF]), 0, 4), (Input([0xEF, 0xBB]), 0, 2), (Input([0xEF]), 0, 1),
      (Input([0xEF, 0xBB, 0xBE]), 0, 3), (Input([0xEF, 0xBA, 0xBF]), 0, 3), (Input([0xEE, 0xBB, 0xBF]), 0, 3),
      ("", 0, 0), (" a ", 1, 2),
    ] as [(Input, Int, Int)])
  func content(text: Input, start: Int, end: Int) {
    #expect(text.bytes.span.content == Extent(start: start, end: end))
  }

  @Test("Characters of C are bytes; a count below zero gives none")
  func characters() {
    let characters: [CChar] = [0x6C, -1, -128]
    func bytes(_ count: Int) -> [UInt8] {
      characters.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return [] }
        let span = Span(characters: start, count: count)
        return span.indices.map { span[$0] }
      }
    }
    #expect(bytes(3) == [0x6C, 0xFF, 0x80])
    #expect(bytes(1) == [0x6C])
    #expect(bytes(-1) == [])
  }
}
