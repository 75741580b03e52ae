// SPDX-License-Identifier: MIT

/// `cp_error.text` without its NUL.
typealias ErrorText = FixedText<127>

extension Failure {
  /// The sentence for a log: the argument, what is wrong with it, and what would have been right.
  func text(quoting source: Span<UInt8>) -> ErrorText {
    var text = ErrorText()
    text.append(argument.name)
    text.append(problem.wording)
    if case .impossible(let impossibility) = problem { text.append(impossibility.rule) }
    if problem.isQuoted, let extent {
      text.append(" \"")
      text.append(quotationOf: source.part(extent))
      text.append("\"")
    }
    text.append("; expected ")
    if let limit = problem.limit {
      text.append("at most ")
      text.append(limit)
    }
    text.append(problem.remedy(for: argument))
    return text
  }
}

extension FixedText {
  /// A quotation that is safe in a log and on a terminal: printable ASCII, and at most 32 characters.
  fileprivate mutating func append(quotationOf source: Span<UInt8>) {
    var room = 32
    var offset = 0
    while let byte = source.byte(at: offset) {
      room &-= byte.escapedLength
      guard room >= 0 else {
        append("...")
        return
      }
      appendEscaped(byte)
      offset &+= 1
    }
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    switch byte.escapedLength {
    case 1:
      append(byte)
    case 2:
      append(UInt8(ascii: "\\"))
      append(byte)
    default:
      append("\\x")
      append((byte &>> 4).hexDigit)
      append((byte & 15).hexDigit)
    }
  }
}

extension UInt8 {
  fileprivate var escapedLength: Int {
    switch self {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): 2
    case 0x20...0x7E: 1
    default: 4
    }
  }

  fileprivate var hexDigit: UInt8 {
    self < 10 ? UInt8(ascii: "0") &+ self : UInt8(ascii: "a") &- 10 &+ self
  }
}
