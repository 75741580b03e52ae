// SPDX-License-Identifier: MIT

// Half of what reading text costs goes into finding where things end. This looks at eight bytes at a time.

/// Eight bytes of a text, the first one the lowest.
struct Word {
  private let bytes: UInt64

  @inline(__always)
  init(_ bytes: UInt64) {
    self.bytes = bytes
  }

  /// Where a byte below 0x80 stands.
  @inline(__always)
  func places(of wanted: UInt8) -> Places {
    let differences = bytes ^ Self.eight(wanted)
    return Places(bits: (differences &- Self.eight(1)) & ~differences & Self.eight(0x80))
  }

  /// Where a string of JSON cannot just be read on: quotes, backslashes, control characters, and what is not ASCII.
  @inline(__always)
  var placesOfInterest: Places {
    let quotes = bytes ^ Self.eight(UInt8(ascii: "\""))
    let backslashes = bytes ^ Self.eight(UInt8(ascii: "\\"))
    let found = (quotes &- Self.eight(1)) | (backslashes &- Self.eight(1)) | (bytes &- Self.eight(0x20)) | bytes
    return Places(bits: found & Self.eight(0x80))
  }

  /// The first `count` bytes, as a number.
  @inline(__always)
  func first(_ count: Int) -> UInt64 {
    count >= 8 ? bytes : bytes & ~(~0 &<< UInt64(truncatingIfNeeded: count &* 8))
  }

  @inline(__always)
  private static func eight(_ byte: UInt8) -> UInt64 {
    UInt64(byte) &* 0x0101_0101_0101_0101
  }

  /// Some of the eight places. Behind the first one, a place that is none may be among them: subtracting borrows.
  struct Places {
    /// The highest bit of each byte.
    fileprivate let bits: UInt64

    @inline(__always) var isEmpty: Bool { bits == 0 }
    /// The first one, from 0; 8 where there is none.
    @inline(__always) var first: Int { bits.trailingZeroBitCount &>> 3 }
  }
}
