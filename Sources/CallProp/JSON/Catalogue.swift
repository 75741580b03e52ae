// SPDX-License-Identifier: MIT

import CLibc
import Synchronization

/// The JSON texts that callers borrow. They stand in a mapping of their own, which is written by one thread, then
/// published, and never given back: no allocator of the host has a part in it, no lock can be held across a
/// fork, and when memory runs out the next call tries again.
@safe struct Catalogue {
  private let start: UnsafeMutablePointer<CChar>

  /// The catalogue, made when it is first asked for; nil when memory ran out.
  static func shared() -> Catalogue? {
    if let catalogue = published { return catalogue }
    guard let made = make() else { return nil }
    let (isFirst, _) = unsafe address.compareExchange(
      expected: 0, desired: UInt(bitPattern: made.start), ordering: .acquiringAndReleasing)
    if !isFirst { made.discard() }
    return published
  }

  var list: UnsafePointer<CChar> { unsafe UnsafePointer(start) }

  func object(of property: Property) -> UnsafePointer<CChar> {
    unsafe UnsafePointer(start + Layout.offset(of: property))
  }

  private static var published: Catalogue? {
    guard let start = unsafe UnsafeMutablePointer<CChar>(bitPattern: address.load(ordering: .acquiring))
    else { return nil }
    return unsafe Catalogue(start: start)
  }

  private static func make() -> Catalogue? {
    let access = PROT_READ | PROT_WRITE
    guard let mapping = unsafe mmap(nil, Layout.size, access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      UInt(bitPattern: mapping) != UInt.max  // MAP_FAILED
    else { return nil }
    let catalogue = unsafe Catalogue(start: mapping.assumingMemoryBound(to: CChar.self))
    guard catalogue.write() else {
      catalogue.discard()
      return nil
    }
    return catalogue
  }

  private func write() -> Bool {
    guard unsafe Property.list.write(to: Buffer(start, size: Layout.listSize)) != nil else { return false }
    var index: UInt8 = 0
    while let property = Property(rawValue: index) {
      let buffer = unsafe Buffer(start + Layout.offset(of: property), size: Layout.objectSize)
      guard unsafe property.json.write(to: buffer) != nil else { return false }
      index &+= 1
    }
    return true
  }

  private func discard() {
    unsafe munmap(start, Layout.size)
  }
}

/// The address of the published catalogue; 0 until there is one.
private let address = Atomic<UInt>(0)

/// First the list, then an object for each property.
private enum Layout {
  static var listSize: Int { 2048 }
  static var objectSize: Int { 256 }
  static var size: Int { listSize &+ objectSize &* Int(Property.count) }

  static func offset(of property: Property) -> Int {
    listSize &+ objectSize &* Int(property.rawValue)
  }
}
