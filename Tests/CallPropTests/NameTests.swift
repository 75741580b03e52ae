// SPDX-License-Identifier: MIT

import Testing

@testable import CallProp

/// Which of ours a name is, in each vocabulary.
private struct Meaning: Equatable, CustomStringConvertible {
  var property: Property?
  var party: Party?
  var leg: Leg?
  var key: CallKey?
  var flag: Bool?

  init() {}

  init(_ name: Name) {
    property = Property(name)
    party = Party(name)
    leg = Leg(name)
    key = CallKey(name)
    flag = Bool(name)
  }

  var description: String {
    "\(property as Any), \(party as Any), \(leg as Any), \(key as Any), \(flag as Any)"
  }
}

@Suite("Names: each of ours, and nothing else")
struct NameTests {
  /// Every name of ours, and what it means. `src` and `dst` are names of legs, and keys.
  private static let ours: [(name: String, meaning: Meaning)] = {
    var meanings: [String: Meaning] = [:]
    let properties: [(String, Property)] = [
      ("all", .all), ("cq", .cq), ("li", .li), ("lo", .lo), ("qli", .qli), ("qri", .qri), ("ri", .ri), ("ro", .ro),
    ]
    for (name, property) in properties { meanings[name, default: Meaning()].property = property }
    let parties: [(String, Party)] = [
      ("extension", .extension), ("external", .external), ("queue", .queue), ("ivr", .ivr),
    ]
    for (name, party) in parties { meanings[name, default: Meaning()].party = party }
    for (name, leg) in [("src", Leg.src), ("dst", .dst)] { meanings[name, default: Meaning()].leg = leg }
    let keys: [(String, CallKey)] = [("src", .src), ("dst", .dst), ("leg", .leg), ("callback", .callback)]
    for (name, key) in keys { meanings[name, default: Meaning()].key = key }
    for (name, flag) in [("true", true), ("false", false)] { meanings[name, default: Meaning()].flag = flag }
    return meanings.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
  }()

  /// What a name means at each place of longer texts, at their ends, and alone: all say the same, or nil.
  private func meaning(_ name: [UInt8]) -> Meaning? {
    var known: (name: Name, meaning: Meaning)?
    for before in [0, 1, 7, 8, 9] {
      for behind in [0, 1, 7, 8, 9] {
        let text = [UInt8](repeating: 0x2C, count: before) + name + [UInt8](repeating: 0x2C, count: behind)
        let found = Name(text.span, at: Extent(start: before, end: before + name.count))
        // The same name means the same.
        if let known, known.name == found { continue }
        let meaning = Meaning(found)
        guard known == nil || known?.meaning == meaning else { return nil }
        known = (found, meaning)
      }
    }
    return known?.meaning
  }

  private func expect(_ name: [UInt8], means expected: Meaning, at place: SourceLocation = #_sourceLocation) {
    let found = meaning(name)
    if found != expected {
      Issue.record("\(Input(name).testDescription): \(found as Any)", sourceLocation: place)
    }
  }

  private func expected(_ name: [UInt8]) -> Meaning {
    Self.ours.first { Array($0.name.utf8) == name }?.meaning ?? Meaning()
  }

  @Test("There are eighteen of ours, and each means what it says, wherever it stands")
  func names() {
    #expect(Self.ours.count == 18)
    for (name, meaning) in Self.ours { expect(Array(name.utf8), means: meaning) }
  }

  @Test("Its beginnings and endings are none of ours", arguments: ours.map(\.name))
  func parts(name: String) {
    let bytes = Array(name.utf8)
    for count in 0..<bytes.count {
      expect(Array(bytes.prefix(count)), means: expected(Array(bytes.prefix(count))))
      expect(Array(bytes.suffix(count)), means: expected(Array(bytes.suffix(count))))
    }
  }

  @Test("Nor is it with one byte more, in front, behind, or anywhere", arguments: ours.map(\.name))
  func oneByteMore(name: String) {
    for byte in UInt8(1)...255 {
      for place in 0...name.utf8.count {
        var bytes = Array(name.utf8)
        bytes.insert(byte, at: place)
        expect(bytes, means: expected(bytes))
      }
    }
  }

