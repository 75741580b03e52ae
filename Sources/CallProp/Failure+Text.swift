// SPDX-License-Identifier: MIT

/// `cp_error.text` without its NUL.
typealias ErrorText = FixedText<127>

extension Failure {
  /// The ABI's `cp_error.position`.
  var position: Int32 {
    guard let extent else { return -1 }
    return Int32(truncatingIfNeeded: problem.quotation == .ending ? extent.end : extent.start)
  }

  /// The sentence for a log: the argument, what is wrong with it, and what would have been right.
  func text(quoting source: Span<UInt8>) -> ErrorText {
    var text = ErrorText()
    text.append(argument.name)
    text.append(": ")
    text.append(problem.wording)
    if let quotation = problem.quotation, let extent {
      text.append(" \"")
      text.append(quotation, of: source.part(extent))
      text.append("\"")
    }
    text.append("; expected ")
    text.append(problem.remedy(for: argument))
    return text
  }
}

extension FixedText {
  /// A quotation that is safe in a log and on a terminal: printable ASCII, and short.
  fileprivate mutating func append(_ quotation: Quotation, of source: Span<UInt8>) {
    var room = 32
    switch quotation {
    case .beginning:
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
    case .ending:
      var offset = source.count
      while let byte = source.byte(at: offset &- 1), room >= byte.escapedLength {
        room &-= byte.escapedLength
        offset &-= 1
      }
      if offset > 0 { append("...") }
      while let byte = source.byte(at: offset) {
        appendEscaped(byte)
        offset &+= 1
      }
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
