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

  mutating func append(_ text: Span<UInt8>) {
    var offset = 0
    while let byte = text.byte(at: offset) {
      append(byte)
      offset &+= 1
    }
  }

  @inline(never)
  mutating func append(_ literal: Literal) {
    append(literal.bytes)
  }

  /// Lets `write` put bytes in from the start; it returns how many the whole text has.
  mutating func fill(_ write: (inout MutableSpan<UInt8>) -> Int) {
    var storage = bytes.mutableSpan
    let length = write(&storage)
    isCut = length < 0 || length > capacity
    count = isCut ? 0 : length
  }
}
