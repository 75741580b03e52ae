// SPDX-License-Identifier: MIT

// A third of what reading text costs goes into finding its separators, so this looks at eight bytes at a time, also at the end
// of the text: an item's length then costs no branch that could be mispredicted.

/// Eight bytes of a text.
struct EightBytes {
  /// The first byte is the lowest.
  private let word: UInt64

  /// The bytes from an offset on; zeros behind the end of the text.
  @inline(__always)
  init(of text: Span<UInt8>, at offset: Int) {
    let missing = offset &+ 8 &- text.count
    if offset >= 0, missing <= 0 {
      word = unsafe text.word(at: offset)
    } else if offset >= 0, text.count >= 8 {
      word = unsafe text.word(at: text.count &- 8) >> UInt64(truncatingIfNeeded: missing &* 8)
    } else {
      var bytes: UInt64 = 0
      var end = text.count
      while end > offset, let byte = text.byte(at: end &- 1) {
        bytes = bytes &<< 8 | UInt64(byte)
        end &-= 1
      }
      word = bytes
    }
  }

  private init(word: UInt64) {
    self.word = word
  }

  /// Where a byte stands.
  @inline(__always)
  func places(of wanted: UInt8) -> Places {
    let differences = word ^ UInt64(wanted) &* 0x0101_0101_0101_0101
    // Adding carries a difference in the lower seven bits into the eighth, and never further.
    let inLowBits = (differences & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F
    return Places(bits: ~(inLowBits | differences | 0x7F7F_7F7F_7F7F_7F7F))
  }

  /// The same bytes with some bits set in each.
  @inline(__always)
  func setting(_ bits: UInt8) -> EightBytes {
    EightBytes(word: word | UInt64(bits) &* 0x0101_0101_0101_0101)
  }

  /// Some of the eight places.
  struct Places {
    /// The highest bit of each byte.
    fileprivate var bits: UInt64

    var isEmpty: Bool { bits == 0 }
    var count: Int { Int(truncatingIfNeeded: ((bits &>> 7) &* 0x0101_0101_0101_0101) &>> 56) }
    /// The first one, from 0; 8 where there is none.
    var first: Int { bits.trailingZeroBitCount &>> 3 }

    mutating func removeFirst() {
      bits &= bits &- 1
    }

    static func | (some: Places, others: Places) -> Places {
      Places(bits: some.bits | others.bits)
    }
  }
}

extension Span<UInt8> {
  /// Where a byte other than 0 first stands in an extent; the extent's end where it does not.
  func find(_ wanted: UInt8, in extent: Extent) -> Int {
    var offset = extent.start
    while offset < extent.end {
      let places = EightBytes(of: self, at: offset).places(of: wanted)
      if !places.isEmpty { return Swift.min(offset &+ places.first, extent.end) }
      offset &+= 8
    }
    return extent.end
  }

  @unsafe @inline(__always)
  fileprivate func word(at offset: Int) -> UInt64 {
    unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
  }
}
