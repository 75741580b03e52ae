// SPDX-License-Identifier: MIT

import Glibc
import Testing

/// A text argument as C passes it: bytes, with a NUL behind them.
struct Input: Sendable, ExpressibleByStringInterpolation, CustomTestStringConvertible {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  init(stringLiteral text: String) {
    self.init(text)
  }

  var characters: [CChar] { bytes.withUnsafeBytes { Array($0.bindMemory(to: CChar.self)) + [0] } }

  var testDescription: String {
    String(decoding: bytes.prefix(60), as: UTF8.self).debugDescription
      + (bytes.count > 60 ? "… (\(bytes.count) bytes)" : "")
  }

  static func + (left: Input, right: Input) -> Input {
    Input(left.bytes + right.bytes)
  }
}

/// The bytes of a text of C's, up to its NUL.
func text(_ characters: [CChar]) -> String { characters.withUnsafeBytes { text($0) } }

func text(_ characters: UnsafeRawBufferPointer) -> String {
  guard let start = characters.baseAddress else { return "" }
  let length = strnlen(start.assumingMemoryBound(to: CChar.self), characters.count)
  return String(decoding: characters[..<length], as: UTF8.self)
}

extension StringProtocol {
  /// What may stand in a log and on a terminal.
  var isPrintableASCII: Bool { utf8.allSatisfy { (0x20...0x7E).contains($0) } }
}
