// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@Suite("What errors quote from the input")
struct QuotationTests {
  private func quotation(of input: Input) -> String? {
    let texts = Set(complaints(aboutPropertyList: input).map(\.text))
    guard let text = texts.first, texts.count == 1 else { return nil }
    let quoted = text.drop { $0 != "\"" }.dropFirst()
    return quoted.range(of: "\"; expected ").map { String(quoted[..<$0.lowerBound]) }
  }

  @Test("Every byte that is not printable ASCII is escaped; so are quotes and backslashes")
  func everyByte() {
    for byte in UInt8.min...UInt8.max where byte != 0 && byte != UInt8(ascii: ",") {
      let digits = String(byte, radix: 16)
      let expected =
        switch byte {
        case 0x22: "\\\""
        case 0x5C: "\\\\"
        case 0x20...0x7E: String(UnicodeScalar(byte))
        default: "\\x" + (digits.count == 1 ? "0" : "") + digits
        }
      #expect(quotation(of: Input([0x78, byte, 0x79])) == "x\(expected)y")
    }
  }

  @Test(
    "Terminal escapes, line breaks and bytes that are not UTF-8 do no harm in a log",
    arguments: [
      ("\u{1B}[31mred\u{07}", #"\x1b[31mred\x07"#),
      ("li\r\nPermitted", #"li\x0d\x0aPermitted"#),
      (Input([0xC3, 0x28, 0xFF]), #"\xc3(\xff"#),
      ("\u{9B}0m\u{7F}", #"\xc2\x9b0m\x7f"#),
      ("%s%n", "%s%n"),
    ] as [(Input, String)])
  func hostile(input: Input, quoted: String) {
    #expect(quotation(of: input) == quoted)
  }

  private static let longQuotations: [(text: String, quoted: String)] = [
    (repeated("x", 32), repeated("x", 32)),
    (repeated("x", 33), repeated("x", 32) + "..."),
    (repeated("x", 65_536), repeated("x", 32) + "..."),
    (repeated("\u{7F}", 8), repeated(#"\x7f"#, 8)),
    (repeated("\u{7F}", 9), repeated(#"\x7f"#, 8) + "..."),
    (repeated("x", 30) + "\"", repeated("x", 30) + "\\\""),
    (repeated("x", 31) + "\"", repeated("x", 31) + "..."),
    (repeated("x", 28) + "\u{01}", repeated("x", 28) + #"\x01"#),
    (repeated("x", 29) + "\u{01}y", repeated("x", 29) + "..."),
  ]

  @Test("A quotation of more than 32 characters is cut behind the last one that fits", arguments: longQuotations)
  func cutAtTheEnd(text: String, quoted: String) {
    #expect(quotation(of: Input(text)) == quoted)
  }

  private static let malformed: [(text: String, quoted: String)] = [
    ("[x]", "x]"),
    ("[" + repeated("y", 32), repeated("y", 32)),
    ("[" + repeated("y", 33), repeated("y", 32) + "..."),
    ("[" + repeated("y", 60_000), repeated("y", 32) + "..."),
    (#"["li" "lo","ri"]"#, #"\"lo\",\"ri\"]"#),
    ("[é\u{1B}[31m]", #"\xc3\xa9\x1b[31m]"#),
    ("[" + repeated("é", 5), repeated(#"\xc3\xa9"#, 4) + "..."),
    (#"{""# + repeated("z", 40) + #"" x]"#, "x]"),
  ]

  @Test("Malformed JSON is quoted from the first wrong byte on", arguments: malformed)
  func malformedJSON(text: String, quoted: String) {
    #expect(quotation(of: Input(text)) == quoted)
  }

  @Test("The tests' own way to quote is the same")
  func ownQuotation() {
    for (text, quoted) in Self.longQuotations { #expect(CallPropTests.quotation(Array(text.utf8)) == quoted) }
    #expect(CallPropTests.quotation([0x22, 0x5C, 0x09, 0x7F, 0x80, 0x41]) == #"\"\\\x09\x7f\x80A"#)
  }

  @Test(
    "However long the quotation is, what would be right stands behind it whole",
    arguments: [
      ("\(long)", "all, cq, li, lo, qli, qri, ri or ro"),
      ("[\"\(long)\"]", "all, cq, li, lo, qli, qri, ri or ro"),
      ("[[\"\(long)\"]]", "a name in quotes"),
      ("[{\"\(long)\":1}]", "mnemos; of a list of statuses, pass one of them"),
      ("[\(long)", "strict JSON in UTF-8"),
      ("[\"li\" \(long)]", "strict JSON in UTF-8"),
      (Input("[\"") + Input([0xFF]) + "\(long)\"]", "strict JSON in UTF-8"),
      ("[] \(long)", "nothing more"),
      ("{\"property_list\":\"\(long)\"}", #"mnemos, as in ["li","lo"]"#),
    ] as [(Input, String)])
  func propertyListRemedy(input: Input, expected: String) {
    for complaint in complaints(aboutPropertyList: input) {
      #expect(complaint.text.hasSuffix("...\"; expected \(expected)"))
    }
  }

  @Test(
    "However long the quotation is, what would be right stands behind it whole, for calls too",
    arguments: [
      ("\(long)", "key=value between commas"),
      ("\(long)=1", "src, dst, leg or callback"),
      ("src=\(long)", "extension, external, queue or ivr"),
      ("leg=\(long)", "src or dst"),
      ("callback=\(long)", "true or false"),
      ("{\"\(long)\":1}", "src, dst, leg or callback"),
      ("{\"src\":[\"\(long)\"]}", "a name in quotes"),
      ("{\"src\":\"\(long)\"}", "extension, external, queue or ivr"),
      ("{\"callback\":\"\(long)\"}", "true or false, without quotes"),
      ("[\"\(long)\"]", "keys src, dst, leg, callback"),
      ("{} \(long)", "nothing more"),
      ("{\"src\":\(long)", "strict JSON in UTF-8"),
    ] as [(Input, String)])
  func callRemedy(input: Input, expected: String) {
    for complaint in complaints(aboutCall: input) {
      #expect(complaint.text.hasSuffix("...\"; expected \(expected)"))
    }
  }

  private static func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  private static let long = String(repeating: "long-", count: 40)
}
