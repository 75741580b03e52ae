// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@Suite("Property lists that are refused")
struct PropertyListRefusalTests {
  @Test("NULL is refused")
  func null() {
    expectRefusal(
      ofPropertyList: Refusal(
        nil, CP_ERROR_ARGUMENT, at: -1, " is NULL", expected: "a property list, such as li,lo"))
  }

  @Test(
    "What is no mnemo is refused where it stands",
    arguments: [
      unknown("LI", at: 0, "LI"),
      unknown("All", at: 0, "All"),
      unknown("l", at: 0, "l"),
      unknown("lix", at: 0, "lix"),
      unknown("qlo", at: 0, "qlo"),
      unknown("*", at: 0, "*"),
      unknown("0", at: 0, "0"),
      unknown("null", at: 0, "null"),
      unknown("li lo", at: 0, "li lo"),
      unknown("li;lo", at: 0, "li;lo"),
      unknown("'li'", at: 0, "'li'"),
      unknown(#""li""#, at: 0, #"\"li\""#),
      unknown("property_list=li", at: 0, "property_list=li"),
      unknown("li,xx", at: 3, "xx"),
      unknown(" li ,\t xx , lo", at: 7, "xx"),
      unknown("li,lo,qri,ro,Ro", at: 13, "Ro"),
      unknown("xx,yy", at: 0, "xx"),
      unknown("xx,,", at: 0, "xx"),
      unknown(#"li,["lo"]"#, at: 3, #"[\"lo\"]"#),
      unknown("li\u{0B}", at: 0, #"li\x0b"#),
      unknown("li,\u{0C}lo", at: 3, #"\x0clo"#),
      unknown("\u{A0}li", at: 0, #"\xc2\xa0li"#),
      unknown(" \u{FEFF}li", at: 1, #"\xef\xbb\xbfli"#),
      unknown("\u{FEFF}\u{FEFF}li", at: 3, #"\xef\xbb\xbfli"#),
      unknown("\u{FEFF}[\"xx\"]", at: 5, "xx"),
      unknown("\u{FEFF}li, xx", at: 7, "xx"),
      unknown(Input([0xEF, 0xBB, 0x6C, 0x69]), at: 0, #"\xef\xbbli"#),
      unknown(Input([0xFF, 0x6C, 0x69]), at: 0, #"\xffli"#),
    ])
  func unknownMnemos(refusal: Refusal) {
    expectRefusal(ofPropertyList: refusal)
  }

  @Test(
    "An empty item is refused where it stands",
    arguments: [
      emptyItem(",", at: 0), emptyItem(",,", at: 0), emptyItem(",li", at: 0), emptyItem("li,", at: 3),
      emptyItem("li,,lo", at: 3), emptyItem("li,lo,", at: 6), emptyItem("li, ,lo", at: 4),
      emptyItem("li,lo, \r\n", at: 9), emptyItem(" \t,li", at: 2), emptyItem("li,,xx", at: 3),
    ])
  func emptyItems(refusal: Refusal) {
    expectRefusal(ofPropertyList: refusal)
  }

  @Test(
    "What is no mnemo in a JSON array is refused where it stands",
    arguments: [
      unknown(#"["LI"]"#, at: 2, "LI"),
      unknown(#"[""]"#, at: 2, ""),
      unknown(#"[" li"]"#, at: 2, " li"),
      unknown(#"["li","lo ","xx"]"#, at: 7, "lo "),
      unknown(#"["li,lo"]"#, at: 2, "li,lo"),
      unknown(#" [ "li" , "nope" ] "#, at: 11, "nope"),
      unknown(#"["li\n"]"#, at: 2, #"li\\n"#),
      unknown(#"["\u006c\u0049"]"#, at: 2, #"\\u006c\\u0049"#),
      unknown(#"["a\"]\",[","xx"]"#, at: 2, #"a\\\"]\\\",["#),
      unknown("[\"li\",\"li\u{7F}\"]", at: 7, #"li\x7f"#),
      unknown(#"["é"]"#, at: 2, #"\xc3\xa9"#),
      unknown(#"{"property_list":["li","LO"]}"#, at: 24, "LO"),
      unknown(#"{"a":["xx",{"b":"yy"}],"property_list" : ["li", "zz"]}"#, at: 49, "zz"),
    ])
  func unknownMnemosInJSON(refusal: Refusal) {
    expectRefusal(ofPropertyList: refusal)
  }

  @Test(
    "What is no string in a JSON array is refused where it stands",
    arguments: [
      notAString("[1]", at: 1, "1"),
      notAString("[ -1.5e3 ]", at: 2, "-1.5e3"),
      notAString("[null]", at: 1, "null"),
      notAString("[true]", at: 1, "true"),
      notAString(#"["li", false]"#, at: 7, "false"),
      notAString(#"["li",["lo"],5]"#, at: 6, #"[\"lo\"]"#),
      notAString(#"[[],"xx"]"#, at: 1, "[]"),
      notAString(#"{"property_list":["li",7]}"#, at: 23, "7"),
      notAString(#"{"x":[1,2],"property_list":[null]}"#, at: 28, "null"),
    ])
  func otherTypesInJSON(refusal: Refusal) {
    expectRefusal(ofPropertyList: refusal)
  }

  @Test(
    "A property_list that is no array is refused where it stands",
    arguments: [
      notAnArray(#"{"property_list":"li"}"#, at: 17, #"\"li\""#),
      notAnArray(#"{"property_list":""}"#, at: 17, #"\"\""#),
      notAnArray(#"{"property_list":null}"#, at: 17, "null"),
      notAnArray(#"{"property_list":true}"#, at: 17, "true"),
      notAnArray(#"{"property_list":42}"#, at: 17, "42"),
      notAnArray(#"{"property_list":{"0":"li"}}"#, at: 17, #"{\"0\":\"li\"}"#),
      notAnArray(#"{"id":1, "property_list" : "li,lo" }"#, at: 27, #"\"li,lo\""#),
    ])
  func otherTypesOfPropertyList(refusal: Refusal) {
    expectRefusal(ofPropertyList: refusal)
  }

  @Test(
    "An object without property_list is refused",
    arguments: [
      "{}", " { } ", #"{"properties":["li"]}"#, #"{"Property_List":["li"]}"#, #"{"property_list ":["li"]}"#,
      #"{"status":{"property_list":["li"]}}"#, #"{"":["li"]}"#,
    ] as [Input])
  func noPropertyList(input: Input) {
    expectRefusal(
      ofPropertyList: Refusal(
        input, CP_ERROR_TYPE, at: -1, ": the JSON object has no member property_list",
        expected: #"one, as in {"property_list":["li"]}"#))
  }

  @Test(
    "An object in the array is taken for a list of statuses",
    arguments: [
      listOfStatuses(#"[{"property_list":["li"]}]"#, at: 1, #"{\"property_list\":[\"li\"]}"#),
      listOfStatuses(#"[ {"id":1},{"id":2}]"#, at: 2, #"{\"id\":1}"#),
      listOfStatuses("[{}]", at: 1, "{}"),
      listOfStatuses(#"["li",{"lo":[1,2]},5]"#, at: 6, #"{\"lo\":[1,2]}"#),
      listOfStatuses(#"{"property_list":[{"mnemo":"li"}]}"#, at: 18, #"{\"mnemo\":\"li\"}"#),
      listOfStatuses("\u{FEFF}[{}]", at: 4, "{}"),
    ])
  func listsOfStatuses(refusal: Refusal) {
    expectRefusal(ofPropertyList: refusal)
  }

  @Test("What stands first in the text is reported first, also before what is malformed")
  func firstProblemWins() {
    expectRefusal(ofPropertyList: Self.unknown(#"["xx",7"#, at: 2, "xx"))
    expectRefusal(ofPropertyList: Self.unknown(#"["xx" "#, at: 2, "xx"))
    expectRefusal(ofPropertyList: Self.notAString(#"[7,"xx",]"#, at: 1, "7"))
    expectRefusal(ofPropertyList: Self.notAnArray(#"{"property_list":7,}"#, at: 17, "7"))
    expectRefusal(ofPropertyList: Self.listOfStatuses(#"[{} {}"#, at: 1, "{}"))
  }

  // MARK: - What the errors say

  private static func unknown(_ input: Input, at position: Int, _ quoted: String) -> Refusal {
    Refusal(
      input, CP_ERROR_PROPERTY, at: position, ": no such property: \"\(quoted)\"",
      expected: "all, cq, li, lo, qli, qri, ri or ro")
  }

  private static func emptyItem(_ input: Input, at position: Int) -> Refusal {
    Refusal(input, CP_ERROR_SYNTAX, at: position, " has an empty item", expected: "a mnemo between commas")
  }

  private static func notAString(_ input: Input, at position: Int, _ quoted: String) -> Refusal {
    Refusal(input, CP_ERROR_TYPE, at: position, ": not a JSON string: \"\(quoted)\"", expected: "a name in quotes")
  }

  private static func notAnArray(_ input: Input, at position: Int, _ quoted: String) -> Refusal {
    Refusal(
      input, CP_ERROR_TYPE, at: position, ": the member property_list is no array: \"\(quoted)\"",
      expected: #"mnemos, as in ["li","lo"]"#)
  }

  private static func listOfStatuses(_ input: Input, at position: Int, _ quoted: String) -> Refusal {
    Refusal(
      input, CP_ERROR_TYPE, at: position, " holds an object: \"\(quoted)\"",
      expected: "mnemos; of a list of statuses, pass one of them")
  }
}
