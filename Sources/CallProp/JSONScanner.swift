// SPDX-License-Identifier: MIT

/// Steps through JSON text byte by byte, over strings in one step.
struct JSONScanner {
  private(set) var offset: Int
  private(set) var depth = 0

  init(offset: Int) {
    self.offset = offset
  }

  /// The byte stepped over, or nil at the end; `"` for a whole string.
  mutating func next(in text: Span<UInt8>) -> UInt8? {
    guard let byte = text.byte(at: offset) else { return nil }
    offset &+= 1
    switch byte {
    case UInt8(ascii: "\""): skipString(in: text)
    case UInt8(ascii: "["), UInt8(ascii: "{"): depth &+= 1
    case UInt8(ascii: "]"), UInt8(ascii: "}"): depth &-= 1
    default: break
    }
    return byte
  }

  private mutating func skipString(in text: Span<UInt8>) {
    while let byte = text.byte(at: offset) {
      offset &+= 1
      if byte == UInt8(ascii: "\"") { return }
      if byte == UInt8(ascii: "\\") { offset &+= 1 }
    }
  }
}
