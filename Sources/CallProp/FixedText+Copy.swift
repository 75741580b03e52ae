// SPDX-License-Identifier: MIT

extension FixedText {
  /// Copies the text with a NUL behind it to a buffer of C's, cut off where that is too small, and returns the length
  /// of the whole text: the way of `snprintf`.
  @unsafe @discardableResult
  func copy(to buffer: UnsafeMutablePointer<CChar>?, size: Int) -> Int {
    guard let buffer = unsafe buffer, size > 0 else { return count }
    let length = min(count, size &- 1)
    let text = bytes.span
    var offset = 0
    while offset < length, let byte = text.byte(at: offset) {
      unsafe buffer[offset] = CChar(bitPattern: byte)
      offset &+= 1
    }
    unsafe buffer[offset] = 0
    return count
  }
}
