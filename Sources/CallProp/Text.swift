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

  /// The byte at an offset, or nil outside of the text.
  func byte(at offset: Int) -> UInt8? {
    guard offset >= 0, offset < count else { return nil }
    return self[offset]
  }

  func equals(_ literal: Literal) -> Bool {
    let expected = literal.bytes
    guard count == expected.count else { return false }
    var offset = 0
    while let byte = byte(at: offset) {
      guard byte == expected.byte(at: offset) else { return false }
      offset &+= 1
    }
    return true
  }

  func starts(with literal: Literal) -> Bool {
    part(Extent(start: 0, end: literal.bytes.count)).equals(literal)
  }

  /// The part of the text at an extent; empty where that is not inside the text.
  @_lifetime(copy self)
  func part(_ extent: Extent) -> Span<UInt8> {
    guard extent.start >= 0, extent.start <= extent.end, extent.end <= count else {
      return extracting(first: 0)
    }
    return unsafe extracting(unchecked: Range(uncheckedBounds: (extent.start, extent.end)))
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

extension Span<UInt8> {
  /// Characters of C as bytes. A count below zero gives no bytes.
  @unsafe @_lifetime(immortal)
  init(characters: UnsafePointer<CChar>, count: Int) {
    let start = unsafe UnsafeRawPointer(characters).assumingMemoryBound(to: UInt8.self)
    let bytes = unsafe Span(_unsafeStart: start, count: Swift.max(0, count))
    self = unsafe _overrideLifetime(bytes, copying: ())
  }

  /// Bytes as characters of C, for functions that take their number too. A literal's end in a NUL.
  @unsafe
  func withCharacters<Result>(_ body: (UnsafePointer<CChar>?, Int) -> Result) -> Result {
    unsafe withUnsafeBytes { bytes in
      unsafe body(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }
  }
}
