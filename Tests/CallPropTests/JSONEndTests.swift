// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@Suite("JSON that ends too early")
struct JSONEndTests {
  /// Has everything that JSON has.
  private static let everything =
    #"{"a":[],"b":{},"c":[1,-2.5e+3,0,true,false,null,"x"],"d\n\"\\\/\u00e9\ud83d\ude00":"é中😀","e": [ { "f" : "g" } ] }"#

  private func expectTooEarly(_ text: String, _ expect: (Refusal) -> Void, from shortest: Int = 1) {
    let bytes = Array(text.utf8)
    for count in shortest..<bytes.count {
      expect(
        Refusal(
          Input(Array(bytes[..<count])), CP_ERROR_SYNTAX, at: count, ": JSON ends too early", expected: "the rest of it"
        ))
    }
  }

  @Test("A property list that ends too early, at each byte: the position is its length, and nothing is quoted")
  func propertyListEndsTooEarly() {
    for text in [#"{"x":\#(Self.everything),"property_list":["li","l\u006f"]}"#, #"["li", "lo" ]"#, "[ ]"] {
      expectTooEarly(text, { expectRefusal(ofPropertyList: $0) })
    }
    expectTooEarly("\u{FEFF}[\"li\"]", { expectRefusal(ofPropertyList: $0) }, from: 4)
    expectTooEarly(" \n{\"property_list\":[[\(Self.everything)]", { expectRefusal(ofPropertyList: $0) }, from: 3)
  }

  @Test("A call that ends too early, at each byte")
  func callEndsTooEarly() {
    for text in [
      #"{"src":"external", "d\u0073t" : "ivr","leg":"dst","callback":false }"#, #"[\#(Self.everything)]"#,
      #"{"src":[\#(Self.everything)]"#, #"{"callback":{"x":\#(Self.everything)}"#,
    ] {
      expectTooEarly(text, { expectRefusal(ofCall: $0) })
    }
  }

  @Test(
    "So is text that is not JSON's, once it has begun to be",
    arguments: ["[[tru", "[[-", "[[1.", "[[1e+", #"[["\u00"#, #"[["\ud83d\u"#])
  func unfinishedTokens(text: String) {
    expectTooEarly(text + " ", { expectRefusal(ofPropertyList: $0) })
    expectTooEarly(text + " ", { expectRefusal(ofCall: $0) })
  }
}
