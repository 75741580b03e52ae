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
    var items = CommaSeparated(Extent(start: content.start, end: text.count))
    while let item = try items.next(in: text, of: .propertyList) {
      try insert(Name(text, at: item), at: item)
    }
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
