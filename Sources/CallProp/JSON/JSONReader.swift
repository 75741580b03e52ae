// SPDX-License-Identifier: MIT

import CCallProp

/// Reads strict JSON (RFC 8259) once, from front to back, without memory: what was read is known by its place in the text.
/// A failure's place is the first byte at which the text can no longer become JSON.
struct JSONReader: ~Escapable {
  let text: Span<UInt8>
  private let argument: Argument
  /// What is read next.
  private var offset: Int
  /// How many arrays and objects are open, and for each a bit, the innermost the lowest: whether it is an object.
  private var depth = 0
  private var objects: UInt64 = 0
  /// Whether the innermost one was just entered, so that no comma may come.
  private var isAtStart = false

  @_lifetime(copy text)
  init(_ text: Span<UInt8>, from start: Int, of argument: Argument) {
    self.text = text
    self.argument = argument
    offset = start
  }

  // MARK: Structure

  /// The byte by which the next value tells its type; nil at the end of the text.
  @inline(__always) var first: UInt8? { text.byte(at: offset) }

  /// Enters the array or object that is next.
  mutating func enter() throws(Failure) {
    guard depth < CP_DEPTH_MAX else { throw failure(.nestedTooDeeply) }
    objects = objects &<< 1 | (first == UInt8(ascii: "{") ? 1 : 0)
    depth &+= 1
    offset &+= 1
    isAtStart = true
  }

  /// Goes to the next item of the innermost array or object; false, and out of it, at its end.
  mutating func next() throws(Failure) -> Bool {
    skipWhiteSpace()
    if first == (isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
      objects &>>= 1
      depth &-= 1
      offset &+= 1
      isAtStart = false
      return false
    }
    if !isAtStart {
      try take(UInt8(ascii: ","))
      skipWhiteSpace()
    }
    isAtStart = false
    return true
  }

  /// The key of the member that is next.
  mutating func key() throws(Failure) -> JSONString {
    guard first == UInt8(ascii: "\"") else { throw failure(.malformedJSON) }
    let key = try string()
    skipWhiteSpace()
    try take(UInt8(ascii: ":"))
    skipWhiteSpace()
    return key
  }

  /// Reads over the next value, whatever it is, and returns its extent.
  @discardableResult @inline(never)
  mutating func skip() throws(Failure) -> Extent {
    let start = offset
    let outside = depth
    try scalarOrEnter()
    while depth > outside {
      guard try next() else { continue }
      if isInObject { _ = try key() }
      try scalarOrEnter()
    }
    return Extent(start: start, end: offset)
  }

  /// To be called last: nothing may follow.
  mutating func finish() throws(Failure) {
    skipWhiteSpace()
    guard first == nil else { throw failure(.textAfterJSON) }
  }

  private var isInObject: Bool { objects & 1 == 1 }

  private mutating func scalarOrEnter() throws(Failure) {
    switch first {
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "["), UInt8(ascii: "{"): try enter()
    case UInt8(ascii: "t"): try take(true.name)
    case UInt8(ascii: "f"): try take(false.name)
    case UInt8(ascii: "n"): try take("null")
    default: try number()
    }
  }

  // MARK: Tokens

  /// The string that is next.
  mutating func string() throws(Failure) -> JSONString {
    // Most strings end in the first word or the second.
    let start = offset &+ 1
    let low = text.word(at: start)
    let length = low.placesOfInterest.first
    if text.byte(at: start &+ length) == UInt8(ascii: "\"") {
      return ended(from: start, to: start &+ length, Name(low: low.first(length), high: 0))
    }
    guard length == 8 else { return try longString(from: start) }
    let high = text.word(at: start &+ 8)
    let rest = high.placesOfInterest.first
    guard text.byte(at: start &+ 8 &+ rest) == UInt8(ascii: "\"") else { return try longString(from: start) }
    return ended(from: start, to: start &+ 8 &+ rest, Name(low: low.first(8), high: high.first(rest)))
  }

  /// A string from its beginning, however long it is and however it is written.
  @inline(never)
  private mutating func longString(from start: Int) throws(Failure) -> JSONString {
    var hasEscapes = false
    offset = start
    while let byte = nextOfInterest() {
      switch byte {
      case UInt8(ascii: "\""):
        let extent = Extent(start: start, end: offset)
        return ended(from: start, to: offset, hasEscapes ? text.name(ofString: extent) : Name(text, at: extent))
      case UInt8(ascii: "\\"):
        hasEscapes = true
        offset &+= try length(text.escape(at: offset), else: .malformedJSON)
      case 0x80...0xFF: offset &+= try length(text.sequence(at: offset), else: .notUTF8)
      default: throw failure(.malformedJSON)
      }
    }
    throw failure(.malformedJSON)
  }

  /// Goes to what cannot just be read on; nil at the end of the text.
  private mutating func nextOfInterest() -> UInt8? {
    var places = text.word(at: offset).placesOfInterest
    while places.isEmpty {
      offset &+= 8
      places = text.word(at: offset).placesOfInterest
    }
    offset &+= places.first
    return first
  }

  @inline(__always)
  private mutating func ended(from start: Int, to end: Int, _ name: Name) -> JSONString {
    offset = end &+ 1
    return JSONString(extent: Extent(start: start, end: end), name: name)
  }

  private mutating func number() throws(Failure) {
    if first == UInt8(ascii: "-") { offset &+= 1 }
    if first == UInt8(ascii: "0") { offset &+= 1 } else { try digits() }
    if first == UInt8(ascii: ".") {
      offset &+= 1
      try digits()
    }
    if first == UInt8(ascii: "e") || first == UInt8(ascii: "E") {
      offset &+= 1
      if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") { offset &+= 1 }
      try digits()
    }
  }

  private mutating func digits() throws(Failure) {
    guard first?.isDigit == true else { throw failure(.malformedJSON) }
    while first?.isDigit == true { offset &+= 1 }
  }

  private mutating func take(_ word: Literal) throws(Failure) {
    var place = 0
    while let byte = word.bytes.byte(at: place) {
      try take(byte)
      place &+= 1
    }
  }

  private mutating func take(_ byte: UInt8) throws(Failure) {
    guard first == byte else { throw failure(.malformedJSON) }
    offset &+= 1
  }

  private mutating func skipWhiteSpace() {
    while first?.isWhiteSpace == true { offset &+= 1 }
  }

  /// The length of what is right; otherwise goes to where it is wrong.
  private mutating func length(_ part: StringPart, else problem: Problem) throws(Failure) -> Int {
    switch part {
    case .right(let length, _): return length
    case .wrong(let distance):
      offset &+= distance
      throw failure(problem)
    }
  }

  @inline(never)
  private func failure(_ problem: Problem) -> Failure {
    Failure(argument, first == nil ? .endsTooEarly : problem, at: Extent(start: offset, end: text.count))
  }
}
