// SPDX-License-Identifier: MIT

extension Call {
  /// Reads either of the forms of `call`. What comes back can happen.
  init(parsing text: Span<UInt8>) throws(Failure) {
    let content = text.content
    switch text.byte(at: content.start) {
    case nil:
      throw Failure(.call, .emptyCall, at: content)
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      try self.init(parsingJSON: text, from: content.start)
    default:
      try self.init(parsingPairs: text, content)
    }
  }

  private init(parsingPairs text: Span<UInt8>, _ content: Extent) throws(Failure) {
    var draft = CallDraft()
    var items = CommaSeparated(Extent(start: content.start, end: text.count))
    while let item = try items.next(in: text, of: .call) {
      let separator = text.find(UInt8(ascii: "="), in: item)
      guard separator < item.end else { throw Failure(.call, .noEqualsSign, at: item) }

      let name = text.trimmed(Extent(start: item.start, end: separator))
      guard let key = CallKey(Name(text, at: name)) else { throw Failure(.call, .unknownKey, at: name) }
      guard !draft.has(key) else { throw Failure(.call, .repeatedKey, at: name) }

      let value = text.trimmed(Extent(start: separator &+ 1, end: item.end))
      if let problem = draft.set(key, to: Name(text, at: value)) { throw Failure(.call, problem, at: value) }
    }
    self = try draft.finished()
  }

  /// Says the call as `src=…,dst=…,leg=…,callback=…`, piece by piece.
  func pairs(_ say: (Literal) -> Void) {
    say("src=")
    say(src.name)
    say(",dst=")
    say(dst.name)
    say(",leg=")
    say(leg.name)
    say(",callback=")
    say(callback.name)
  }
}
