// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

@Suite("The header's numbers")
struct HeaderTests {
  private static let parties: [Party] = [.extension, .external, .queue, .ivr]
  private static let legs: [Leg] = [.src, .dst]

  @Test(
    "The properties are bits, in order",
    arguments: zip(
      [CP_ALL, CP_CQ, CP_LI, CP_LO, CP_QLI, CP_QRI, CP_RI, CP_RO],
      [Property.all, .cq, .li, .lo, .qli, .qri, .ri, .ro]))
  func properties(bit: Int, property: Property) {
    #expect(bit == 1 << property.rawValue)
    #expect(PropertySet(property).bits == cp_properties(bit))
  }

  @Test("Parties and legs")
  func facts() {
    let parties: [Int] = [CP_EXTENSION, CP_EXTERNAL, CP_QUEUE, CP_IVR]
    let legs: [Int] = [CP_LEG_SRC, CP_LEG_DST]
    #expect(parties == Array(0...3))
    #expect(Self.parties.map { Int($0.rawValue) } == parties)
    #expect(legs == Array(0...1))
    #expect(Self.legs.map { Int($0.rawValue) } == legs)
  }

  @Test("Error codes")
  func errors() {
    let header: [Int] = [
      CP_OK, CP_ERROR_ARGUMENT, CP_ERROR_LIMIT, CP_ERROR_SYNTAX, CP_ERROR_TYPE, CP_ERROR_PROPERTY, CP_ERROR_PARTY,
      CP_ERROR_CALL, CP_ERROR_MEMORY,
    ]
    #expect(header == Array(0...8))
  }

  @Test("Limits and buffer sizes")
  func limits() {
    #expect(CP_TEXT_MAX == 65_536)
    #expect(CP_DEPTH_MAX == 32)
    #expect(CP_PROPERTIES_MAX == 128)
    #expect(CP_EXPLAIN_MAX == 1024)
    #expect(CP_REASON_MAX == 256)
    #expect(CP_CALL_MAX == 64)
  }

  @Test("The reader has a bit for each level of JSON, and a position has room for every offset")
  func limitsFit() {
    #expect(CP_DEPTH_MAX <= UInt64.bitWidth)
    #expect(CP_TEXT_MAX < Int(Int32.max))
  }

  @Test("The structs are laid out as a caller in C lays them out")
  func layout() {
    #expect(MemoryLayout<cp_properties>.size == 4)
    #expect(MemoryLayout<cp_call>.size == 4)
    #expect(MemoryLayout<cp_call>.alignment == 1)
    #expect(MemoryLayout<cp_call>.offset(of: \.src) == 0)
    #expect(MemoryLayout<cp_call>.offset(of: \.dst) == 1)
    #expect(MemoryLayout<cp_call>.offset(of: \.leg) == 2)
    #expect(MemoryLayout<cp_call>.offset(of: \.callback) == 3)
    #expect(MemoryLayout<cp_error>.size == 160)
    #expect(MemoryLayout<cp_error>.offset(of: \.code) == 0)
    #expect(MemoryLayout<cp_error>.offset(of: \.position) == 4)
    #expect(MemoryLayout<cp_error>.offset(of: \.text) == 8)
    #expect(MemoryLayout<cp_error>.offset(of: \.reserved) == 136)
  }

  @Test("The library's version is the header's")
  func version() throws {
    let version = String(cString: try #require(cp_version()))
    #expect(version == CP_VERSION_STRING)
    #expect(version == "\(CP_VERSION_MAJOR).\(CP_VERSION_MINOR).\(CP_VERSION_PATCH)")
    #expect(cp_version() == cp_version())
  }

  @Test("What the core knows of a property, a party, a leg and a key is what the header calls it")
  func names() {
    let keys: [CallKey] = [.src, .dst, .leg, .callback]
    #expect(Self.parties.map { String($0.name) } == Vocabulary.parties.map(\.key))
    #expect(Self.legs.map { String($0.name) } == Vocabulary.legs.map(\.key))
    #expect(keys.map { String($0.name) } == ["src", "dst", "leg", "callback"])
  }
}
