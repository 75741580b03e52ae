// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

/// Everything that can be wrong with a text, and the whole message.
struct Message: Sendable, CustomTestStringConvertible {
  let problem: Problem
  let argument: Argument
  let input: Input?
  let code: Int
  let text: String

  init(_ problem: Problem, of argument: Argument, in input: Input?, _ code: Int, _ text: String) {
    self.problem = problem
    self.argument = argument
    self.input = input
    self.code = code
    self.text = text
  }

  var testDescription: String { text }

  static let all = propertyLists + calls + impossibleCalls

  private static let propertyLists = [
    Message(
      .isNull, of: .propertyList, in: nil, CP_ERROR_ARGUMENT,
      "property_list is NULL; expected a property list, such as li,lo"),
    Message(
      .tooLong, of: .propertyList, in: Input(String(repeating: " ", count: 65_537)), CP_ERROR_LIMIT,
      "property_list is too long; expected at most 65536 bytes"),
    Message(
      .nestedTooDeeply, of: .propertyList, in: Input(String(repeating: "[", count: 33)), CP_ERROR_LIMIT,
      "property_list: JSON is nested too deeply; expected at most 32 levels"),
    Message(
      .malformedJSON, of: .propertyList, in: #"["li" "lo"]"#, CP_ERROR_SYNTAX,
      #"property_list: malformed JSON at "\"lo\"]"; expected strict JSON in UTF-8"#),
    Message(
      .endsTooEarly, of: .propertyList, in: #"["li""#, CP_ERROR_SYNTAX,
      "property_list: JSON ends too early; expected the rest of it"),
    Message(
      .textAfterJSON, of: .propertyList, in: #"["li"] x"#, CP_ERROR_SYNTAX,
      #"property_list: text after the JSON value: "x"; expected nothing more"#),
    Message(
      .notUTF8, of: .propertyList, in: Input([0x5B, 0x22, 0xFF]), CP_ERROR_SYNTAX,
      #"property_list: JSON is not UTF-8 at "\xff"; expected strict JSON in UTF-8"#),
    Message(
      .emptyItem, of: .propertyList, in: "li,,lo", CP_ERROR_SYNTAX,
      "property_list has an empty item; expected a mnemo between commas"),
    Message(
      .notAString, of: .propertyList, in: "[7]", CP_ERROR_TYPE,
      #"property_list: not a JSON string: "7"; expected a name in quotes"#),
    Message(
      .noPropertyList, of: .propertyList, in: "{}", CP_ERROR_TYPE,
      #"property_list: the JSON object has no member property_list; expected one, as in {"property_list":["li"]}"#),
    Message(
      .propertyListNotAnArray, of: .propertyList, in: #"{"property_list":"li"}"#, CP_ERROR_TYPE,
      #"property_list: the member property_list is no array: "\"li\""; expected mnemos, as in ["li","lo"]"#),
    Message(
      .listOfStatuses, of: .propertyList, in: #"[{"id":1},{"id":2}]"#, CP_ERROR_TYPE,
      #"property_list holds an object: "{\"id\":1}"; expected mnemos; of a list of statuses, pass one of them"#),
    Message(
      .repeatedKey, of: .propertyList, in: #"{"property_list":[],"property_list":[]}"#, CP_ERROR_TYPE,
      #"property_list: repeated key "property_list"; expected each key once"#),
    Message(
      .unknownProperty, of: .propertyList, in: "xx", CP_ERROR_PROPERTY,
      #"property_list: no such property: "xx"; expected all, cq, li, lo, qli, qri, ri or ro"#),
  ]

  private static let calls = [
    Message(
      .isNull, of: .call, in: nil, CP_ERROR_ARGUMENT,
      "call is NULL; expected a call, such as src=external,dst=extension,leg=dst"),
    Message(
      .tooLong, of: .call, in: Input(String(repeating: " ", count: 65_537)), CP_ERROR_LIMIT,
      "call is too long; expected at most 65536 bytes"),
    Message(
      .nestedTooDeeply, of: .call, in: Input(String(repeating: "[", count: 33)), CP_ERROR_LIMIT,
      "call: JSON is nested too deeply; expected at most 32 levels"),
    Message(
      .malformedJSON, of: .call, in: "{src:1}", CP_ERROR_SYNTAX,
      #"call: malformed JSON at "src:1}"; expected strict JSON in UTF-8"#),
    Message(
      .endsTooEarly, of: .call, in: "{", CP_ERROR_SYNTAX, "call: JSON ends too early; expected the rest of it"),
    Message(
      .textAfterJSON, of: .call, in: "{} {}", CP_ERROR_SYNTAX,
      #"call: text after the JSON value: "{}"; expected nothing more"#),
    Message(
      .notUTF8, of: .call, in: Input([0x7B, 0x22, 0x80]), CP_ERROR_SYNTAX,
      #"call: JSON is not UTF-8 at "\x80"; expected strict JSON in UTF-8"#),
    Message(
      .emptyCall, of: .call, in: "", CP_ERROR_SYNTAX, "call is empty; expected src, dst, leg and perhaps callback"),
    Message(
      .emptyItem, of: .call, in: ",", CP_ERROR_SYNTAX, "call has an empty item; expected key=value between commas"),
    Message(
      .noEqualsSign, of: .call, in: "src", CP_ERROR_SYNTAX, #"call: no = in "src"; expected key=value between commas"#),
    Message(
      .notAnObject, of: .call, in: "[1]", CP_ERROR_TYPE,
      #"call: not a JSON object: "[1]"; expected keys src, dst, leg, callback"#),
    Message(
      .notAString, of: .call, in: #"{"src":1}"#, CP_ERROR_TYPE,
      #"call: not a JSON string: "1"; expected a name in quotes"#),
    Message(
      .notABoolean, of: .call, in: #"{"callback":"true"}"#, CP_ERROR_TYPE,
      #"call: not a JSON boolean: "\"true\""; expected true or false, without quotes"#),
    Message(
      .unknownKey, of: .call, in: "source=ivr", CP_ERROR_TYPE,
      #"call: unknown key "source"; expected src, dst, leg or callback"#),
    Message(
      .repeatedKey, of: .call, in: "leg=src,leg=src", CP_ERROR_TYPE,
      #"call: repeated key "leg"; expected each key once"#),
    Message(
      .missingSrc, of: .call, in: "{}", CP_ERROR_TYPE, "call has no src; expected src, dst, leg and perhaps callback"),
    Message(
      .missingDst, of: .call, in: "src=ivr", CP_ERROR_TYPE,
      "call has no dst; expected src, dst, leg and perhaps callback"),
    Message(
      .missingLeg, of: .call, in: "src=ivr,dst=ivr", CP_ERROR_TYPE,
      "call has no leg; expected src, dst, leg and perhaps callback"),
    Message(
      .unknownParty, of: .call, in: "src=phone", CP_ERROR_PARTY,
      #"call: no such party: "phone"; expected extension, external, queue or ivr"#),
    Message(
      .unknownLeg, of: .call, in: "leg=SRC", CP_ERROR_PARTY, #"call: no such leg: "SRC"; expected src or dst"#),
    Message(
      .unknownFlag, of: .call, in: "callback=yes", CP_ERROR_PARTY,
      #"call: no such callback value: "yes"; expected true or false"#),
  ]

  private static let impossibleCalls = [
    Message(
      .impossible(.voiceMenuAsSrc), of: .call, in: "src=ivr,dst=extension,leg=dst", CP_ERROR_CALL,
      "call cannot happen: a voice menu never makes a call; expected the caller as src, and dst=ivr"),
    Message(
      .impossible(.voiceMenuBeforeDst), of: .call, in: "src=ivr,dst=queue,leg=dst", CP_ERROR_CALL,
      "call cannot happen: a voice menu never makes a call; expected the caller as src"),
    Message(
      .impossible(.queueBeforeDst), of: .call, in: "src=queue,dst=external,leg=src", CP_ERROR_CALL,
      "call cannot happen: a queue makes a call only in a callback; expected the caller as src"),
    Message(
      .impossible(.noExtension), of: .call, in: "src=external,dst=external,leg=src", CP_ERROR_CALL,
      "call cannot happen: from outside to outside no extension takes part; expected nobody to be asked about it"),
    Message(
      .impossible(.queueWithoutCallback), of: .call, in: "src=queue,dst=extension,leg=dst", CP_ERROR_CALL,
      "call cannot happen: a queue makes a call only in a callback; "
        + "expected the caller as src, and dst=queue where it rings an agent"),
    Message(
      .impossible(.outsideNumberOnLegSrc), of: .call, in: "src=external,dst=extension,leg=src", CP_ERROR_CALL,
      "call cannot happen: src=external on leg src, where our own extension makes the call; "
        + "expected leg=dst where it is rung"),
    Message(
      .impossible(.outsideNumberOnLegDst), of: .call, in: "src=extension,dst=external,leg=dst", CP_ERROR_CALL,
      "call cannot happen: dst=external on leg dst, where our own extension is rung; "
        + "expected leg=src, for our own extension there"),
  ]
}

@Suite("Messages, word for word")
struct MessageTests {
  @Test("Each says the argument, what is wrong, and what would be right", arguments: Message.all)
  func texts(message: Message) {
    let found =
      switch message.argument {
      case .propertyList: complaints(aboutPropertyList: message.input)
      default: complaints(aboutCall: message.input)
      }
    for complaint in found {
      #expect(complaint.text == message.text)
      #expect(complaint.code == message.code)
    }
    #expect(message.problem.code == message.code)
  }

  @Test(
    "Those that no text leads to",
    arguments: [
      (Argument.buffer, Problem.isNull, CP_ERROR_ARGUMENT, "buffer is NULL; expected a buffer, or size 0"),
      (.out, .isNull, CP_ERROR_ARGUMENT, "out is NULL; expected a place for the result"),
      (
        .buffer, .outOfMemory, CP_ERROR_MEMORY,
        "buffer: no memory to write JSON; expected jansson's allocator to give some KiB"
      ),
      (
        .call, .impossible(.outOfRange), CP_ERROR_CALL,
        "call cannot happen: a value of it is out of range; expected CP_EXTENSION to CP_IVR, CP_LEG_SRC or CP_LEG_DST, 0 or 1"
      ),
    ] as [(Argument, Problem, Int, String)])
  func others(argument: Argument, problem: Problem, code: Int, expected: String) {
    let failure = Failure(argument, problem)
    let text = failure.text(quoting: Span())
    #expect(String(decoding: (0..<text.count).map { text.bytes[$0] }, as: UTF8.self) == expected)
    #expect(!text.isCut)
    #expect(problem.code == code)
    #expect(failure.position == -1)
  }

  @Test("No message is cut, however much it quotes", arguments: Message.all)
  func whole(message: Message) {
    let source = [UInt8](repeating: 0x7F, count: 100)
    // Only a call cannot happen.
    let arguments = message.problem.code == CP_ERROR_CALL ? [Argument.call] : [.propertyList, .call, .buffer, .out]
    for argument in arguments {
      let failure = Failure(argument, message.problem, at: Extent(start: 0, end: source.count))
      let text = failure.text(quoting: source.span)
      #expect(!text.isCut, "\(message.problem)")
    }
  }

  @Test("Every problem has a message here")
  func complete() {
    for problem in Problem.all { #expect(Message.all.contains { $0.problem == problem }, "\(problem)") }
    #expect(Problem.all.count == 32)
  }
}

extension Problem {
  /// All that a text can lead to. The switch reminds whoever adds one.
  fileprivate static var all: [Problem] {
    var all: [Problem] = []
    var next: Problem? = .isNull
    while let problem = next {
      all.append(problem)
      next = problem.next
    }
    return all
  }

  private var next: Problem? {
    switch self {
    case .isNull: .tooLong
    case .tooLong: .nestedTooDeeply
    case .nestedTooDeeply: .malformedJSON
    case .malformedJSON: .endsTooEarly
    case .endsTooEarly: .textAfterJSON
    case .textAfterJSON: .notUTF8
    case .notUTF8: .emptyCall
    case .emptyCall: .emptyItem
    case .emptyItem: .noEqualsSign
    case .noEqualsSign: .notAnObject
    case .notAnObject: .notAString
    case .notAString: .notABoolean
    case .notABoolean: .noPropertyList
    case .noPropertyList: .propertyListNotAnArray
    case .propertyListNotAnArray: .listOfStatuses
    case .listOfStatuses: .unknownKey
    case .unknownKey: .repeatedKey
    case .repeatedKey: .missingSrc
    case .missingSrc: .missingDst
    case .missingDst: .missingLeg
    case .missingLeg: .unknownProperty
    case .unknownProperty: .unknownParty
    case .unknownParty: .unknownLeg
    case .unknownLeg: .unknownFlag
    case .unknownFlag: .impossible(.voiceMenuAsSrc)
    case .impossible(.voiceMenuAsSrc): .impossible(.voiceMenuBeforeDst)
    case .impossible(.voiceMenuBeforeDst): .impossible(.queueWithoutCallback)
    case .impossible(.queueWithoutCallback): .impossible(.queueBeforeDst)
    case .impossible(.queueBeforeDst): .impossible(.outsideNumberOnLegSrc)
    case .impossible(.outsideNumberOnLegSrc): .impossible(.outsideNumberOnLegDst)
    case .impossible(.outsideNumberOnLegDst): .impossible(.noExtension)
    // No text leads to the rest.
    case .impossible(.noExtension), .impossible(.outOfRange), .outOfMemory: nil
    }
  }
}
