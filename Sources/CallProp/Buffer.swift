// SPDX-License-Identifier: MIT

import CLibc

/// A buffer of C's that is written the way of `snprintf`: cut off where it is too small, and with a NUL at the end.
@unsafe struct Buffer {
  private let start: UnsafeMutablePointer<CChar>?
  /// How many bytes fit before the NUL; -1 when not even that does.
  private let room: Int
  /// How many bytes the whole text has so far.
  private var count = 0

  /// A size that is negative here is one of over `SSIZE_MAX`: large.
  init(_ start: UnsafeMutablePointer<CChar>?, size: Int) {
    unsafe self.start = start
    unsafe room = (size < 0 ? Int.max : size) &- 1
  }

  /// Whether there is something to write, and nowhere to write it.
  var isMissing: Bool { unsafe start == nil && room >= 0 }

  mutating func append(_ literal: Literal) {
    unsafe append(literal.bytes)
  }

  mutating func append<let capacity: Int>(_ text: FixedText<capacity>) {
    unsafe append(text.bytes.span.part(Extent(start: 0, end: text.count)))
  }

  @inline(never)
  mutating func append(_ text: Span<UInt8>) {
    let part = unsafe min(text.count, room &- count)
    if let start = unsafe start, part > 0 {
      unsafe text.withCharacters { characters, _ in
        if let characters = unsafe characters { unsafe memcpy(start + count, characters, part) }
      }
    }
    unsafe count &+= text.count
  }

  /// Writes the NUL, and returns the length of the whole text.
  func finished() -> Int {
    if let start = unsafe start, unsafe room >= 0 { unsafe start[min(count, room)] = 0 }
    return unsafe count
  }
}
