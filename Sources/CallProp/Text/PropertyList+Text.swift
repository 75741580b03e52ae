// SPDX-License-Identifier: MIT

extension PropertyListDraft {
  /// Reads any of the forms of `property_list`.
  mutating func read(_ text: Span<UInt8>) throws(Failure) {
    let content = text.content
    switch text.byte(at: content.start) {
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      try readJSON(text, from: content.start)
    default:
      try readMnemos(text, content)
    }
  }

  private mutating func readMnemos(_ text: Span<UInt8>, _ content: Extent) throws(Failure) {
    guard !content.isEmpty else { return }
    // To the very end, which is where an item is empty behind the last comma.
    var items = CommaSeparated(Extent(start: content.start, end: text.count))
    while let item = try items.next(in: text, of: .propertyList) {
      try insert(Name(text, at: item), at: item, mayBeNew: text.looksLikeMnemo(at: item))
    }
  }
}

extension Span<UInt8> {
  /// ASCII letters, digits, `_` and `-`. Any text has commas: a page of HTML or UTF-16 is no list of a newer PBX.
  @inline(never)
  fileprivate func looksLikeMnemo(at extent: Extent) -> Bool {
    var offset = extent.start
    while offset < extent.end, let byte = byte(at: offset) {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): break
      case UInt8(ascii: "_"), UInt8(ascii: "-"): break
      default: guard byte.isDigit else { return false }
      }
      offset &+= 1
    }
    return true
  }
}

extension PropertySet {
  /// Says the mnemos, joined by commas, in the order of the bits, piece by piece.
  func mnemos(_ say: (Literal) -> Void) {
    var member = first()
    while let property = member {
      say(property.mnemo)
      member = next(after: property)
      if member != nil { say(",") }
    }
  }
}
