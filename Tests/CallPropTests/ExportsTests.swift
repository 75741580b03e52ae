// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

@Suite("The exported functions, as C calls them")
struct ExportsTests {
  private let call = Facts("external", "queue", leg: "dst", callback: false)

  // MARK: - Errors

  @Test("The error is cleared at entry, so that it is CP_OK after permission and denial")
  func errorIsCleared() {
    for (list, permitted) in [("qri", 1), ("li", 0)] {
      var error = cp_error.garbage
      #expect(cp_allows(list, "src=external,dst=queue,leg=dst", &error) == permitted)
      #expect(error.isCleared)
      error = .garbage
      #expect(cp_explain(list, "src=external,dst=queue,leg=dst", nil, 0, &error) > 0)
      #expect(error.isCleared)
    }
  }

  @Test("Without an error to fill in, refusals are refusals all the same")
  func noError() {
    var set: cp_properties = 0xDEAD_BEEF
    var out = call.abi
    #expect(cp_allows("xx", "src=external,dst=queue,leg=dst", nil) == 0)
    #expect(cp_allows(nil, nil, nil) == 0)
    #expect(cp_explain("li", "src", nil, 0, nil) == 0)
    #expect(cp_properties_parse("[", &set, nil) == 0)
    #expect(cp_properties_parse_known("[", &set, nil) == 0)
    #expect(cp_properties_parse_known(nil, nil, nil) == 0)
    #expect(cp_properties_parse(nil, nil, nil) == 0)
    #expect(cp_call_parse("{}", &out, nil) == 0)
    #expect(cp_call_parse(nil, nil, nil) == 0)
    #expect(set == 0xDEAD_BEEF)
    #expect(out == call.abi)
  }

  @Test("The property list is read first: when both arguments are wrong, the error is about it")
  func propertyListFirst() {
    let lists: [(String?, Int)] = [(nil, CP_ERROR_ARGUMENT), ("xx", CP_ERROR_PROPERTY), ("[", CP_ERROR_SYNTAX)]
    for (list, code) in lists {
      for wrong in [nil, "", "src=x", "{", "src=ivr,dst=ivr,leg=src"] as [String?] {
        var error = cp_error.garbage
        #expect(cp_allows(list, wrong, &error) == 0)
        #expect(Int(error.code) == code)
        #expect(Complaint(error).text.hasPrefix("property_list"))
        error = .garbage
        #expect(cp_explain(list, wrong, nil, 0, &error) == 0)
        #expect(Int(error.code) == code)
      }
    }
  }

  @Test("A NULL where the result should go is refused")
  func nullOut() {
    var error = cp_error.garbage
    let expected = Complaint(
      code: CP_ERROR_ARGUMENT, position: -1, text: "out is NULL; expected a place for the result")
    #expect(cp_properties_parse("li", nil, &error) == 0)
    #expect(error.isTidy && Complaint(error) == expected)
    error = .garbage
    #expect(cp_call_parse("src=external,dst=queue,leg=dst", nil, &error) == 0)
    #expect(error.isTidy && Complaint(error) == expected)
    error = .garbage
    #expect(cp_properties_parse_known("li", nil, &error) == 0)
    #expect(error.isTidy && Complaint(error) == expected)
  }

  @Test("What is wrong with the text counts before the NULL where its result should go")
  func nullOutAfterText() {
    var error = cp_error.garbage
    #expect(cp_properties_parse("xx", nil, &error) == 0)
    #expect(Int(error.code) == CP_ERROR_PROPERTY)
    #expect(cp_properties_parse_known("[", nil, &error) == 0)
    #expect(Int(error.code) == CP_ERROR_SYNTAX)
    #expect(cp_call_parse("{}", nil, &error) == 0)
    #expect(Int(error.code) == CP_ERROR_TYPE)
  }

  // MARK: - Buffers

  @Test("On an error the buffer gets the empty text, as far as it has room", arguments: 0...2)
  func explainErrorBuffer(size: Int) {
    for (list, wrong) in [("xx", "src=external,dst=queue,leg=dst"), ("li", "src=ivr,dst=ivr,leg=src"), ("li", "[")] {
      var buffer: [CChar] = [0x7A, 0x7A, 0x7A]
      #expect(cp_explain(list, wrong, &buffer, size, nil) == 0)
      #expect(buffer == [size == 0 ? 0x7A : 0, 0x7A, 0x7A])
    }
  }

  @Test("cp_properties_format leaves out bits that are no property's; the empty set is the empty text")
  func formatUnknownBits() {
    var buffer = [CChar](repeating: 0x7A, count: Int(CP_PROPERTIES_MAX))
    #expect(cp_properties_format(0xFFFF_FF00, &buffer, buffer.count) == 0)
    #expect(text(buffer) == "")
    #expect(cp_properties_format(.max, &buffer, buffer.count) == 26)
    #expect(text(buffer) == "all,cq,li,lo,qli,qri,ri,ro")
  }

  // MARK: - Values

  @Test("NULL is a call that cannot happen")
  func nullCall() {
    #expect(cp_required(nil) == 0)
    #expect(cp_permits(.max, nil) == 0)
  }

  @Test("A call that is parsed is the call that is decided on")
  func parsedCall() {
    var out = cp_call()
    #expect(cp_call_parse(#"{"src":"queue","dst":"external","leg":"src","callback":true}"#, &out, nil) == 1)
    #expect(out == cp_call(src: 2, dst: 1, leg: 0, callback: 1))
    #expect(cp_required(&out) == cp_properties(CP_CQ))
    #expect(cp_permits(cp_properties(CP_CQ), &out) == 1)
    #expect(cp_permits(cp_properties(CP_LI), &out) == 0)
  }

  @Test("Any thread may ask at any time")
  func threads() async {
    let decisions = Scenario.all.map { ($0.required, $0.call.json.characters) }
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<16 {
        group.addTask {
          decisions.count { required, call in
            cp_allows(required, call, nil) == 1 && cp_allows("", call, nil) == 0
              && cp_explain("[\"\(required)\"]", call, nil, 0, nil) > 0
          }
        }
      }
      for await right in group { #expect(right == decisions.count) }
    }
  }
}
