// SPDX-License-Identifier: MIT

import Glibc
import Testing

@testable import CallProp

@Suite("Text is searched eight bytes at a time")
struct WordTests {
  private func word(_ bytes: [UInt8]) -> Word {
    bytes.span.word(at: 0)
  }

  /// The bytes at an offset as a number, the first one the lowest, with zeros behind the text.
  private func number(_ bytes: [UInt8], at offset: Int) -> UInt64 {
    (0..<8).reduce(0) { sum, place in
      offset + place < bytes.count ? sum + UInt64(bytes[offset + place]) << (8 * place) : sum
    }
  }

  @Test("Each byte is found wherever it stands first, beside bytes that differ from it in one bit", arguments: 0..<8)
  func places(bit: Int) throws {
    var wrong: [[UInt8]] = []
    for wanted in UInt8(0)..<0x80 {
      for pattern in UInt8.min...UInt8.max {
        let text = (0..<8).map { pattern >> $0 & 1 == 1 ? wanted : wanted ^ 1 << bit }
        let places = word(text).places(of: wanted)
        if places.isEmpty != (pattern == 0) || places.first != min(8, pattern.trailingZeroBitCount) {
          wrong.append(text)
        }
      }
    }
    #expect(wrong == [])
  }

  @Test("Each byte is found at each place, and none where another one stands", arguments: 0..<8)
  func everyByte(place: Int) throws {
    var wrong: [[UInt8]] = []
    for wanted in UInt8(0)..<0x80 {
      for byte in UInt8.min...UInt8.max {
        var text = [UInt8](repeating: wanted ^ 0x55, count: 8)
        text[place] = byte
        let places = word(text).places(of: wanted)
        if places.first != (byte == wanted ? place : 8) || places.isEmpty != (byte != wanted) { wrong.append(text) }
      }
    }
    #expect(wrong == [])
  }

  /// Where reading over a string has to stop.
  private func isOfInterest(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 || byte >= 0x80
  }

  @Test("Where a string cannot just be read on is found at each place, alone and before others", arguments: 0..<8)
  func placesOfInterest(place: Int) throws {
    var wrong: [[UInt8]] = []
    // What stands before is of no interest; the neighbours of what is are among it.
    for filler in [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x61, 0x7F] as [UInt8] {
      for byte in UInt8.min...UInt8.max {
        var text = [UInt8](repeating: filler, count: 8)
        text[place] = byte
        var texts = [text]
        for behind in place + 1..<max(place + 1, 8) {
          for other in [0x00, 0x1F, 0x22, 0x5C, 0x80, 0xFF] as [UInt8] {
            text[behind] = other
            texts.append(text)
          }
        }
        for text in texts {
          let expected = text.firstIndex { isOfInterest($0) } ?? 8
          let places = word(text).placesOfInterest
          if places.first != expected || places.isEmpty != (expected == 8) { wrong.append(text) }
        }
      }
    }
    #expect(wrong == [])
  }

  @Test("The first bytes are a number, the first one the lowest", arguments: 0...8)
  func first(count: Int) throws {
    let bytes: [UInt8] = [0x81, 0x12, 0xF3, 0x24, 0x95, 0x36, 0xC7, 0xE8]
    var expected: UInt64 = 0
    for place in 0..<count { expected += UInt64(bytes[place]) << (8 * place) }
    #expect(word(bytes).first(count) == expected)
    #expect(
      word([UInt8](repeating: 0xFF, count: 8)).first(count) == (count == 8 ? UInt64.max : UInt64(1) << (8 * count) - 1))
  }

  @Test("Of more than eight bytes, the first eight")
  func firstOfMore() throws {
    for count in [9, 16, 1000, Int.max] {
      #expect(word([1, 2, 3, 4, 5, 6, 7, 8]).first(count) == 0x0807_0605_0403_0201)
    }
  }

  @Test("Behind the end of the text are zeros", arguments: 0...20)
  func bounds(length: Int) {
    let text = (0..<length).map { UInt8(0xF0 - $0) }
    for offset in Array(0...40) + [100, 1000, 1 << 40] {
      #expect(text.span.word(at: offset).first(8) == number(text, at: offset), "\(offset)")
    }
  }

  @Test("The first one in an extent is found, and none outside of it", arguments: 0...20)
  func find(length: Int) {
    var wrong: [String] = []
    for place in 0..<max(1, length) {
      var text = [UInt8](repeating: 7, count: length)
      if place < length { text[place] = 44 }
      for start in 0...length {
        for end in start...length {
          let expected = start <= place && place < end ? place : end
          if text.span.find(44, in: Extent(start: start, end: end)) != expected {
            wrong.append("\(place) in \(start)..<\(end)")
          }
        }
      }
    }
    #expect(wrong == [])
  }

  @Test("Nothing outside of the text is read", arguments: [false, true])
  func readsNoFurther(isAtStart: Bool) throws {
    // The text begins, or ends, where a page that can be read does.
    let page = 4096
    let mapping = mmap(nil, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    let pages = try #require(mapping == MAP_FAILED ? nil : mapping)
    defer { munmap(pages, 3 * page) }
    try #require(mprotect(pages + page, page, PROT_READ | PROT_WRITE) == 0)
    memset(pages + page, 0x11, page)
    for length in 0...20 {
      let start = pages + (isAtStart ? page : 2 * page - length)
      let text = UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: length).span
      let bytes = [UInt8](repeating: 0x11, count: length)
      for offset in 0...24 { #expect(text.word(at: offset).first(8) == number(bytes, at: offset)) }
      #expect(text.find(7, in: text.extent) == length)
      for start in 0...length { _ = Name(text, at: Extent(start: start, end: length)) }
    }
  }
}
