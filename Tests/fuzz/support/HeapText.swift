// SPDX-License-Identifier: MIT

/// What libFuzzer hands to a target.
typealias Bytes = UnsafeBufferPointer<UInt8>

/// Bytes as a C string, in a heap block that ends right behind the NUL: AddressSanitizer stops whoever reads on. A NUL among the
/// bytes ends the text early, as it does for C.
func withText<Result>(_ bytes: Bytes, _ body: (UnsafePointer<CChar>, Bytes) -> Result) -> Result {
  let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count + 1)
  defer { text.deallocate() }
  _ = text.update(fromContentsOf: bytes)
  text[bytes.count] = 0
  let length = text.firstIndex(of: 0) ?? bytes.count
  return text.withMemoryRebound(to: CChar.self) { characters in
    guard let start = UnsafePointer(characters.baseAddress) else { fatalError("an empty block") }
    return body(start, Bytes(rebasing: text[..<length]))
  }
}

extension Bytes {
  /// The bytes before and behind the first line feed; all of them and none when there is no line feed.
  var splitAtLineFeed: (first: Bytes, rest: Bytes) {
    let end = firstIndex(of: UInt8(ascii: "\n")) ?? count
    return (Bytes(rebasing: self[..<end]), Bytes(rebasing: dropFirst(end + 1)))
  }
}
