// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

@Suite("The reader of JSON")
struct JSONReaderTests {
  /// What reading over a whole text comes to: the value's extent, or the problem and its place.
  private enum Outcome: Equatable {
    case value(Int, Int)
    case failure(Problem, Int)
  }

  private func read(_ text: Input, from start: Int = 0) -> Outcome {
    let bytes = text.bytes
    var reader = JSONReader(bytes.span, from: start, of: .call)
    do throws(Failure) {
      let extent = try reader.skip()
      try reader.finish()
      return .value(extent.start, extent.end)
    } catch {
      return .failure(error.problem, error.position)
    }
  }

  private func expectValue(_ text: String, at place: SourceLocation = #_sourceLocation) {
    let count = text.utf8.count
    #expect(read(Input(text)) == .value(0, count), "\(text)", sourceLocation: place)
    // The same among others, and with white space around it.
    #expect(read(Input("[\(text),{\"a\": \(text) }\n]")) == .value(0, 2 * count + 12), "\(text)", sourceLocation: place)
    #expect(read(Input("##\(text) \r\n\t"), from: 2) == .value(2, count + 2), "\(text)", sourceLocation: place)
  }

  // MARK: Values

  @Test(
    "Values of each type",
    arguments: [
      "true", "false", "null", "[]", "{}", "\"\"", "[[]]", "[{}]", "{\"\":{}}", "[true,false,null]",
      "[1,[2,[3,[4]]],5]",
      "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":[{\"c\":null}]},\"d\":[]}", "[\"]\",\"}\",\"[\",\"{\",\",\",\":\"]",
      "[[],[[]],{},[{}],{\"a\":[]}]",
    ])
  func values(text: String) {
    expectValue(text)
  }

  @Test(
    "Numbers of RFC 8259, of any size",
    arguments: [
      "0", "-0", "1", "-1", "9", "10", "100", "1234567890", "0.0", "-0.0", "0.5", "1.5", "10.25", "-10.0025", "0e0",
      "0E0", "1e5", "1E5", "1e+5", "1e-5", "1E+05", "1.5e10", "-1.5E-10", "0.0e-0", "1e999", "-1e-999", "1e99999999999",
      "18446744073709551616", "123456789012345678901234567890", "0.000000000000000000000000000001",
    ])
  func numbers(text: String) {
    expectValue(text)
  }

  @Test("Each byte behind a number ends it, goes on with it, or is wrong where it stands")
  func behindNumbers() {
    /// What may follow the text's last byte, besides white space, comma and bracket.
    let tails: [(text: String, goesOn: String)] = [
      ("0", ".eE"), ("-0", ".eE"), ("1", ".eE0123456789"), ("10", ".eE0123456789"), ("0.0", "eE0123456789"),
      ("1.25", "eE0123456789"), ("0e0", "0123456789"), ("1.5E-3", "0123456789"), ("1e+10", "0123456789"),
    ]
    for (text, goesOn) in tails {
      for byte in UInt8(1)...255 {
        let outcome = read(Input("[\(text)") + Input([byte]) + "]")
        let end = 1 + text.utf8.count
        switch byte {
        case UInt8(ascii: "]"): #expect(outcome == .failure(.textAfterJSON, end + 1))
        case UInt8(ascii: ","): #expect(outcome == .failure(.malformedJSON, end + 1))
        case 0x20, 0x09, 0x0A, 0x0D: #expect(outcome == .value(0, end + 2))
        case _ where goesOn.utf8.contains(byte):
          let isDigit = (0x30...0x39).contains(byte)
          #expect(outcome == (isDigit ? .value(0, end + 2) : .failure(.malformedJSON, end + 1)))
        default: #expect(outcome == .failure(.malformedJSON, end), "\(text) and \(byte)")
        }
      }
    }
  }

  @Test(
    "Each byte that cannot stand in an unfinished number is wrong where it stands",
    arguments: [
      ("-", "0123456789"), ("1.", "0123456789"), ("-0.", "0123456789"), ("1e", "+-0123456789"), ("1E", "+-0123456789"),
      ("1e+", "0123456789"), ("0.5e-", "0123456789"),
    ])
  func unfinishedNumbers(text: String, goesOn: String) {
    for byte in UInt8(1)...255 where !goesOn.utf8.contains(byte) {
      #expect(read(Input("[\(text)") + Input([byte])) == .failure(.malformedJSON, 1 + text.utf8.count), "\(byte)")
    }
    #expect(read(Input("[\(text)")) == .failure(.endsTooEarly, 1 + text.utf8.count))
  }

  @Test("Each byte of a word is the only one that can stand there", arguments: ["true", "false", "null"])
  func words(word: String) {
    let bytes = Array(word.utf8)
    for place in bytes.indices.dropFirst() {
      for byte in UInt8(1)...255 where byte != bytes[place] {
        let text = Input("[") + Input(Array(bytes[..<place]) + [byte])
        #expect(read(text) == .failure(.malformedJSON, 1 + place), "\(byte)")
      }
    }
  }

  @Test("Only nine kinds of byte begin a value")
  func firstBytes() {
    for byte in UInt8(1)...255 {
      let outcome = read(Input("[") + Input([byte]))
      switch byte {
      case UInt8(ascii: "]"): #expect(outcome == .value(0, 2))
      case UInt8(ascii: "\""), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "-"), UInt8(ascii: "t"),
        UInt8(ascii: "f"), UInt8(ascii: "n"), 0x30...0x39, 0x20, 0x09, 0x0A, 0x0D:
        #expect(outcome == .failure(.endsTooEarly, 2))
      default: #expect(outcome == .failure(.malformedJSON, 1), "\(byte)")
      }
    }
  }

  // MARK: Strings

  @Test("Strings of each length with each byte at each place", arguments: 0...40)
  func strings(length: Int) {
    let kinds: [UInt8] = [0x01, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x2C, 0x5B, 0x5C, 0x5D, 0x7D, 0x7F, 0x80, 0xC3, 0xFF]
    var wrong: [String] = []
    for place in 0..<length {
      // Every byte in the first three words; behind them, one of each kind.
      for byte in 0x01...0xFF as ClosedRange<UInt8> where length <= 24 || kinds.contains(byte) {
        var content = [UInt8](repeating: 0x61, count: length)
        content[place] = byte
        let text = Input("[\"") + Input(content) + "\"]"
        let expected: Outcome =
          switch byte {
          case 0x00..<0x20: .failure(.malformedJSON, place + 2)
          // A quote ends the string: what follows is an `a`, or the text's own quote.
          case 0x22: .failure(.malformedJSON, place + 3)
          case 0x5C where place == length - 1: .failure(.endsTooEarly, length + 4)
          case 0x5C: .failure(.malformedJSON, place + 3)
          // What begins a character of several bytes, and what does not.
          case 0xC2...0xF4: .failure(.notUTF8, place + 3)
          case 0x80...0xFF: .failure(.notUTF8, place + 2)
          default: .value(0, length + 4)
          }
        if read(text) != expected { wrong.append("\(byte) at \(place): \(read(text))") }
      }
    }
    #expect(read(Input("\"" + String(repeating: "a", count: length) + "\"")) == .value(0, length + 2))
    #expect(read(Input("\"" + String(repeating: "a", count: length))) == .failure(.endsTooEarly, length + 1))
    #expect(wrong == [])
  }

  @Test("Strings of each length with escapes and characters of several bytes at each place", arguments: 0...40)
  func longerParts(length: Int) {
    var wrong: [String] = []
    for part in [#"\n"#, #"\""#, #"\\"#, #"\u0041"#, #"\ud83d\ude00"#, "é", "中", "😀"] {
      for place in 0...length {
        let text =
          Array(repeating: "a", count: place).joined() + part + Array(repeating: "a", count: length - place).joined()
        let input = Input("\"\(text)\"")
        if read(input) != .value(0, input.bytes.count) { wrong.append(text) }
        for cut in 1..<part.utf8.count {
          let end = 1 + place + cut
          if read(Input(Array(input.bytes.prefix(end)))) != .failure(.endsTooEarly, end) { wrong.append("\(text) cut") }
        }
      }
    }
    #expect(wrong == [])
  }

  @Test("A string is known by its place and its name, whatever its length and what follows", arguments: 0...20)
  func names(length: Int) throws {
    let content = (0..<length).map { UInt8(0x61 + $0) }
    for behind in 0...18 {
      let text = [0x22] + content + [0x22] + [UInt8](repeating: 0x20, count: behind)
      var reader = JSONReader(text.span, from: 0, of: .propertyList)
      let string = try reader.string()
      #expect(string.extent == Extent(start: 1, end: length + 1))
      #expect(string.name == Name(content.span, at: content.span.extent))
      #expect(reader.first == (behind == 0 ? nil : 0x20))
    }
  }

  // MARK: Structure

  @Test("White space may stand around every value, comma, colon and bracket")
  func whiteSpace() {
    let tokens = ["[", "{", "\"a\"", ":", "1", ",", "\"b\"", ":", "[", "]", "}", ",", "null", ",", "{", "}", "]"]
    for space in ["", " ", "\t", "\r", "\n", " \t\r\n", String(repeating: " ", count: 20)] {
      let text = Input(tokens.joined(separator: space))
      #expect(read(text + Input(space)) == .value(0, text.bytes.count))
    }
    for gap in 1..<tokens.count {
      for byte in UInt8(1)...255
      where ![0x09, 0x0A, 0x0D, 0x20].contains(byte) && !"-0123456789.eE".utf8.contains(byte) {
        let before = Input(tokens[..<gap].joined())
        let text = before + Input([byte]) + Input(tokens[gap...].joined())
        if case .value = read(text) { Issue.record("\(byte) in gap \(gap)") }
      }
    }
  }

  @Test("Levels are counted up and down, of arrays and objects in any order", arguments: 0..<64)
  func nesting(pattern: Int) {
    func nested(_ levels: Int) -> (opening: String, closing: String) {
      var opening = ""
      var closing = ""
      for level in 0..<levels {
        let isObject = (pattern >> (level % 6)) & 1 == 1
        opening += isObject ? "{\"a\":" : "["
        closing = (isObject ? "}" : "]") + closing
      }
      return (opening, closing)
    }
    let deepest = nested(Int(CP_DEPTH_MAX))
    let text = Input(deepest.opening + "0" + deepest.closing)
    #expect(read(text) == .value(0, text.bytes.count))
    let (opening, closing) = nested(Int(CP_DEPTH_MAX) - 2)
    let side = Input(opening + #"[[],{},"[[[",[0],{}]"# + closing)
    #expect(read(side) == .value(0, side.bytes.count))
    for bracket in ["[", "{"] {
      #expect(read(Input(deepest.opening + bracket)) == .failure(.nestedTooDeeply, deepest.opening.utf8.count))
    }
    // The wrong bracket closes nothing.
    for (place, byte) in deepest.closing.utf8.enumerated() {
      var bytes = text.bytes
      let offset = deepest.opening.utf8.count + 1 + place
      bytes[offset] = byte == UInt8(ascii: "]") ? UInt8(ascii: "}") : UInt8(ascii: "]")
      #expect(read(Input(bytes)) == .failure(.malformedJSON, offset))
    }
  }

  @Test("Nothing is no value; nothing may follow one", arguments: ["", " ", "\n\t"])
  func finish(space: String) {
    #expect(read(Input(space)) == (space.isEmpty ? .failure(.endsTooEarly, 0) : .failure(.malformedJSON, 0)))
    #expect(read(Input("[]" + space)) == .value(0, 2))
    #expect(read(Input("[]" + space + "[]")) == .failure(.textAfterJSON, 2 + space.utf8.count))
  }

  @Test("A failure is about the reader's argument, and reaches to the end of the text")
  func failures() {
    let text = Array(" [x] ".utf8)
    for argument in [Argument.propertyList, .call] {
      var reader = JSONReader(text.span, from: 1, of: argument)
      do throws(Failure) {
        try reader.skip()
        Issue.record("it was read")
      } catch {
        #expect(error.argument == argument)
        #expect(error.extent == Extent(start: 2, end: 5))
      }
    }
  }
}
