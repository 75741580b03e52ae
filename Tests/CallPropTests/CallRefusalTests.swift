// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@Suite("Calls as key=value that are refused")
struct CallRefusalTests {
  @Test("NULL is refused")
  func null() {
    expectRefusal(
      ofCall: Refusal(
        nil, CP_ERROR_ARGUMENT, at: -1, " is NULL", expected: "a call, such as src=external,dst=extension,leg=dst"))
  }

  @Test(
    "Empty text is refused: there is no empty call",
    arguments: [("", 0), (" ", 1), (" \t\r\n", 4), ("\u{FEFF}", 3), ("\u{FEFF} \n", 5)] as [(Input, Int)])
  func empty(input: Input, end: Int) {
    expectRefusal(
      ofCall: Refusal(
        input, CP_ERROR_SYNTAX, at: end, " is empty", expected: "src, dst, leg and perhaps callback"))
  }

  @Test(
    "An empty item is refused where it stands",
    arguments: [
      (",", 0), ("src=external,,dst=ivr,leg=dst", 13), ("src=external,dst=ivr,leg=dst,", 29),
      (",src=external,dst=ivr,leg=dst", 0), ("src=external, \t,dst=ivr,leg=dst", 15),
      ("src=external,dst=ivr,leg=dst, ", 30),
    ] as [(Input, Int)])
  func emptyItems(input: Input, position: Int) {
    expectRefusal(
      ofCall: Refusal(
        input, CP_ERROR_SYNTAX, at: position, " has an empty item", expected: "key=value between commas"))
  }

  @Test(
    "An item without = is refused where it stands",
    arguments: [
      ("src", 0, "src"),
      ("external,ivr,dst", 0, "external"),
      ("src:external,dst=ivr,leg=dst", 0, "src:external"),
      ("src=external, dst ,leg=dst", 14, "dst"),
      ("src=external,dst=ivr,leg=dst,callback", 29, "callback"),
      ("null", 0, "null"),
      (#""src""#, 0, #"\"src\""#),
      (" \u{FEFF}{\"src\":\"external\"}", 1, #"\xef\xbb\xbf{\"src\":\"external..."#),
      ("\u{FEFF}\u{FEFF}src", 3, #"\xef\xbb\xbfsrc"#),
      ("\u{FEFF}src", 3, "src"),
      ("src=external,dst", 13, "dst"),
    ] as [(Input, Int, String)])
  func noEqualsSign(input: Input, position: Int, quoted: String) {
    expectRefusal(
      ofCall: Refusal(
        input, CP_ERROR_SYNTAX, at: position, ": no = in \"\(quoted)\"", expected: "key=value between commas"))
  }

  @Test(
    "An unknown key is refused where it stands",
    arguments: [
      ("Src=external,dst=ivr,leg=dst", 0, "Src"),
      ("source=external,dst=ivr,leg=dst", 0, "source"),
      ("sr=external", 0, "sr"),
      ("=external", 0, ""),
      (" = external", 1, ""),
      ("src=external,dst=ivr,leg=dst,call_back=true", 29, "call_back"),
      ("src=external,dst=ivr,\r\n LEG = dst", 24, "LEG"),
      ("src=external,dst=ivr,leg=dst,extension=100", 29, "extension"),
      ("s rc=external", 0, "s rc"),
      ("src\u{0B}=external", 0, #"src\x0b"#),
      ("\u{A0}src=external", 0, #"\xc2\xa0src"#),
      (#""src"="external""#, 0, #"\"src\""#),
    ] as [(Input, Int, String)])
  func unknownKeys(input: Input, position: Int, quoted: String) {
    expectRefusal(
      ofCall: Refusal(
        input, CP_ERROR_TYPE, at: position, ": unknown key \"\(quoted)\"", expected: "src, dst, leg or callback"))
  }

  @Test(
    "A repeated key is refused at the second one",
    arguments: [
      ("src=external,src=external,dst=ivr,leg=dst", 13, "src"),
      ("src=external,dst=ivr,leg=dst,dst=ivr", 29, "dst"),
      ("leg=dst, leg=src", 9, "leg"),
      ("callback=true,callback=true", 14, "callback"),
      ("callback=false,src=external,callback=false", 28, "callback"),
      ("src=external,src=nobody", 13, "src"),
    ] as [(Input, Int, String)])
  func repeatedKeys(input: Input, position: Int, quoted: String) {
    expectRefusal(
      ofCall: Refusal(
        input, CP_ERROR_TYPE, at: position, ": repeated key \"\(quoted)\"", expected: "each key once"))
  }

  @Test(
    "A missing key is named",
    arguments: [
      ("callback=true", "src"), ("dst=ivr,leg=dst", "src"), ("src=external,leg=dst", "dst"),
      ("src=external,dst=ivr", "leg"), ("src=external,dst=ivr,callback=false", "leg"), ("src=external", "dst"),
    ] as [(Input, String)])
  func missingKeys(input: Input, key: String) {
    expectRefusal(
      ofCall: Refusal(
        input, CP_ERROR_TYPE, at: -1, " has no \(key)", expected: "src, dst, leg and perhaps callback"))
  }

  @Test(
    "A value that is none of the words is refused where it stands",
    arguments: [
      party("src=EXTENSION,dst=ivr,leg=dst", at: 4, "EXTENSION"),
      party("src=", at: 4, ""),
      party("src= ,dst=ivr,leg=dst", at: 4, ""),
      party("src=phone", at: 4, "phone"),
      party("src==external", at: 4, "=external"),
      party("src=external=,dst=ivr", at: 4, "external="),
      party("src = ext ernal ,dst=ivr", at: 6, "ext ernal"),
      party("src=\"external\"", at: 4, #"\"external\""#),
      party("src=external;dst=ivr;leg=dst", at: 4, "external;dst=ivr;leg=dst"),
      party("src=external,dst=Queue,leg=dst", at: 17, "Queue"),
      party("dst=menu,src=nobody", at: 4, "menu"),
      party("src=extensions", at: 4, "extensions"),
      party("src=iv\u{0B}", at: 4, #"iv\x0b"#),
      leg("leg=source", at: 4, "source"), leg("leg=", at: 4, ""),
      leg("src=external,dst=ivr,leg = Dst", at: 27, "Dst"), leg("leg=ivr", at: 4, "ivr"),
      flag("callback=True", at: 9, "True"), flag("callback=FALSE", at: 9, "FALSE"), flag("callback=1", at: 9, "1"),
      flag("callback=0", at: 9, "0"), flag("callback=yes", at: 9, "yes"), flag("callback=", at: 9, ""),
      flag("callback=null", at: 9, "null"), flag("src=external,dst=ivr,leg=dst,callback= truE", at: 39, "truE"),
    ])
  func unknownValues(refusal: Refusal) {
    expectRefusal(ofCall: refusal)
  }

  private static func party(_ input: Input, at position: Int, _ quoted: String) -> Refusal {
    Refusal(
      input, CP_ERROR_PARTY, at: position, ": no such party: \"\(quoted)\"",
      expected: "extension, external, queue or ivr")
  }

  private static func leg(_ input: Input, at position: Int, _ quoted: String) -> Refusal {
    Refusal(input, CP_ERROR_PARTY, at: position, ": no such leg: \"\(quoted)\"", expected: "src or dst")
  }

  private static func flag(_ input: Input, at position: Int, _ quoted: String) -> Refusal {
    Refusal(
      input, CP_ERROR_PARTY, at: position, ": no such callback value: \"\(quoted)\"", expected: "true or false")
  }
}
