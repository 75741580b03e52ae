// SPDX-License-Identifier: MIT

import Testing

@testable import CallProp

extension StringPart: Equatable {
  public static func == (left: StringPart, right: StringPart) -> Bool {
    switch (left, right) {
    case (.right(let length, let means), .right(let other, let meansToo)): length == other && means == meansToo
    case (.wrong(let distance), .wrong(let other)): distance == other
    default: false
    }
  }
}

@Suite("Strings of JSON: escapes")
struct JSONStringTests {
  /// The escape that a text begins with. It is the same wherever it stands: here behind three bytes.
  private func escape(_ text: String, behind other: String = "abc") -> StringPart {
    Array((other + text).utf8).span.escape(at: other.utf8.count)
  }

  private func hex(_ unit: Int, isUpper: Bool = false) -> String {
    let digits = String(unit, radix: 16, uppercase: isUpper)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }

  @Test("Behind a backslash, nine characters may stand, and no other byte")
  func everyByte() {
    for byte in UInt8.min...UInt8.max where byte != UInt8(ascii: "u") {
      let part = [0x5C, byte, 0x22].span.escape(at: 0)
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
        #expect(part == .right(length: 2, means: byte))
      case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
        #expect(part == .right(length: 2, means: nil))
      default:
        #expect(part == .wrong(after: 1))
      }
    }
  }

  @Test("Every code unit but a surrogate stands for itself, in either case; NUL and what is not ASCII is in no name")
  func everyUnit() {
    var wrong: [Int] = []
    for unit in 0...0xFFFF where !(0xD800...0xDFFF).contains(unit) {
      let means = 0 < unit && unit < 0x80 ? UInt8(unit) : nil
      for isUpper in [false, true] {
        if escape("\\u" + hex(unit, isUpper: isUpper)) != .right(length: 6, means: means) { wrong.append(unit) }
      }
    }
    #expect(wrong == [])
  }

  @Test("A second half of a pair cannot come first: its second digit is wrong")
  func secondHalfFirst() {
    for unit in 0xDC00...0xDFFF {
      #expect(escape("\\u" + hex(unit)) == .wrong(after: 3))
      #expect(escape("\\u" + hex(unit, isUpper: true) + "\\udc00") == .wrong(after: 3))
    }
  }

  @Test("A first half asks for a second one: every first half")
  func firstHalves() {
    for unit in 0xD800...0xDBFF {
      let first = "\\u" + hex(unit, isUpper: unit % 2 == 0)
      #expect(escape(first + "\\udc00") == .right(length: 12, means: nil))
      #expect(escape(first + "\\uDFFF\"") == .right(length: 12, means: nil))
      #expect(escape(first) == .wrong(after: 6))
      #expect(escape(first + "\"") == .wrong(after: 6))
      #expect(escape(first + "xxxxxx") == .wrong(after: 6))
      #expect(escape(first + "\\n") == .wrong(after: 7))
      #expect(escape(first + "\\") == .wrong(after: 7))
      #expect(escape(first + "\\U") == .wrong(after: 7))
    }
  }

  @Test("And no other unit will do: every second one")
  func secondHalves() {
    var wrong: [Int] = []
    for unit in 0...0xFFFF {
      let expected: StringPart =
        if unit >> 12 != 0xD {
          .wrong(after: 8)
        } else if unit >> 8 & 0xF < 0xC {
          .wrong(after: 9)
        } else {
          .right(length: 12, means: nil)
        }
      if escape("\\ud83d\\u" + hex(unit)) != expected { wrong.append(unit) }
    }
    #expect(wrong == [])
  }

  @Test("At each place of a digit, every byte but a digit is wrong, and so is the end")
  func digits() {
    let digits = Array("0123456789abcdefABCDEF".utf8)
    let single = Array("\\u0041".utf8)
    let pair = Array("\\ud83d\\uDE00".utf8)
    for (text, places) in [(single, [2, 3, 4, 5]), (pair, [2, 3, 4, 5, 8, 9, 10, 11])] {
      for place in places {
        let cut = Array(text[..<place])
        #expect(cut.span.escape(at: 0) == .wrong(after: place))
        for byte in UInt8.min...UInt8.max where !digits.contains(byte) {
          var changed = text
          changed[place] = byte
          #expect(changed.span.escape(at: 0) == .wrong(after: place), "\(byte) at \(place)")
        }
      }
    }
    for place in [6, 7] {
      for byte in UInt8.min...UInt8.max where byte != pair[place] {
        var changed = pair
        changed[place] = byte
        #expect(changed.span.escape(at: 0) == .wrong(after: place), "\(byte) at \(place)")
      }
    }
  }

  @Test("A backslash at the end is wrong behind it")
  func cut() {
    #expect(escape("\\") == .wrong(after: 1))
    #expect(escape("\\u") == .wrong(after: 2))
  }
}
