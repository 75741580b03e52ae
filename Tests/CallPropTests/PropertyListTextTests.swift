// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

/// A property list that is read, and the set that it is.
struct AcceptedList: Sendable, CustomTestStringConvertible {
  let input: Input
  let mnemos: [String]

  init(_ input: Input, _ mnemos: String...) {
    self.input = input
    self.mnemos = mnemos
  }

  var testDescription: String { input.testDescription }

  func expectAcceptance(at place: SourceLocation = #_sourceLocation) {
    var out: cp_properties = 0xDEAD_BEEF
    var error = cp_error.garbage
    #expect(cp_properties_parse(input.characters, &out, &error) == 1, "\(Complaint(error))", sourceLocation: place)
    #expect(out == mnemos.properties, sourceLocation: place)
    #expect(error.isCleared, sourceLocation: place)
  }
}

@Suite("Property lists that are read")
struct PropertyListTextTests {
  @Test(
    "Mnemos joined by commas",
    arguments: [
      AcceptedList(""), AcceptedList(" "), AcceptedList(" \t\r\n"),
      AcceptedList("li", "li"),
      AcceptedList("li,lo", "li", "lo"),
      AcceptedList("li, lo", "li", "lo"),
      AcceptedList(" \t\r\nli\t ,\r\n lo\n", "li", "lo"),
      AcceptedList("li\r\n", "li"),
      AcceptedList("ro,ri,qri,qli,lo,li,cq,all", "all", "cq", "li", "lo", "qli", "qri", "ri", "ro"),
      AcceptedList("qri,qri, qri ,li,qri", "qri", "li"),
    ])
  func commaSeparated(list: AcceptedList) {
    list.expectAcceptance()
  }

  @Test(
    "A JSON array",
    arguments: [
      AcceptedList("[]"), AcceptedList(" \t\r\n[ \t\r\n] \t\r\n"),
      AcceptedList(#"["li"]"#, "li"),
      AcceptedList(#"["li","lo"]"#, "li", "lo"),
      AcceptedList("\r\n[\t\"ri\"\n,\r\"ro\" ] ", "ri", "ro"),
      AcceptedList(#"["li","li","all","li"]"#, "all", "li"),
      AcceptedList(#"["\u006c\u0069","q\u0072\u0069"]"#, "li", "qri"),
    ])
  func array(list: AcceptedList) {
    list.expectAcceptance()
  }

  @Test(
    "A status object, whatever its other members are",
    arguments: [
      AcceptedList(#"{"property_list":[]}"#),
      AcceptedList(#"{"property_list":["li"]}"#, "li"),
      AcceptedList(" { \"property_list\"\t:\r\n[ \"li\" , \"ro\" ] } \n", "li", "ro"),
      AcceptedList(#"{"\u0070roperty_\u006Cist":["li"]}"#, "li"),
      AcceptedList(
        #"{"id":12345678901234567890,"name":"At work","property_list":["li","lo"],"color":null,"on":true}"#, "li", "lo"),
      AcceptedList(#"{"property_list":["li"],"inner":{"property_list":["all"]}}"#, "li"),
      AcceptedList(#"{"inner":{"property_list":["all"]},"list":["all"],"property_list":["li"]}"#, "li"),
      AcceptedList(#"{"Property_List":["all"],"property_list ":["all"],"property_list":["li"]}"#, "li"),
      AcceptedList(#"{"":"all","mnemo":["all"],"property_list":["li"]}"#, "li"),
      AcceptedList(#"{"x":[{"a":1},{"a":2}],"y":{"a":{"a":3}},"property_list":["li"]}"#, "li"),
      AcceptedList(#"{"x":["]","}",",",":","\"","\\","\\\""],"property_list":["li"]}"#, "li"),
      AcceptedList(#"{"имя":"На работе é 中 😀","x":"\ud83d\ude00\u00e9\b\f\n\r\t\/","property_list":["ri"]}"#, "ri"),
      AcceptedList(Input("{\"x\":\"\u{7F}\u{80}\u{2028}\u{10FFFF}\",\"property_list\":[\"ri\"]}"), "ri"),
    ])
  func object(list: AcceptedList) {
    list.expectAcceptance()
  }

  @Test(
    "Numbers in ignored members, of any form and length",
    arguments: [
      "0", "-0", "7", "0.5", "-1.5e-3", "1E+2", "1e300", "1e-300", "1e-400", "9223372036854775807",
      "9223372036854775808", "-9223372036854775809", "18446744073709551616", "12345678901234567890123456789", "1e400",
      "-1e309", "1e999", "-1E-999", "0e99999999999999999999",
      String(repeating: "9", count: 300), "0." + String(repeating: "3", count: 5000),
    ])
  func numbers(number: String) {
    AcceptedList(Input(#"{"id":\#(number),"property_list":["li"],"ids":[\#(number)]}"#), "li").expectAcceptance()
  }

  @Test("Every set is read in all three forms, and what is formatted is read back")
  func everySet() {
    for set in Vocabulary.sets {
      let commas = Input(set.joined(separator: ","))
      let forms = [commas, set.json, Input(#"{"property_list":"#) + set.json + "}"]
      for form in forms {
        var out: cp_properties = 0xDEAD_BEEF
        #expect(cp_properties_parse(form.characters, &out, nil) == 1)
        #expect(out == set.properties)
      }
      var buffer = [CChar](repeating: 0x7A, count: Int(CP_PROPERTIES_MAX))
      #expect(cp_properties_format(set.properties, &buffer, buffer.count) == commas.bytes.count)
      #expect(text(buffer) == set.joined(separator: ","))
    }
  }
}
