// SPDX-License-Identifier: MIT

/// A name as a number, so that it is compared with each of ours at once. The library knows none of more than 15 bytes.
struct Name: Equatable {
  /// The first eight bytes and the second eight, the first byte the lowest, with zeros behind the name.
  private let low: UInt64
  private let high: UInt64

  init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// The name that stands at an extent of a text. One of more than 15 bytes is none of ours.
  @inline(__always)
  init(_ text: Span<UInt8>, at extent: Extent) {
    let count = extent.end &- extent.start
    low = text.word(at: extent.start).first(count)
    high = count > 8 ? text.word(at: extent.start &+ 8).first(count &- 8) : 0
  }

  @inline(__always)
  init(_ literal: Literal) {
    let bytes = literal.bytes
    low = Self.eight(of: bytes, at: 0)
    high = Self.eight(of: bytes, at: 8)
  }

  /// In one expression, which the compiler reckons out.
  @inline(__always)
  private static func eight(of bytes: Span<UInt8>, at offset: Int) -> UInt64 {
    four(of: bytes, at: offset) | four(of: bytes, at: offset &+ 4) &<< 32
  }

  @inline(__always)
  private static func four(of bytes: Span<UInt8>, at offset: Int) -> UInt64 {
    UInt64(bytes.byte(at: offset) ?? 0) | UInt64(bytes.byte(at: offset &+ 1) ?? 0) &<< 8
      | UInt64(bytes.byte(at: offset &+ 2) ?? 0) &<< 16 | UInt64(bytes.byte(at: offset &+ 3) ?? 0) &<< 24
  }
}

/// A name that is put together byte by byte, none of them 0.
struct NameBuilder {
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  private var count: UInt64 = 0

  /// From sixteen bytes on, it is none of ours.
  var isTooLong: Bool { count >= 16 }
  var name: Name { Name(low: low, high: high) }

  mutating func append(_ byte: UInt8) {
    if count < 8 {
      low |= UInt64(byte) &<< (count &* 8)
    } else if count < 16 {
      high |= UInt64(byte) &<< (count &* 8 &- 64)
    }
    count &+= 1
  }
}

/// `case Party.queue.name:`
@inline(__always)
func ~= (literal: Literal, name: Name) -> Bool {
  name == Name(literal)
}
