// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@Suite("A byte order mark in front of a text is ignored")
struct ByteOrderMarkTests {
  private static let mark: Input = "\u{FEFF}"

  @Test(
    "In front of each form of a property list",
    arguments: [
      AcceptedList(mark), AcceptedList(mark + " \n"), AcceptedList(mark + "li", "li"),
      AcceptedList(mark + "li, lo", "li", "lo"), AcceptedList(mark + " \t li ,ro\r\n", "li", "ro"),
      AcceptedList(mark + "[]"), AcceptedList(mark + #"["li"]"#, "li"), AcceptedList(mark + "\r\n [\"ri\" ] ", "ri"),
      AcceptedList(mark + #"{"property_list":["li","lo"]}"#, "li", "lo"),
      AcceptedList(mark + #" {"id":1,"property_list":[]}"#),
    ])
  func propertyLists(list: AcceptedList) {
    list.expectAcceptance()
  }

  @Test("In front of each form of a call", arguments: Scenario.all)
  func calls(scenario: Scenario) {
    for form in [scenario.call.pairs, scenario.call.json] {
      AcceptedCall(Self.mark + form, scenario.call).expectAcceptance()
      AcceptedCall(Self.mark + "\r\n " + form + "\n", scenario.call).expectAcceptance()
    }
  }

  @Test("A decision with marked texts is the decision without")
  func decisions() {
    for scenario in Scenario.all {
      for form in [scenario.call.pairs, scenario.call.json] {
        let call = (Self.mark + form).characters
        #expect(cp_allows((Self.mark + Input(scenario.required)).characters, call, nil) == 1)
        #expect(cp_allows((Self.mark + [scenario.required].json).characters, call, nil) == 1)
        #expect(cp_allows(Self.mark.characters, call, nil) == 0)
      }
    }
  }

  @Test("Positions count its three bytes, and it may take none of the room for text")
  func positions() {
    let spaces = Input(String(repeating: " ", count: Int(CP_TEXT_MAX) - 5))
    AcceptedList(Self.mark + spaces + "li", "li").expectAcceptance()
    expectRefusal(
      ofPropertyList: Refusal(
        Self.mark + spaces + "li ", CP_ERROR_LIMIT, at: Int(CP_TEXT_MAX), " is too long",
        expected: "at most 65536 bytes"))
  }

  @Test(
    "Only the whole mark, once, in front of everything",
    arguments: [
      Input([0xEF, 0xBB]), Input([0xEF]), Input([0xEF, 0xBB, 0x6C, 0x69]), Input([0xBB, 0xBF, 0x6C, 0x69]),
      Input([0xFE, 0xFF, 0x6C, 0x69]), Input([0xFF, 0xFE, 0x6C, 0x69]), mark + mark, mark + mark + "li", " " + mark,
      " " + mark + "li", "li" + mark, "li," + mark + "lo", mark + "li," + mark + "lo",
    ])
  func noMark(input: Input) {
    for complaint in complaints(aboutPropertyList: input) { #expect(complaint.code == CP_ERROR_PROPERTY) }
    for complaint in complaints(aboutCall: input) { #expect(complaint.code == CP_ERROR_SYNTAX) }
  }

  @Test("cp_get knows no mark: a mnemo is given exactly")
  func mnemo() {
    #expect(cp_get((Self.mark + "li").characters) == nil)
  }
}
