// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@Suite("Calls as JSON that are refused")
struct CallJSONRefusalTests {
  @Test(
    "An array is refused: a call is an object",
    arguments: [("[]", 0, "[]"), (#" ["src"] "#, 1, #"[\"src\"]"#)] as [(Input, Int, String)])
  func arrays(input: Input, position: Int, quoted: String) {
    expectRefusal(
      ofCall: Refusal(
        input, CP_ERROR_TYPE, at: position, ": not a JSON object: \"\(quoted)\"",
        expected: "keys src, dst, leg, callback"))
  }

  @Test(
    "A missing key is named",
    arguments: [
      ("{}", "src"), (" { } ", "src"), (#"{"callback":true}"#, "src"), (#"{"dst":"ivr","leg":"dst"}"#, "src"),
      (#"{"leg":"dst","src":"external"}"#, "dst"), (#"{"src":"external","dst":"ivr"}"#, "leg"),
    ] as [(Input, String)])
  func missingKeys(input: Input, key: String) {
    expectRefusal(
      ofCall: Refusal(
        input, CP_ERROR_TYPE, at: -1, " has no \(key)", expected: "src, dst, leg and perhaps callback"))
  }

  @Test(
    "An unknown key is refused where it stands",
    arguments: [
      (#"{"source":"external"}"#, 2, "source"),
      (#"{"SRC":"external"}"#, 2, "SRC"),
      (#"{"src ":"external"}"#, 2, "src "),
      (#"{"":"external"}"#, 2, ""),
      (#"{"property_list":["li"]}"#, 2, "property_list"),
      (#"{ "src" : "external", "dst":"ivr","leg":"dst", "id" : 7 }"#, 48, "id"),
      (#"{"src":"external","\u0073rd":"x"}"#, 19, #"\\u0073rd"#),
      (#"{"src":"external","a\",b":[1,{"src":2}]}"#, 19, #"a\\\",b"#),
      (#"{"src":"external","Callback":true}"#, 19, "Callback"),
      (#"{"id":{"a":[1,2,"}"]},"src":5}"#, 2, "id"),
    ] as [(Input, Int, String)])
  func unknownKeys(input: Input, position: Int, quoted: String) {
    expectRefusal(
      ofCall: Refusal(
        input, CP_ERROR_TYPE, at: position, ": unknown key \"\(quoted)\"", expected: "src, dst, leg or callback"))
  }

  @Test(
    "A value of a wrong type is refused where it stands",
    arguments: [
      notAString(#"{"src":1,"dst":"ivr","leg":"dst"}"#, at: 7, "1"),
      notAString(#"{"src":null}"#, at: 7, "null"),
      notAString(#"{"src": true }"#, at: 8, "true"),
      notAString(#"{"src":["external"]}"#, at: 7, #"[\"external\"]"#),
      notAString(#"{"src":{"type":"external","a:b":[1,2]},"dst":5}"#, at: 7, #"{\"type\":\"external\",\"a:b\":[..."#),
      notAString(#"{"src":"external","dst":0.5,"leg":"dst"}"#, at: 24, "0.5"),
      notAString(#"{"src":"external","dst":"ivr" , "leg" : false}"#, at: 40, "false"),
      notABoolean(#"{"callback":"true"}"#, at: 12, #"\"true\""#),
      notABoolean(#"{"callback":"\u0074rue"}"#, at: 12, #"\"\\u0074rue\""#),
      notABoolean(#"{"src":"external","callback":null}"#, at: 29, "null"),
      notABoolean(#"{"callback":0}"#, at: 12, "0"),
      notABoolean(#"{"callback":[true]}"#, at: 12, "[true]"),
      notABoolean(#"{"callback":{}}"#, at: 12, "{}"),
    ])
  func wrongTypes(refusal: Refusal) {
    expectRefusal(ofCall: refusal)
  }

  @Test(
    "A string that is none of the words is refused where it stands",
    arguments: [
      party(#"{"src":"External"}"#, at: 8, "External"),
      party(#"{"src":""}"#, at: 8, ""),
      party(#"{"src":" external"}"#, at: 8, " external"),
      party(#"{"src":"external","dst" : "voice,menu:}" }"#, at: 27, "voice,menu:}"),
      party(#"{"src":"ext\"ernal\\"}"#, at: 8, #"ext\\\"ernal\\\\"#),
      party(#"{"dst":"iv\u0052"}"#, at: 8, #"iv\\u0052"#),
      leg(#"{"leg":"LEG_SRC"}"#, at: 8, "LEG_SRC"),
      leg(#"{"src":"external","dst":"ivr","leg":"ivr"}"#, at: 37, "ivr"),
    ])
  func unknownWords(refusal: Refusal) {
    expectRefusal(ofCall: refusal)
  }

  @Test(
    "A repeated key is refused at the second one, however it is written",
    arguments: [
      (#"{"src":"external","src":"external"}"#, 19, "src"),
      (#"{"leg":"dst", "leg" : "src"}"#, 15, "leg"),
      (#"{"dst":"ivr","\u0064st" :"ivr"}"#, 14, #"\\u0064st"#),
      (#"{"callback":false,"src":"ivr","callback":false}"#, 31, "callback"),
      (#"{"src":"external","src":7}"#, 19, "src"),
    ] as [(Input, Int, String)])
  func repeatedKeys(input: Input, position: Int, quoted: String) {
    expectRefusal(
      ofCall: Refusal(
        input, CP_ERROR_TYPE, at: position, ": repeated key \"\(quoted)\"", expected: "each key once"))
  }

  @Test("What stands first in the text is reported first, also before what is malformed")
  func firstProblemWins() {
    expectRefusal(ofCall: Self.party(#"{"src":"y" "leg":"x"#, at: 8, "y"))
    expectRefusal(ofCall: Self.notAString(#"{"src":7,"#, at: 7, "7"))
    expectRefusal(ofCall: Self.notABoolean(#"{"callback":7]"#, at: 12, "7"))
    expectRefusal(ofCall: Self.leg(#"{"leg":"x","src":"y","id":1}"#, at: 8, "x"))
    expectRefusal(ofCall: Self.party(#"{"src":"y","leg":"x","id":1}"#, at: 8, "y"))
  }

  private static func notAString(_ input: Input, at position: Int, _ quoted: String) -> Refusal {
    Refusal(input, CP_ERROR_TYPE, at: position, ": not a JSON string: \"\(quoted)\"", expected: "a name in quotes")
  }

  private static func notABoolean(_ input: Input, at position: Int, _ quoted: String) -> Refusal {
    Refusal(
      input, CP_ERROR_TYPE, at: position, ": not a JSON boolean: \"\(quoted)\"",
      expected: "true or false, without quotes")
  }

  private static func party(_ input: Input, at position: Int, _ quoted: String) -> Refusal {
    Refusal(
      input, CP_ERROR_PARTY, at: position, ": no such party: \"\(quoted)\"",
      expected: "extension, external, queue or ivr")
  }

  private static func leg(_ input: Input, at position: Int, _ quoted: String) -> Refusal {
    Refusal(input, CP_ERROR_PARTY, at: position, ": no such leg: \"\(quoted)\"", expected: "src or dst")
  }
}
