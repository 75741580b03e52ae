// SPDX-License-Identifier: MIT

// A third of what reading a call costs goes into finding its commas and equals signs, so this looks at eight bytes at a time,
// also at the end of the text: an item's length then costs no branch that could be mispredicted.
extension Span<UInt8> {
  /// Where a byte other than 0 first stands in an extent; the extent's end where it does not.
  func find(_ wanted: UInt8, in extent: Extent) -> Int {
    var offset = extent.start
    while offset < extent.end {
      // The lowest bit that is set in `zeros` belongs to the first byte that is zero in `difference`.
      let difference = eightBytes(at: offset) ^ UInt64(wanted) &* 0x0101_0101_0101_0101
      let zeros = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
      if zeros != 0 { return Swift.min(offset &+ zeros.trailingZeroBitCount &>> 3, extent.end) }
      offset &+= 8
    }
    return extent.end
  }

  /// The bytes from an offset on as a number, the first one lowest; zeros behind the end of the text.
  @inline(__always)
  private func eightBytes(at offset: Int) -> UInt64 {
    let missing = offset &+ 8 &- count
    if offset >= 0, missing <= 0 { return unsafe UInt64(littleEndian: load(offset, as: UInt64.self)) }
    if offset >= 0, count >= 8 {
      return unsafe UInt64(littleEndian: load(count &- 8, as: UInt64.self)) &>> UInt64(truncatingIfNeeded: missing &* 8)
    }
    var bytes: UInt64 = 0
    var end = count
    while end > offset, let byte = byte(at: end &- 1) {
      bytes = bytes &<< 8 | UInt64(byte)
      end &-= 1
    }
    return bytes
  }

  @unsafe @inline(__always)
  private func load<Word: BitwiseCopyable>(_ offset: Int, as word: Word.Type) -> Word {
    unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: word)
  }
}
