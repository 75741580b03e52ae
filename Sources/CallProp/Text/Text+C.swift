// SPDX-License-Identifier: MIT

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
  func withCharacters<Result: ~Copyable>(_ body: (UnsafePointer<CChar>?, Int) -> Result) -> Result {
    unsafe withUnsafeBytes { bytes in
      unsafe body(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }
  }
}
