// SPDX-License-Identifier: MIT

/// Walks the items of `a, b, c`: each without the white space around it, and never empty.
struct CommaSeparated {
  private var position: Int? = 0

  /// The next item; nil when there is none left.
  mutating func next(in text: Span<UInt8>, of argument: Argument) throws(Failure) -> Extent? {
    guard let start = position else { return nil }
    let end = text.find(UInt8(ascii: ","), in: Extent(start: start, end: text.count))
    position = end < text.count ? end &+ 1 : nil
    let item = text.trimmed(Extent(start: start, end: end))
    guard !item.isEmpty else { throw Failure(argument, .emptyItem, at: item) }
    return item
  }
}
