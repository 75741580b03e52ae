// SPDX-License-Identifier: MIT

/// A place in a text, in bytes: `start` inclusive, `end` exclusive.
struct Extent: Equatable {
  var start: Int
  var end: Int

  var isEmpty: Bool { start >= end }
}

// Text is bytes here: `String` would bring Unicode tables, allocation and traps. None of these can trap.
extension Span<UInt8> {
  var extent: Extent { Extent(start: 0, end: count) }

  /// The extent without a byte order mark in front, and without the white space at its ends.
  var content: Extent {
    let isMarked = byte(at: 0) == 0xEF && byte(at: 1) == 0xBB && byte(at: 2) == 0xBF
    return trimmed(Extent(start: isMarked ? 3 : 0, end: count))
  }

  /// The byte at an offset, or nil outside of the text.
  @inline(__always)
  func byte(at offset: Int) -> UInt8? {
    // As numbers without a sign, so that one comparison does for both ends.
    guard UInt(bitPattern: offset) < UInt(bitPattern: count) else { return nil }
    return unsafe self[unchecked: offset]
  }

  /// The eight bytes at an offset, with zeros behind the end of the text.
  @inline(__always)
  func word(at offset: Int) -> Word {
    guard offset >= 0, offset <= count &- 8 else { return lastWord(at: offset) }
    return unsafe Word(word(atUnchecked: offset))
  }

  @inline(never)
  private func lastWord(at offset: Int) -> Word {
    if count >= 8, offset >= 0 {
      // Those before the offset are shifted out.
      return unsafe Word(word(atUnchecked: count &- 8) >> (UInt64(truncatingIfNeeded: offset &+ 8 &- count) &* 8))
    }
    var word: UInt64 = 0
    var end = Swift.min(count, offset &+ 8)
    while end > offset, let byte = byte(at: end &- 1) {
      word = word &<< 8 | UInt64(byte)
      end &-= 1
    }
    return Word(word)
  }

  /// One load, as the compiler sees.
  @unsafe @inline(__always)
  private func word(atUnchecked offset: Int) -> UInt64 {
    unsafe UInt64(self[unchecked: offset]) | UInt64(self[unchecked: offset &+ 1]) &<< 8
      | UInt64(self[unchecked: offset &+ 2]) &<< 16 | UInt64(self[unchecked: offset &+ 3]) &<< 24
      | UInt64(self[unchecked: offset &+ 4]) &<< 32 | UInt64(self[unchecked: offset &+ 5]) &<< 40
      | UInt64(self[unchecked: offset &+ 6]) &<< 48 | UInt64(self[unchecked: offset &+ 7]) &<< 56
  }

  /// The part of the text at an extent; empty where that is not inside the text.
  @_lifetime(copy self)
  func part(_ extent: Extent) -> Span<UInt8> {
    guard extent.start >= 0, extent.start <= extent.end, extent.end <= count else {
      return extracting(first: 0)
    }
    return unsafe extracting(unchecked: Range(uncheckedBounds: (extent.start, extent.end)))
  }

  /// Where a byte first stands in an extent; the extent's end where it does not.
  @inline(__always)
  func find(_ wanted: UInt8, in extent: Extent) -> Int {
    var offset = extent.start
    while offset < extent.end {
      let places = word(at: offset).places(of: wanted)
      offset &+= places.first
      if !places.isEmpty { break }
    }
    return Swift.min(offset, extent.end)
  }

  /// The extent without the white space at its ends.
  @inline(__always)
  func trimmed(_ extent: Extent) -> Extent {
    let isTrimmed = byte(at: extent.start)?.isWhiteSpace != true && byte(at: extent.end &- 1)?.isWhiteSpace != true
    return isTrimmed ? extent : trimming(extent)
  }

  private func trimming(_ extent: Extent) -> Extent {
    var start = extent.start
    var end = extent.end
    while start < end, let first = byte(at: start), first.isWhiteSpace { start &+= 1 }
    while start < end, let last = byte(at: end &- 1), last.isWhiteSpace { end &-= 1 }
    return Extent(start: start, end: end)
  }
}

extension UInt8 {
  /// Space, tab, carriage return or line feed, as in JSON.
  var isWhiteSpace: Bool {
    self <= 0x20 && (self == 0x20 || self == 0x09 || self == 0x0D || self == 0x0A)
  }
}
