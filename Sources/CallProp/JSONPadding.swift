// SPDX-License-Identifier: MIT

/// Guards jansson against itself where memory is short. Its lexer keeps the token that it reads in a buffer, and does not
/// notice when that cannot grow: it loses bytes, reads past the end of a string, or stops the process by an assertion (2.14 and
/// 2.15, `lex_save` in load.c). So text with long tokens gets one long string more, as first item of the outermost array or
/// object: there the buffer grows as far as it must, and bytes that are lost are missed. What would be fatal is to lose its
/// closing quote, so that is only given when there is memory for the growth; otherwise the text ends before it.
struct JSONPadding {
  /// The longest token that the lexer's first buffer holds, with the byte that follows it and a NUL.
  static var unneededUpTo: Int { 14 }

  /// Behind which byte of the text it goes: that of the outermost bracket.
  let bracket: Int
  private let isObject: Bool
  /// Whether that bracket is closed at once, so that no comma may follow.
  private let isAlone: Bool
  /// The string's length with its quotes. The buffer, whose size is a power of two, ends up one byte larger. After every step of
  /// growth at least 127 bytes are left to try again with.
  private let stringLength: Int

  init?(for demand: JSONDemand, of text: Span<UInt8>) {
    guard demand.longestToken > Self.unneededUpTo else { return nil }
    var size = 256
    while size < demand.longestToken &+ 2 { size &*= 2 }
    stringLength = size &- 1
    bracket = text.trimmed(text.extent).start
    isObject = text.byte(at: bracket) == UInt8(ascii: "{")
    let next = text.byte(at: text.trimmed(Extent(start: bracket &+ 1, end: text.count)).start)
    isAlone = next == UInt8(ascii: "]") || next == UInt8(ascii: "}")
  }

  /// The length of the string that jansson must have read.
  var contentLength: Int { stringLength &- 2 }

  /// The offset of the string's last byte in the padded text.
  var closingQuote: Int { bracket &+ stringLength }

  var length: Int { stringLength &+ (isObject ? 2 : 0) &+ (isAlone ? 0 : 1) }

  /// No single allocation of jansson's lexer for the text is larger than this.
  var largestAllocation: Int { 2 &* (stringLength &+ 1) }

  /// A byte of the padded text; nil at its end.
  func byte(at offset: Int, of text: Span<UInt8>) -> UInt8? {
    let inside = offset &- bracket &- 1
    if inside < 0 { return text.byte(at: offset) }
    if inside >= length { return text.byte(at: offset &- length) }
    switch inside {
    case 0, stringLength &- 1: return UInt8(ascii: "\"")
    case ..<stringLength: return UInt8(ascii: "~")
    case stringLength where isObject: return UInt8(ascii: ":")
    case stringLength &+ 1: return UInt8(ascii: "0")
    default: return UInt8(ascii: ",")
    }
  }

  /// Whether so much of the padded text ends in the padding, where nothing is malformed, or before it.
  func reaches(_ read: Int) -> Bool {
    read <= bracket &+ 1 &+ length
  }

  /// The offset in the text for an offset in the padded text.
  func offset(inText padded: Int) -> Int {
    padded <= bracket ? padded : max(bracket &+ 1, padded &- length)
  }
}

/// Padded text, as jansson asks for it.
@safe struct PaddedSource {
  private let text: UnsafeBufferPointer<UInt8>
  private let padding: JSONPadding
  private let allocator: JSONAllocator
  private var offset = 0
  /// Whether the text ended before the closing quote of the padding.
  private(set) var ranOutOfMemory = false

  init(_ text: UnsafeBufferPointer<UInt8>, _ padding: JSONPadding, _ allocator: JSONAllocator) {
    unsafe self.text = text
    self.padding = padding
    self.allocator = allocator
  }

  /// The next byte of a piece; nil where the piece ends. The closing quote begins one, so that all before it has been read.
  mutating func next(inPieceOf count: Int) -> UInt8? {
    if offset == padding.closingQuote {
      guard count == 0 else { return nil }
      guard allocator.canGive(padding.largestAllocation) else {
        ranOutOfMemory = true
        return nil
      }
    }
    guard let byte = unsafe padding.byte(at: offset, of: text.span) else { return nil }
    offset &+= 1
    return byte
  }
}

/// A `json_load_callback_t`.
func readPaddedSource(
  _ buffer: UnsafeMutableRawPointer?, _ size: Int, _ source: UnsafeMutableRawPointer?
) -> Int {
  guard let buffer = unsafe buffer?.assumingMemoryBound(to: UInt8.self),
    let source = unsafe source?.assumingMemoryBound(to: PaddedSource.self)
  else { return 0 }
  var count = 0
  while count < size, let byte = unsafe source.pointee.next(inPieceOf: count) {
    unsafe buffer[count] = byte
    count &+= 1
  }
  return count
}
