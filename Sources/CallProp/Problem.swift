// SPDX-License-Identifier: MIT

/// The argument that an error is about, by its name in the header.
enum Argument {
  case propertyList, call, buffer, out

  var name: Literal {
    switch self {
    case .propertyList: "property_list"
    case .call: "call"
    case .buffer: "buffer"
    case .out: "out"
    }
  }
}

/// The ABI's `cp_error.code`.
enum ErrorCode: Int32 {
  case ok, argument, limit, syntax, type, property, party, call, memory
}

/// Everything that can be wrong with an argument. `Problem+Wording.swift` has the words.
enum Problem: Equatable {
  case isNull
  case tooLong, nestedTooDeeply
  case malformedJSON, endsTooEarly, textAfterJSON, notUTF8
  case emptyCall, emptyItem, noEqualsSign
  case notAnObject, notAString, notABoolean
  case noPropertyList, propertyListNotAnArray
  case unknownKey, repeatedKey, missingSrc, missingDst, missingLeg
  case unknownProperty
  case unknownParty, unknownLeg, unknownFlag
  case impossible(Impossibility)
  case outOfMemory

  var code: ErrorCode {
    switch self {
    case .isNull:
      .argument
    case .tooLong, .nestedTooDeeply:
      .limit
    case .malformedJSON, .endsTooEarly, .textAfterJSON, .notUTF8, .emptyCall, .emptyItem,
      .noEqualsSign:
      .syntax
    case .notAnObject, .notAString, .notABoolean, .noPropertyList, .propertyListNotAnArray, .unknownKey,
      .repeatedKey, .missingSrc, .missingDst, .missingLeg:
      .type
    case .unknownProperty:
      .property
    case .unknownParty, .unknownLeg, .unknownFlag:
      .party
    case .impossible:
      .call
    case .outOfMemory:
      .memory
    }
  }
}

/// Why the decision table has no entry for a call.
enum Impossibility {
  case originatingLegNotOurs, voiceMenuOriginates, queueWithoutCallback, externalLegNotOurs
}

extension Call {
  /// Which of the reasons applies, given that the decision table says that the call cannot happen.
  var impossibility: Impossibility {
    if leg == .src && src != .queue { return .originatingLegNotOurs }
    if src == .ivr { return .voiceMenuOriginates }
    if dst == .external && leg == .dst { return .externalLegNotOurs }
    return .queueWithoutCallback
  }
}

/// A problem, and where it is. The text that it is about stays with the caller.
struct Failure: Error {
  let argument: Argument
  let problem: Problem
  /// The offending part of the text; nil when no single place is at fault.
  let extent: Extent?

  init(_ argument: Argument, _ problem: Problem, at extent: Extent? = nil) {
    self.argument = argument
    self.problem = problem
    self.extent = extent
  }
}
