// SPDX-License-Identifier: MIT

import CCallProp
import Testing

/// What is said of a part that cannot be a mnemo, of a newer PBX either.
private func notAMnemo(_ quoted: String) -> String {
  ": no such property: \"\(quoted)\"; expected all, cq, li, lo, qli, qri, ri or ro"
}

@Suite("cp_properties_parse_known")
struct KnownPropertiesTests {
  /// A list of a newer PBX: what is known of it, and where the first mnemo stands that is not.
  struct NewerList: Sendable, CustomTestStringConvertible {
    let input: Input
    let mnemos: [String]
    let position: Int
    let quoted: String

    init(_ input: Input, _ mnemos: [String], at position: Int, _ quoted: String) {
      self.input = input
      self.mnemos = mnemos
      self.position = position
      self.quoted = quoted
    }

    var testDescription: String { input.testDescription }

    var complaint: Complaint {
      Complaint(
        code: CP_ERROR_PROPERTY, position: position,
        text: "property_list: no such property: \"\(quoted)\"; expected all, cq, li, lo, qli, qri, ri or ro")
    }
  }

  @Test(
    "A mnemo that is not known grants nothing, and the first one is reported",
    arguments: [
      NewerList("xx", [], at: 0, "xx"),
      NewerList("li,xx", ["li"], at: 3, "xx"),
      NewerList("xx,li", ["li"], at: 0, "xx"),
      NewerList(" li , xx , yy ,ro", ["li", "ro"], at: 6, "xx"),
      NewerList("LI,ALL,lo", ["lo"], at: 0, "LI"),
      NewerList("li,_new-9Z", ["li"], at: 3, "_new-9Z"),
      NewerList("0,az,AZ,li,-,_,9", ["li"], at: 0, "0"),
      NewerList(#"["xx"]"#, [], at: 2, "xx"),
      NewerList(#"["li","xx","lo","yy"]"#, ["li", "lo"], at: 7, "xx"),
      NewerList(#"["","li"]"#, ["li"], at: 2, ""),
      NewerList(#"["\u0061ll\u0000","l\u0069"]"#, ["li"], at: 2, #"\\u0061ll\\u0000"#),
      NewerList(#"{"property_list":["li","xx"]}"#, ["li"], at: 24, "xx"),
      NewerList(#"{"id":["yy"],"property_list":["xx","cq"],"x":["zz"]}"#, ["cq"], at: 31, "xx"),
      NewerList("\u{FEFF}xx,li", ["li"], at: 3, "xx"),
      NewerList(
        #"["a property with a name that is longer than any of ours","all"]"#, ["all"], at: 2,
        "a property with a name that is l..."),
    ])
  func unknown(list: NewerList) {
    var out: cp_properties = 0xDEAD_BEEF
    var unknown = cp_error.garbage
    #expect(cp_properties_parse_known(list.input.characters, &out, &unknown) == 1)
    #expect(out == list.mnemos.properties)
    #expect(Complaint(unknown) == list.complaint)
    #expect(unknown.isTidy)

    // Whoever does not want to know gets the same set.
    out = 0xDEAD_BEEF
    #expect(cp_properties_parse_known(list.input.characters, &out, nil) == 1)
    #expect(out == list.mnemos.properties)

    // Whoever wants the list as it is has it refused for the same.
    expectRefusal(
      ofPropertyList: Refusal(
        list.input, CP_ERROR_PROPERTY, at: list.position, ": no such property: \"\(list.quoted)\"",
        expected: "all, cq, li, lo, qli, qri, ri or ro"))
  }

  @Test("Where all are known, it is as cp_properties_parse, and reports nothing")
  func everySet() {
    for set in Vocabulary.sets {
      let commas = Input(set.joined(separator: ","))
      for form in [commas, set.json, Input(#"{"property_list":"#) + set.json + "}"] {
        var out: cp_properties = 0xDEAD_BEEF
        var unknown = cp_error.garbage
        #expect(cp_properties_parse_known(form.characters, &out, &unknown) == 1)
        #expect(out == set.properties)
        #expect(unknown.isCleared)
      }
    }
  }

  /// A list that is wrong, also behind mnemos that are not known: what is said of it.
  struct WrongList: Sendable, CustomTestStringConvertible {
    let input: Input?
    let complaint: Complaint

    init(_ input: Input?, _ code: Int, at position: Int, _ text: String) {
      self.input = input
      complaint = Complaint(code: code, position: position, text: "property_list" + text)
    }

    var testDescription: String { input?.testDescription ?? "NULL" }
  }

  @Test(
    "Whatever else is wrong is an error, also behind a mnemo that is not known",
    arguments: [
      WrongList(nil, CP_ERROR_ARGUMENT, at: -1, " is NULL; expected a property list, such as li,lo"),
      WrongList(
        Input(String(repeating: "x", count: 65_537)), CP_ERROR_LIMIT, at: 65_536,
        " is too long; expected at most 65536 bytes"),
      WrongList("all,li;lo", CP_ERROR_PROPERTY, at: 4, notAMnemo("li;lo")),
      WrongList("all,x y", CP_ERROR_PROPERTY, at: 4, notAMnemo("x y")),
      WrongList("xx,@,all", CP_ERROR_PROPERTY, at: 3, notAMnemo("@")),
      WrongList("`,all", CP_ERROR_PROPERTY, at: 0, notAMnemo("`")),
      WrongList("all,{", CP_ERROR_PROPERTY, at: 4, notAMnemo("{")),
      WrongList("all,a/", CP_ERROR_PROPERTY, at: 4, notAMnemo("a/")),
      WrongList("all,:", CP_ERROR_PROPERTY, at: 4, notAMnemo(":")),
      WrongList("all,Z[", CP_ERROR_PROPERTY, at: 4, notAMnemo("Z[")),
      WrongList("src=extension,all", CP_ERROR_PROPERTY, at: 0, notAMnemo("src=extension")),
      WrongList(Input("all,") + Input([0xFF, 0xFE]), CP_ERROR_PROPERTY, at: 4, notAMnemo(#"\xff\xfe"#)),
      WrongList("xx,", CP_ERROR_SYNTAX, at: 3, " has an empty item; expected a mnemo between commas"),
      WrongList("xx,,li", CP_ERROR_SYNTAX, at: 3, " has an empty item; expected a mnemo between commas"),
      WrongList(
        #"["xx" "li"]"#, CP_ERROR_SYNTAX, at: 6, #": malformed JSON at "\"li\"]"; expected strict JSON in UTF-8"#),
      WrongList(#"["xx","#, CP_ERROR_SYNTAX, at: 6, ": JSON ends too early; expected the rest of it"),
      WrongList(#"["xx"]]"#, CP_ERROR_SYNTAX, at: 6, #": text after the JSON value: "]"; expected nothing more"#),
      WrongList(
        Input("[\"xx\",\"") + Input([0xFF]) + "\"]", CP_ERROR_SYNTAX, at: 7,
        #": JSON is not UTF-8 at "\xff\"]"; expected strict JSON in UTF-8"#),
      WrongList(#"["xx",7]"#, CP_ERROR_TYPE, at: 6, #": not a JSON string: "7"; expected a name in quotes"#),
      WrongList(
        #"["xx",{}]"#, CP_ERROR_TYPE, at: 6,
        #" holds an object: "{}"; expected mnemos; of a list of statuses, pass one of them"#),
      WrongList(
        #"{"property_list":["xx"],"property_list":[]}"#, CP_ERROR_TYPE, at: 25,
        #": repeated key "property_list"; expected each key once"#),
      WrongList(
        #"{"property_list":"xx"}"#, CP_ERROR_TYPE, at: 17,
        #": the member property_list is no array: "\"xx\""; expected mnemos, as in ["li","lo"]"#),
      WrongList(
        "{}", CP_ERROR_TYPE, at: -1,
        #": the JSON object has no member property_list; expected one, as in {"property_list":["li"]}"#),
      WrongList(
        Input(#"["xx","# + String(repeating: "[", count: 40)), CP_ERROR_LIMIT, at: 37,
        ": JSON is nested too deeply; expected at most 32 levels"),
    ])
  func wrong(list: WrongList) {
    var out: cp_properties = 0xDEAD_BEEF
    var error = cp_error.garbage
    #expect(cp_properties_parse_known(list.input?.characters, &out, &error) == 0)
    #expect(out == 0xDEAD_BEEF, "out is untouched")
    #expect(Complaint(error) == list.complaint)
    #expect(error.isTidy)
    #expect(cp_properties_parse_known(list.input?.characters, &out, nil) == 0)
  }

  @Test("A NULL where the set should go is refused, and no mnemo is reported", arguments: ["li", "xx", #"["xx"]"#, ""])
  func nullOut(text: String) {
    var error = cp_error.garbage
    #expect(cp_properties_parse_known(text, nil, &error) == 0)
    #expect(
      Complaint(error)
        == Complaint(code: CP_ERROR_ARGUMENT, position: -1, text: "out is NULL; expected a place for the result"))
    #expect(error.isTidy)
  }

  @Test("Only this function is lenient: a decision refuses the whole list")
  func decisions() {
    var error = cp_error.garbage
    #expect(cp_allows("all,xx", "src=external,dst=ivr,leg=dst", &error) == 0)
    #expect(Int(error.code) == CP_ERROR_PROPERTY)
  }
}
