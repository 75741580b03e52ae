// SPDX-License-Identifier: MIT

/// Text that is built up in place, without allocation. What does not fit is left off, and noted in `isCut`.
struct FixedText<let capacity: Int> {
  private(set) var bytes = InlineArray<capacity, UInt8>(repeating: 0)
  private(set) var count = 0
  private(set) var isCut = false

  @inline(never)
  mutating func append(_ byte: UInt8) {
    guard count >= 0, count < capacity else {
      isCut = true
      return
    }
    bytes[count] = byte
    count &+= 1
  }

  @inline(never)
  mutating func append(_ literal: Literal) {
    var offset = 0
    while let byte = literal.bytes.byte(at: offset) {
      append(byte)
      offset &+= 1
    }
  }

  /// A number that is not negative, in decimal digits.
  mutating func append(_ number: Int) {
    if number >= 10 { append(number / 10) }
    append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number % 10))
  }
}
