// SPDX-License-Identifier: MIT

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

  var characters: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }

  var testDescription: String {
    String(decoding: bytes.prefix(60), as: UTF8.self).debugDescription
      + (bytes.count > 60 ? "… (\(bytes.count) bytes)" : "")
  }

  static func + (left: Input, right: Input) -> Input {
    Input(left.bytes + right.bytes)
  }
}

/// The bytes of a text of C's, up to its NUL.
func text(_ characters: some Collection<CChar>) -> String {
  String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

extension StringProtocol {
  /// What may stand in a log and on a terminal.
  var isPrintableASCII: Bool { utf8.allSatisfy { (0x20...0x7E).contains($0) } }
}
