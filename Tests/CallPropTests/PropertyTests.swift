// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

@Suite("Properties and their sets")
struct PropertyTests {
  @Test("There are eight properties, in the order of the header's bits")
  func order() {
    let properties = (UInt8.min...UInt8.max).compactMap { Property(rawValue: $0) }
    #expect(properties.map { String($0.mnemo) } == ["all", "cq", "li", "lo", "qli", "qri", "ri", "ro"])
    #expect(properties.map { PropertySet($0).bits } == [1, 2, 4, 8, 16, 32, 64, 128])
    #expect(Property.count == 8)
  }

  @Test("A mnemo is read back as its property", arguments: Vocabulary.bits)
  func mnemos(mnemo: String, bit: Int) throws {
    let property = try #require(Property(Input(mnemo)))
    #expect(PropertySet(property).bits == cp_properties(bit))
    #expect(String(property.name) == Vocabulary.names[mnemo])
  }

  @Test("What is not spelt exactly so is no property", arguments: NearMiss.all)
  func nearMisses(text: Input) {
    #expect(Property(text) == nil)
  }

  @Test("A set holds what was put in, once, and nothing else")
  func sets() {
    for set in Vocabulary.sets {
      let properties = set.compactMap { Property(Input($0)) }
      var built = PropertySet()
      for property in properties + properties.reversed() { built.insert(property) }
      #expect(built.bits == set.properties)
      #expect(built == PropertySet(bits: set.properties))
      for (mnemo, bit) in Vocabulary.bits {
        let property = Property(rawValue: UInt8(bit.trailingZeroBitCount))
        #expect(property.map { built.contains($0) } == set.contains(mnemo))
      }
    }
  }

  @Test("A set's members are walked in the order of the bits; bits that are no property's are passed over")
  func walking() {
    for set in Vocabulary.sets {
      for other: UInt32 in [0, 0x100, 0x8000_0000, 0xFFFF_FF00] {
        let walked = PropertySet(bits: set.properties | other)
        var mnemos: [String] = []
        var member = walked.first()
        while let property = member, mnemos.count < 9 {
          mnemos.append(String(property.mnemo))
          member = walked.next(after: property)
        }
        #expect(mnemos == set)
      }
    }
  }

  @Test("Behind the last property there is none, whatever the bits", arguments: UInt8(8)...255)
  func behindTheLast(start: UInt8) {
    for bits: UInt32 in [0, 1, 0xFF, 0x100, 0x8000_0000, .max] {
      #expect(PropertySet(bits: bits).first(from: start) == nil)
    }
  }

  @Test("A set without a property holds the others, and whatever else was in it")
  func without() {
    for set in Vocabulary.sets {
      for (mnemo, bit) in Vocabulary.bits {
        let property = Property(rawValue: UInt8(bit.trailingZeroBitCount))
        let rest = property.map { PropertySet(bits: set.properties | 0xFFFF_FF00).without($0).bits }
        #expect(rest == set.filter { $0 != mnemo }.properties | 0xFFFF_FF00)
      }
    }
  }

  @Test("Two sets intersect when a property is in both")
  func intersections() {
    for left in Vocabulary.sets {
      for right in [[], ["all"], ["li"], ["ro"], ["cq", "qri"], Vocabulary.mnemos] {
        let expected = !Set(left).isDisjoint(with: right)
        #expect(
          PropertySet(bits: left.properties).intersects(PropertySet(bits: right.properties)) == expected)
      }
    }
  }
}

/// Texts that are almost a mnemo.
enum NearMiss {
  static let all: [Input] = [
    "", " ", "l", "q", "al", "alll", "ALL", "All", "aLL", "LI", "lI", "li ", " li", "\tli", "li\n", "lii", "il", "ol",
    "c", "cqq", "CQ", "ql", "qlo", "qli ", "qliqri", "qro", "qr", "QRI", "r", "rio", "ir", "li,lo", "\"li\"",
    "[\"li\"]", "*", "1", "lí", "l\u{456}", "none", Input([0xEC, 0xE9]), Input([0x6C, 0x69, 0x80]),
    Input(String(repeating: "l", count: 65_536)), Input("li" + String(repeating: " ", count: 70_000)),
  ]
}

extension Property {
  fileprivate init?(_ mnemo: Input) {
    self.init(Name(mnemo.bytes.span, at: mnemo.bytes.span.extent))
  }
}

extension String {
  init(_ literal: Literal) {
    let bytes = literal.bytes
    self.init(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
  }
}
