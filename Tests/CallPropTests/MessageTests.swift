// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

@Suite("Messages: the argument, what is wrong, and what would be right")
struct MessageTests {
  @Test(
    "Those that no text leads to, word for word",
    arguments: [
      (
        Argument.buffer, Problem.outOfMemory, CP_ERROR_MEMORY,
        "buffer: no memory to write JSON; expected jansson's allocator to give some KiB"
      ),
      (
        .call, .impossible(.outOfRange), CP_ERROR_CALL,
        "call cannot happen: a value of it is out of range; expected CP_EXTENSION to CP_IVR, CP_LEG_SRC or CP_LEG_DST, 0 or 1"
      ),
    ] as [(Argument, Problem, Int, String)])
  func others(argument: Argument, problem: Problem, code: Int, expected: String) {
    let failure = Failure(argument, problem)
    #expect(failure.wholeText == expected)
    #expect(!failure.text(quoting: Span()).isCut)
    #expect(problem.code == code)
    #expect(failure.position == -1)
  }

  @Test("No message is cut, however much it quotes", arguments: Problem.all)
  func whole(problem: Problem) {
    let source = [UInt8](repeating: 0x7F, count: 100)
    // Only a call cannot happen.
    let arguments = problem.code == CP_ERROR_CALL ? [Argument.call] : [.propertyList, .call, .buffer, .out]
    for argument in arguments {
      let failure = Failure(argument, problem, at: Extent(start: 0, end: source.count))
      let text = failure.text(quoting: source.span)
      #expect(!text.isCut, "\(problem)")
    }
  }
}

extension Failure {
  /// The text where nothing is quoted.
  var wholeText: String {
    let text = text(quoting: Span())
    return String(decoding: (0..<text.count).map { text.bytes[$0] }, as: UTF8.self)
  }
}

extension Problem {
  /// All that a text can lead to. The switch reminds whoever adds one.
  static var all: [Problem] {
    var all: [Problem] = []
    var next: Problem? = .isNull
    while let problem = next {
      all.append(problem)
      next = problem.next
    }
    return all
  }

  /// The name of its case; of calls that cannot happen, that of the impossibility.
  var name: String {
    if case .impossible(let impossibility) = self { return "\(impossibility)" }
    return "\(self)"
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
