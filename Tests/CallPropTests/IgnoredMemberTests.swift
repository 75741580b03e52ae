// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@Suite("Members of a status that are ignored are read for their syntax only")
struct IgnoredMemberTests {
  /// Members that count for nothing, whatever other readers of JSON say to them.
  private static let members = [
    #""x":1e999"#, #""x":-1e999"#, #""x":1e-999"#, #""x":123456789012345678901234567890"#, #""x":"\u0000""#,
    #""x":"a\u0000b""#, #""\u0000":1"#, #""x\u0000":1"#, #""property_list\u0000":["all"]"#, #""x":1,"x":2"#,
    #""x":1,"x":["all"],"x":{}"#, #""x":{"a":1,"a":2}"#, #""x":[{"a":1,"b":{"a":1,"a":1}}]"#, #""":1,"":2"#,
    #""x":1,"\u0078":2"#, #""x":{"property_list":["all"],"property_list":["all"]}"#,
    #""x":["property_list",["all"]]"#, #""x":"\ud83d\ude00\u00e9\b\f\n\r\t\/\\\"""#, #""é":"中😀""#,
    #""Property_List":["all"]"#, #""property_list ":["all"]"#, #"" property_list":["all"]"#, #""property_lis":["all"]"#,
    #""property_lists":["all"]"#, #""propertylist":["all"]"#, #""PROPERTY_LIST":["all"]"#, #""property\u005flis":1"#,
    #""src":"external","dst":"ivr","leg":"dst""#, #""x":null,"y":true,"z":false"#, #""x":[],"y":{},"z":[[],{}]"#,
    #""x":["",0,null]"#, #""x":"li","mnemo":"all","all":true"#,
  ]

  @Test("Before and behind the list, and on both sides", arguments: members)
  func aroundTheList(member: String) {
    AcceptedList(Input(#"{\#(member),"property_list":["li","ro"]}"#), "li", "ro").expectAcceptance()
    AcceptedList(Input(#"{"property_list":["li"],\#(member)}"#), "li").expectAcceptance()
    AcceptedList(Input("{ \(member) , \"property_list\" : [ ] , \(member) }")).expectAcceptance()
  }

  @Test("They are no property list", arguments: members)
  func noPropertyList(member: String) {
    expectRefusal(
      ofPropertyList: Refusal(
        Input("{\(member)}"), CP_ERROR_TYPE, at: -1, ": the JSON object has no member property_list",
        expected: #"one, as in {"property_list":["li"]}"#))
  }

  @Test(
    "In a call nothing is ignored: the same members are unknown keys", arguments: ["\"x\":1e999", #""id":7"#, #""":1"#])
  func noneInCalls(member: String) {
    let call = Input(#"{"src":"external","dst":"ivr","leg":"dst",\#(member)}"#)
    for complaint in complaints(aboutCall: call) {
      #expect(complaint.code == CP_ERROR_TYPE)
      #expect(complaint.position == 43)
      #expect(complaint.text.hasPrefix("call: unknown key \""))
    }
  }
}
