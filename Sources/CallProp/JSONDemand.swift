// SPDX-License-Identifier: MIT

/// What JSON text will ask of jansson, known before jansson reads it.
struct JSONDemand {
  /// Where brackets first open more than `Limit.depth` levels, which bounds the stack of jansson's recursion; or nil.
  private(set) var tooDeep: Int?
  /// The length of the longest string, number or word, in bytes, quotes included.
  private(set) var longestToken = 0
  /// Whether there is a number with a decimal point, as `1.5`.
  private(set) var hasDecimalPoint = false

  init(of text: Span<UInt8>) {
    guard !Self.isModest(text) else { return }
    var scanner = JSONScanner(offset: 0)
    var tokenStart = 0
    while let byte = scanner.next(in: text) {
      if tooDeep == nil, scanner.depth > Limit.depth { tooDeep = scanner.offset &- 1 }
      if byte == UInt8(ascii: ".") { hasDecimalPoint = true }
      switch byte {
      case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
        UInt8(ascii: "}"), 0x20, 0x09, 0x0A, 0x0D:
        tokenStart = scanner.offset
      default:
        longestToken = max(longestToken, scanner.offset &- tokenStart)
      }
    }
  }

  /// Whether a quick look can tell that there is nothing to worry about: few brackets, no escapes, no points, and no two quotes
  /// further apart than in the longest name that we know, `"property_list"`.
  private static func isModest(_ text: Span<UInt8>) -> Bool {
    var openings = 0
    var afterQuote = 0
    var offset = 0
    while offset < text.count {
      let bytes = EightBytes(of: text, at: offset)
      let worries = bytes.places(of: UInt8(ascii: "\\")) | bytes.places(of: UInt8(ascii: "."))
      guard worries.isEmpty else { return false }
      var quotes = bytes.places(of: UInt8(ascii: "\""))
      while !quotes.isEmpty {
        let quote = offset &+ quotes.first
        guard quote &- afterQuote < 14 else { return false }
        afterQuote = quote &+ 1
        quotes.removeFirst()
      }
      // '[' and '{' differ in this one bit.
      openings &+= bytes.setting(0x20).places(of: UInt8(ascii: "{")).count
      offset &+= 8
    }
    return openings <= Limit.depth && text.count &- afterQuote < 14
  }
}
