// SPDX-License-Identifier: MIT

/// A string of JSON text: its place between the quotes, and what it means. Where it is none of our names, that is none either.
struct JSONString {
  let extent: Extent
  let name: Name
}

/// An escape, or a character that is not ASCII, inside a string.
enum StringPart {
  /// How many bytes it has, and which ASCII character it means; nil for other characters, and for NUL, which is in no name.
  case right(length: Int, means: UInt8?)
  /// How many bytes can stand there, before the first one that cannot.
  case wrong(after: Int)
}

extension Span<UInt8> {
  /// What a string at an extent means.
  func name(ofString extent: Extent) -> Name {
    var name = NameBuilder()
    var offset = extent.start
    while offset < extent.end, !name.isTooLong, let byte = byte(at: offset) {
      if byte == UInt8(ascii: "\\"), case .right(let length, let means) = escape(at: offset) {
        name.append(means ?? 0xFF)
        offset &+= length
      } else {
        name.append(byte)
        offset &+= 1
      }
    }
    return name.name
  }

  /// The escape at an offset, both halves of a surrogate pair taken as one.
  func escape(at offset: Int) -> StringPart {
    switch byte(at: offset &+ 1) {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return .right(length: 2, means: byte(at: offset &+ 1))
    case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return .right(length: 2, means: nil)
    case UInt8(ascii: "u"):
      return codeUnits(at: offset)
    default:
      return .wrong(after: 1)
    }
  }

  /// `\uXXXX`, or the two of them that are a surrogate pair.
  private func codeUnits(at offset: Int) -> StringPart {
    var unit: UInt32 = 0
    var length = 2
    while length < 6 {
      guard let digit = byte(at: offset &+ length)?.hexValue else { return .wrong(after: length) }
      unit = unit &<< 4 | UInt32(digit)
      // By its second digit, the second half of a pair is known: it cannot come first.
      if length == 3, unit >= 0xDC, unit <= 0xDF { return .wrong(after: length) }
      length &+= 1
    }
    guard unit >= 0xD800, unit <= 0xDBFF else {
      return .right(length: length, means: unit > 0 && unit < 0x80 ? UInt8(truncatingIfNeeded: unit) : nil)
    }
    return secondHalf(at: offset)
  }

  /// What has to follow the first half of a pair: `\uDC00` to `\uDFFF`.
  private func secondHalf(at offset: Int) -> StringPart {
    guard byte(at: offset &+ 6) == UInt8(ascii: "\\") else { return .wrong(after: 6) }
    guard byte(at: offset &+ 7) == UInt8(ascii: "u") else { return .wrong(after: 7) }
    guard byte(at: offset &+ 8)?.hexValue == 0xD else { return .wrong(after: 8) }
    guard let second = byte(at: offset &+ 9)?.hexValue, second >= 0xC else { return .wrong(after: 9) }
    guard byte(at: offset &+ 10)?.hexValue != nil else { return .wrong(after: 10) }
    guard byte(at: offset &+ 11)?.hexValue != nil else { return .wrong(after: 11) }
    return .right(length: 12, means: nil)
  }

  /// The UTF-8 sequence of two to four bytes at an offset (table 3-7 of the Unicode Standard).
  func sequence(at offset: Int) -> StringPart {
    let second: ClosedRange<UInt8>
    let length: Int
    switch byte(at: offset) ?? 0 {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return .wrong(after: 0)
    }
    guard let next = byte(at: offset &+ 1), second.contains(next) else { return .wrong(after: 1) }
    var place = 2
    while place < length {
      guard let next = byte(at: offset &+ place), next & 0xC0 == 0x80 else { return .wrong(after: place) }
      place &+= 1
    }
    return .right(length: length, means: nil)
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }

  fileprivate var hexValue: UInt8? {
    switch self {
    case 0x30...0x39: self &- 0x30
    case 0x41...0x46: self &- 0x37
    case 0x61...0x66: self &- 0x57
    default: nil
    }
  }
}