  @Test("Nor with one byte changed, by case or otherwise", arguments: ours.map(\.name))
  func oneByteChanged(name: String) {
    for place in 0..<name.utf8.count {
      for byte in UInt8(1)...255 {
        var bytes = Array(name.utf8)
        bytes[place] = byte
        expect(bytes, means: expected(bytes))
      }
    }
    expect(Array(name.uppercased().utf8), means: Meaning())
    expect(Array(name.capitalized.utf8), means: Meaning())
    expect(Array((name + name).utf8), means: Meaning())
  }

  @Test("Nor with more behind it, however long", arguments: ours.map(\.name))
  func extensions(name: String) {
    for count in 1...40 {
      for filler in [0x01, 0x20, 0x61, 0xFF] as [UInt8] {
        expect(Array(name.utf8) + [UInt8](repeating: filler, count: count), means: Meaning())
      }
    }
  }

  @Test("Names of every length are equal where their bytes are, up to 15 bytes", arguments: 0...20)
  func lengths(length: Int) {
    let bytes = (0..<length).map { UInt8(0x61 + $0) }
    let name = Name(bytes.span, at: bytes.span.extent)
    for before in 0...9 {
      for behind in 0...9 {
        let text = [UInt8](repeating: 0xFF, count: before) + bytes + [UInt8](repeating: 0xFF, count: behind)
        #expect(Name(text.span, at: Extent(start: before, end: before + length)) == name)
      }
    }
    for place in 0..<min(length, 16) {
      var other = bytes
      other[place] ^= 0x80
      #expect(Name(other.span, at: other.span.extent) != name)
    }
    for other in 0...20 where other != length && min(other, length) < 16 {
      let longer = (0..<other).map { UInt8(0x61 + $0) }
      #expect(Name(longer.span, at: longer.span.extent) != name, "\(other)")
    }
  }

  @Test("A name that is put together byte by byte is the same", arguments: 0...20)
  func built(length: Int) {
    let bytes = (0..<length).map { UInt8(0xF0 - $0) }
    var builder = NameBuilder()
    for (count, byte) in bytes.enumerated() {
      #expect(builder.isTooLong == (count >= 16))
      if !builder.isTooLong { builder.append(byte) }
    }
    #expect(builder.name == Name(bytes.span, at: bytes.span.extent))
    #expect(Meaning(builder.name) == Meaning())
  }

  @Test("More bytes than a name can have change nothing")
  func tooManyBytes() {
    var builder = NameBuilder()
    for byte in UInt8(1)...16 { builder.append(byte) }
    let name = builder.name
    #expect(name == Name(low: 0x0807_0605_0403_0201, high: 0x100F_0E0D_0C0B_0A09))
    for byte in UInt8(17)...200 { builder.append(byte) }
    #expect(builder.name == name)
    #expect(builder.isTooLong)
  }

  @Test("A literal is the name that its bytes are", arguments: 0...15)
  func literals(length: Int) {
    let literals: [Literal] = [
      "", "a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh", "abcdefghi", "abcdefghij", "abcdefghijk",
      "abcdefghijkl", "abcdefghijklm", "abcdefghijklmn", "abcdefghijklmno",
    ]
    let bytes = (0..<length).map { UInt8(0x61 + $0) }
    let name = Name(bytes.span, at: bytes.span.extent)
    #expect(Name(literals[length]) == name)
    for (other, literal) in literals.enumerated() { #expect((literal ~= name) == (other == length)) }
  }

  @Test("What a string of JSON means is looked up as it stands between the quotes", arguments: ours.map(\.name))
  func escaped(name: String) {
    let plain = Array(name.utf8)
    let escapes = plain.map { Array(("\\u00" + String($0, radix: 16)).utf8) }
    for place in plain.indices {
      let text = Array(plain[..<place]) + escapes[place] + Array(plain[(place + 1)...])
      #expect(Meaning(text.span.name(ofString: text.span.extent)) == expected(plain))
      let nul = Array(plain[...place]) + Array("\\u0000".utf8) + Array(plain[(place + 1)...])
      #expect(Meaning(nul.span.name(ofString: nul.span.extent)) == Meaning())
    }
    let all = escapes.flatMap { $0 }
    #expect(Meaning(all.span.name(ofString: all.span.extent)) == expected(plain))
  }
}
