// SPDX-License-Identifier: MIT

import Testing

@testable import CallProp

@Suite("Strings of JSON: UTF-8")
struct UTF8Tests {
  /// Table 3-7 of the Unicode Standard, without its first line: what each byte of a sequence may be.
  private static let table: [[ClosedRange<UInt8>]] = [
    [0xC2...0xDF, 0x80...0xBF],
    [0xE0...0xE0, 0xA0...0xBF, 0x80...0xBF],
    [0xE1...0xEC, 0x80...0xBF, 0x80...0xBF],
    [0xED...0xED, 0x80...0x9F, 0x80...0xBF],
    [0xEE...0xEF, 0x80...0xBF, 0x80...0xBF],
    [0xF0...0xF0, 0x90...0xBF, 0x80...0xBF, 0x80...0xBF],
    [0xF1...0xF3, 0x80...0xBF, 0x80...0xBF, 0x80...0xBF],
    [0xF4...0xF4, 0x80...0x8F, 0x80...0xBF, 0x80...0xBF],
  ]

  /// Every byte at which a range of the table begins or ends, with its neighbours.
  private static let borders: [UInt8] = {
    let ends = table.joined().flatMap { [Int($0.lowerBound), Int($0.upperBound)] }
    let bytes = (ends + [0x00, 0x22, 0x5C, 0x7F]).flatMap { [$0 - 1, $0, $0 + 1] }
    return Set(bytes.filter { (0...255).contains($0) }.map { UInt8($0) }).sorted()
  }()

  private func expected(_ bytes: [UInt8]) -> StringPart {
    guard let line = Self.table.first(where: { $0[0].contains(bytes[0]) }) else { return .wrong(after: 0) }
    for (place, range) in line.enumerated() {
      guard place < bytes.count, range.contains(bytes[place]) else { return .wrong(after: place) }
    }
    return .right(length: line.count, means: nil)
  }

  private func isWrong(_ bytes: [UInt8]) -> Bool {
    let text = [0x61] + bytes
    return text.span.sequence(at: 1) != expected(bytes)
  }

  @Test("Every first byte that is not ASCII, with every second one")
  func firstAndSecond() {
    var wrong: [[UInt8]] = []
    for first in UInt8(0x80)...0xFF {
      if isWrong([first]) { wrong.append([first]) }
      for second in UInt8.min...UInt8.max {
        for bytes in [
          [first, second], [first, second, 0x80], [first, second, 0x80, 0xBF], [first, second, 0x80, 0x80, 0x80],
        ]
        where isWrong(bytes) {
          wrong.append(bytes)
        }
      }
    }
    #expect(wrong == [])
  }

  @Test("Every four bytes at the borders of the table's ranges, against the table and against Swift's own decoder")
  func borders() {
    var wrong: [[UInt8]] = []
    let firsts = Self.borders.filter { $0 >= 0x80 }
    let later: [UInt8] = [0x00, 0x22, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xFF]
    for first in firsts {
      for second in Self.borders {
        for third in later {
          for fourth in later where isWrong([first, second, third, fourth]) {
            wrong.append([first, second, third, fourth])
          }
        }
        for bytes in [[first, second], [first, second, 0x80], [first, second, 0xBF, 0x80]] {
          let isRight = bytes.span.sequence(at: 0) == .right(length: bytes.count, means: nil)
          let isOne = String(validating: bytes, as: UTF8.self)?.unicodeScalars.count == 1
          if isRight != isOne { wrong.append(bytes) }
        }
      }
    }
    #expect(wrong == [])
  }

  @Test("Every character that is not ASCII is read as one sequence")
  func everyCharacter() {
    var wrong: [UInt32] = []
    for value in UInt32(0x80)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let bytes = Array(UTF8.encode(scalar) ?? .init())
      if bytes.span.sequence(at: 0) != .right(length: bytes.count, means: nil) { wrong.append(value) }
    }
    #expect(wrong == [])
  }
}
