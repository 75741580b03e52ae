// SPDX-License-Identifier: MIT

import CCallProp

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

/// Everything that can be wrong with an argument. `Problem+Wording.swift` has the words.
enum Problem: Equatable {
  case isNull
  case tooLong, nestedTooDeeply
  case malformedJSON, endsTooEarly, textAfterJSON, notUTF8
  case emptyCall, emptyItem, noEqualsSign
  case notAnObject, notAString, notABoolean
  case noPropertyList, propertyListNotAnArray, listOfStatuses
  case unknownKey, repeatedKey, missingSrc, missingDst, missingLeg
  case unknownProperty
  case unknownParty, unknownLeg, unknownFlag
  case impossible(Impossibility)
  case outOfMemory

  /// The ABI's `cp_error.code`.
  var code: Int {
    switch self {
    case .isNull:
      CP_ERROR_ARGUMENT
    case .tooLong, .nestedTooDeeply:
      CP_ERROR_LIMIT
    case .malformedJSON, .endsTooEarly, .textAfterJSON, .notUTF8, .emptyCall, .emptyItem, .noEqualsSign:
      CP_ERROR_SYNTAX
    case .notAnObject, .notAString, .notABoolean, .noPropertyList, .propertyListNotAnArray, .listOfStatuses,
      .unknownKey, .repeatedKey, .missingSrc, .missingDst, .missingLeg:
      CP_ERROR_TYPE
    case .unknownProperty:
      CP_ERROR_PROPERTY
    case .unknownParty, .unknownLeg, .unknownFlag:
      CP_ERROR_PARTY
    case .impossible:
      CP_ERROR_CALL
    case .outOfMemory:
      CP_ERROR_MEMORY
    }
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

  /// The ABI's `cp_error.position`.
  var position: Int { extent?.start ?? -1 }
}
