// SPDX-License-Identifier: MIT

/// Walks the items of `a, b, c`: each without the white space around it, and never empty.
struct CommaSeparated {
  private let end: Int
  private var position: Int?

  init(_ extent: Extent) {
    end = extent.end
    position = extent.start
  }

  /// The next item; nil when there is none left.
  @inline(__always)
  mutating func next(in text: Span<UInt8>, of argument: Argument) throws(Failure) -> Extent? {
    guard let start = position else { return nil }
    let comma = text.find(UInt8(ascii: ","), in: Extent(start: start, end: end))
    position = comma < end ? comma &+ 1 : nil
    let item = text.trimmed(Extent(start: start, end: comma))
    guard !item.isEmpty else { throw Failure(argument, .emptyItem, at: item) }
    return item
  }
}
