// SPDX-License-Identifier: MIT

import Glibc
import Testing

@testable import CallProp

@Suite("Text is searched eight bytes at a time")
struct EightBytesTests {
  @Test("Each byte is found wherever it stands, beside bytes that differ from it in one bit", arguments: 0..<8)
  func places(bit: Int) throws {
    for wanted in UInt8.min...UInt8.max {
      for pattern in UInt8.min...UInt8.max {
        let expected = (0..<8).filter { pattern >> $0 & 1 == 1 }
        let text = (0..<8).map { expected.contains($0) ? wanted : wanted ^ 1 << bit }
        let places = EightBytes(of: text.span, at: 0).places(of: wanted)
        try #require(places.count == expected.count)
        try #require(all(places) == expected)
      }
    }
  }

  @Test("Bytes behind the end are zero", arguments: 0...20)
  func ends(length: Int) throws {
    let text = [UInt8](repeating: 7, count: length)
    for offset in 0...24 {
      let bytes = EightBytes(of: text.span, at: offset)
      let inside = max(0, min(8, length - offset))
      try #require(all(bytes.places(of: 7)) == Array(0..<inside))
      try #require(all(bytes.places(of: 0)) == Array(inside..<8))
      try #require(all(bytes.setting(0x20).places(of: 0x27)) == Array(0..<inside))
    }
  }

  @Test("The first one in an extent is found, and none outside of it", arguments: 0...20)
  func find(length: Int) throws {
    for place in 0..<max(1, length) {
      var text = [UInt8](repeating: 7, count: length)
      if place < length { text[place] = 44 }
      for start in 0...length {
        for end in start...length {
          let expected = start <= place && place < end ? place : end
          try #require(text.span.find(44, in: Extent(start: start, end: end)) == expected)
        }
      }
    }
  }

  @Test("Nothing outside of the text is read", arguments: [false, true])
  func bounds(isAtStart: Bool) throws {
    // The text begins, or ends, where a page that can be read does.
    let page = 4096
    let pages = try #require(mmap(nil, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
    try #require(mprotect(pages + page, page, PROT_READ | PROT_WRITE) == 0)
    for length in 0...20 {
      let start = pages + (isAtStart ? page : 2 * page - length)
      let text = UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: length).span
      for offset in 0...24 {
        #expect(EightBytes(of: text, at: offset).places(of: 7).isEmpty)
      }
    }
    munmap(pages, 3 * page)
  }

  private func all(_ places: EightBytes.Places) -> [Int] {
    var rest = places
    var all: [Int] = []
    while !rest.isEmpty {
      all.append(rest.first)
      rest.removeFirst()
    }
    return all
  }
}
