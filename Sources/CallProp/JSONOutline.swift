// SPDX-License-Identifier: MIT

/// Finds its way about in JSON text, so that an error can name the place: jansson's values do not say where
/// they stood. For text that jansson has read; other text gives a wrong place, nothing worse.
enum JSONOutline {
  /// What stands behind the outermost array or object.
  static func rest(of text: Span<UInt8>) -> Extent {
    var scanner = JSONScanner(offset: root(of: text))
    while scanner.next(in: text) != nil, scanner.depth > 0 {}
    return text.trimmed(Extent(start: scanner.offset, end: text.count))
  }

  /// An element of the array that is the text, or that is the value of one of its members. A string's quotes are left out.
  static func element(_ index: Int, ofMember member: Int?, in text: Span<UInt8>) -> Extent {
    let array = member.map { value(ofMember: $0, in: text).start } ?? root(of: text)
    return unquoted(item(index, of: array, in: text), in: text)
  }

  /// The key of a member of the object that is the text, without its quotes.
  static func key(ofMember index: Int, in text: Span<UInt8>) -> Extent {
    let member = item(index, of: root(of: text), in: text)
    var scanner = JSONScanner(offset: member.start)
    _ = scanner.next(in: text)
    return unquoted(Extent(start: member.start, end: scanner.offset), in: text)
  }

  /// The value of a member of the object that is the text. A string's quotes are left out.
  static func value(ofMember index: Int, in text: Span<UInt8>) -> Extent {
    let member = item(index, of: root(of: text), in: text)
    var scanner = JSONScanner(offset: member.start)
    while let byte = scanner.next(in: text), byte != UInt8(ascii: ":") {}
    return unquoted(text.trimmed(Extent(start: scanner.offset, end: member.end)), in: text)
  }

  /// The inside of the string whose closing quote ends at an offset.
  static func string(endingAt end: Int, in text: Span<UInt8>) -> Extent {
    var start = end &- 1
    while let byte = text.byte(at: start &- 1) {
      if byte == UInt8(ascii: "\""), text.byte(at: start &- 2) != UInt8(ascii: "\\") { break }
      start &-= 1
    }
    return Extent(start: start, end: max(start, end &- 1))
  }

  private static func unquoted(_ value: Extent, in text: Span<UInt8>) -> Extent {
    guard text.byte(at: value.start) == UInt8(ascii: "\"") else { return value }
    return Extent(start: value.start &+ 1, end: max(value.start &+ 1, value.end &- 1))
  }

  private static func root(of text: Span<UInt8>) -> Int {
    text.trimmed(text.extent).start
  }

  /// The item with this number in the array or object that starts at an offset; for an object, the whole member.
  private static func item(_ number: Int, of container: Int, in text: Span<UInt8>) -> Extent {
    var scanner = JSONScanner(offset: container &+ 1)
    var start = scanner.offset
    var index = 0
    while let byte = scanner.next(in: text) {
      let isEnd = scanner.depth < 0
      guard isEnd || (scanner.depth == 0 && byte == UInt8(ascii: ",")) else { continue }
      if isEnd || index == number {
        return text.trimmed(Extent(start: start, end: scanner.offset &- 1))
      }
      index &+= 1
      start = scanner.offset
    }
    return Extent(start: start, end: text.count)
  }
}
