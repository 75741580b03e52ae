// SPDX-License-Identifier: MIT

extension PropertySet {
  /// Reads any of the forms of `property_list`.
  init(parsing text: Span<UInt8>) throws(Failure) {
    let content = text.trimmed(text.extent)
    switch text.byte(at: content.start) {
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      try self.init(parsingJSON: text)
    default:
      try self.init(parsingMnemos: text, content: content)
    }
  }

  private init(parsingMnemos text: Span<UInt8>, content: Extent) throws(Failure) {
    self.init()
    guard !content.isEmpty else { return }
    var items = CommaSeparated()
    while let item = try items.next(in: text, of: .propertyList) {
      guard let property = Property(mnemo: text.part(item)) else {
        throw Failure(.propertyList, .unknownProperty, at: item)
      }
      insert(property)
    }
  }

  /// The mnemos, joined by commas, in the order of the bits.
  func text<let capacity: Int>() -> FixedText<capacity> {
    var text = FixedText<capacity>()
    var member = first()
    while let property = member {
      text.append(property.mnemo)
      member = next(after: property)
      if member != nil { text.append(",") }
    }
    return text
  }
}
