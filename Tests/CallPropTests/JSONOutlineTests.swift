// SPDX-License-Identifier: MIT

import Testing

@testable import CallProp

/// JSON, a question about it, and the part of it that answers.
struct Place: Sendable, CustomTestStringConvertible {
  let json: Input
  let number: Int
  let start: Int
  let part: String

  init(_ json: Input, _ number: Int, at start: Int, _ part: String) {
    self.json = json
    self.number = number
    self.start = start
    self.part = part
  }

  var testDescription: String { "\(number) in \(json.testDescription)" }

  func expect(_ extent: Extent, at place: SourceLocation = #_sourceLocation) {
    #expect(extent.start == start, sourceLocation: place)
    let bytes = json.bytes.dropFirst(extent.start).prefix(max(0, extent.end - extent.start))
    #expect(String(decoding: bytes, as: UTF8.self) == part, sourceLocation: place)
  }
}

@Suite("Places in JSON")
struct JSONOutlineTests {
  @Test(
    "An element of the array, without quotes",
    arguments: [
      Place(#"["li"]"#, 0, at: 2, "li"),
      Place(#"["li","lo","ri"]"#, 2, at: 12, "ri"),
      Place(" [ 1 ,\t22\n, 333 ] ", 0, at: 3, "1"),
      Place(" [ 1 ,\t22\n, 333 ] ", 1, at: 7, "22"),
      Place(" [ 1 ,\t22\n, 333 ] ", 2, at: 12, "333"),
      Place(#"[[1,2],{"a":[3,4]},"x"]"#, 0, at: 1, "[1,2]"),
      Place(#"[[1,2],{"a":[3,4]},"x"]"#, 1, at: 7, #"{"a":[3,4]}"#),
      Place(#"[[1,2],{"a":[3,4]},"x"]"#, 2, at: 20, "x"),
      Place(#"["a,b","]","[","\"","\\",5]"#, 1, at: 8, "]"),
      Place(#"["a,b","]","[","\"","\\",5]"#, 3, at: 16, #"\""#),
      Place(#"["a,b","]","[","\"","\\",5]"#, 4, at: 21, #"\\"#),
      Place(#"["a,b","]","[","\"","\\",5]"#, 5, at: 25, "5"),
      Place(#"[""]"#, 0, at: 2, ""),
    ])
  func elements(place: Place) {
    place.expect(JSONOutline.element(place.number, ofMember: nil, in: place.json.bytes.span))
  }

  @Test(
    "Of text that ends too early, what there is",
    arguments: [
      Place("[1,2", 1, at: 3, "2"),
      Place("[1,2", 2, at: 3, "2"),
      Place("[", 0, at: 1, ""),
    ])
  func unfinishedElements(place: Place) {
    place.expect(JSONOutline.element(place.number, ofMember: nil, in: place.json.bytes.span))
  }

  @Test("Of a quote that opens and does not close, nothing behind it")
  func unfinishedString() {
    let text = Array("[\"".utf8)
    let extent = JSONOutline.element(0, ofMember: nil, in: text.span)
    #expect(extent == Extent(start: 2, end: 2))
  }

  @Test(
    "An element of the array that is a member's value",
    arguments: [
      Place(#"{"x":["li","lo"]}"#, 1, at: 12, "lo"),
      Place(#"{ "x" : [ 7 , 8 ] }"#, 1, at: 14, "8"),
      Place(#"{"[,:":[[1],2]}"#, 1, at: 12, "2"),
    ])
  func elementsOfMembers(place: Place) {
    place.expect(JSONOutline.element(place.number, ofMember: 0, in: place.json.bytes.span))
  }

  @Test("An element of the array that is a later member's value")
  func elementOfLaterMember() {
    let place = Place(#"{"a":["x","y"],"b":{"c":["z"]},"d":["p","q"]}"#, 1, at: 41, "q")
    place.expect(JSONOutline.element(1, ofMember: 2, in: place.json.bytes.span))
  }

  @Test(
    "A member's key, without quotes",
    arguments: [
      Place(#"{"src":1}"#, 0, at: 2, "src"),
      Place(#"{"src":1,"dst":2}"#, 1, at: 10, "dst"),
      Place("{ \"src\"\t: 1 ,\r\n\"dst\" : 2 }", 1, at: 16, "dst"),
      Place(#"{"a":{"b":1,"c":[2,3]},"d":4}"#, 1, at: 24, "d"),
      Place(#"{"a\",\\":1,"":2,"c":3}"#, 0, at: 2, #"a\",\\"#),
      Place(#"{"a\",\\":1,"":2,"c":3}"#, 1, at: 13, ""),
      Place(#"{"a\",\\":1,"":2,"c":3}"#, 2, at: 18, "c"),
    ])
  func keys(place: Place) {
    place.expect(JSONOutline.key(ofMember: place.number, in: place.json.bytes.span))
  }

  @Test(
    "A member's value, without a string's quotes",
    arguments: [
      Place(#"{"src":1}"#, 0, at: 7, "1"),
      Place(#"{"src":"ivr"}"#, 0, at: 8, "ivr"),
      Place(#"{"src":""}"#, 0, at: 8, ""),
      Place("{ \"src\"\t:\t\"a\" ,\r\n\"dst\" :  22 \n}", 0, at: 11, "a"),
      Place("{ \"src\"\t:\t\"a\" ,\r\n\"dst\" :  22 \n}", 1, at: 26, "22"),
      Place(#"{"a:b":{"c":"d"},"e":["f:",":"]}"#, 0, at: 7, #"{"c":"d"}"#),
      Place(#"{"a:b":{"c":"d"},"e":["f:",":"]}"#, 1, at: 21, #"["f:",":"]"#),
      Place(#"{"a":"\"","b":"\\","c":"}"}"#, 0, at: 6, #"\""#),
      Place(#"{"a":"\"","b":"\\","c":"}"}"#, 1, at: 15, #"\\"#),
      Place(#"{"a":"\"","b":"\\","c":"}"}"#, 2, at: 24, "}"),
    ])
  func values(place: Place) {
    place.expect(JSONOutline.value(ofMember: place.number, in: place.json.bytes.span))
  }

  @Test(
    "The string whose closing quote ends at an offset",
    arguments: [
      Place(#"{"ab"}"#, 5, at: 2, "ab"),
      Place(#"{""}"#, 3, at: 2, ""),
      Place(#"{"a","bc"}"#, 9, at: 6, "bc"),
      Place(#"{"a\"b"}"#, 7, at: 2, #"a\"b"#),
      Place(#"{"a\\"}"#, 6, at: 2, #"a\\"#),
      Place(#"{"\""}"#, 5, at: 2, #"\""#),
      Place(#"{"\"\\\""}"#, 9, at: 2, #"\"\\\""#),
    ])
  func strings(place: Place) {
    place.expect(JSONOutline.string(endingAt: place.number, in: place.json.bytes.span))
  }

  @Test(
    "What stands behind the outermost value, without white space",
    arguments: [
      Place("[]", 0, at: 2, ""),
      Place(" [] \n", 0, at: 5, ""),
      Place("[] x ", 0, at: 3, "x"),
      Place(#"{"a":[{}],"b":"}"} {} []"#, 0, at: 19, "{} []"),
      Place(#"["]","\"]"]]"#, 0, at: 11, "]"),
    ])
  func rest(place: Place) {
    place.expect(JSONOutline.rest(of: place.json.bytes.span))
  }
}
