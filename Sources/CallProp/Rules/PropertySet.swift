// SPDX-License-Identifier: MIT

/// The properties of a status. A union: the broadest member wins.
struct PropertySet: Equatable {
  /// The bits of the ABI's `cp_properties`. Those that are no property's grant nothing.
  private(set) var bits: UInt32

  init(bits: UInt32 = 0) {
    self.bits = bits
  }

  init(_ property: Property) {
    bits = Self.bit(of: property)
  }

  func contains(_ property: Property) -> Bool {
    bits & Self.bit(of: property) != 0
  }

  func intersects(_ other: PropertySet) -> Bool {
    bits & other.bits != 0
  }

  mutating func insert(_ property: Property) {
    bits |= Self.bit(of: property)
  }

  func without(_ property: Property) -> PropertySet {
    PropertySet(bits: bits & ~Self.bit(of: property))
  }

  /// The first member at or after `start` in the order of the bits.
  func first(from start: UInt8 = 0) -> Property? {
    guard start < Property.count else { return nil }
    let distance = (bits &>> UInt32(start)).trailingZeroBitCount
    return Property(rawValue: start &+ UInt8(truncatingIfNeeded: distance))
  }

  /// The member after `property` in the order of the bits.
  func next(after property: Property) -> Property? {
    first(from: property.rawValue &+ 1)
  }

  private static func bit(of property: Property) -> UInt32 {
    1 &<< UInt32(property.rawValue)
  }
}
