// SPDX-License-Identifier: MIT

import CCallProp

extension Problem {
  /// What is wrong, to be read behind the argument's name. A quotation of the input may follow.
  var wording: Literal {
    switch self {
    case .isNull: " is NULL"
    case .tooLong: " is too long"
    case .nestedTooDeeply: ": JSON is nested too deeply"
    case .malformedJSON: ": malformed JSON at"
    case .endsTooEarly: ": JSON ends too early"
    case .textAfterJSON: ": text after the JSON value:"
    case .notUTF8: ": JSON is not UTF-8 at"
    case .emptyCall: " is empty"
    case .emptyItem: " has an empty item"
    case .noEqualsSign: ": no = in"
    case .notAnObject: ": not a JSON object:"
    case .notAString: ": not a JSON string:"
    case .notABoolean: ": not a JSON boolean:"
    case .noPropertyList: ": the JSON object has no member property_list"
    case .propertyListNotAnArray: ": the member property_list is no array:"
    case .listOfStatuses: " holds an object:"
    case .unknownKey: ": unknown key"
    case .repeatedKey: ": repeated key"
    case .missingSrc: " has no src"
    case .missingDst: " has no dst"
    case .missingLeg: " has no leg"
    case .unknownProperty: ": no such property:"
    case .unknownParty: ": no such party:"
    case .unknownLeg: ": no such leg:"
    case .unknownFlag: ": no such callback value:"
    case .impossible: " cannot happen: "
    case .outOfMemory: ": no memory to write JSON"
    }
  }

  /// Whether a quotation of the offending part helps.
  var isQuoted: Bool {
    switch self {
    case .malformedJSON, .notUTF8, .textAfterJSON, .noEqualsSign, .notAnObject, .notAString, .notABoolean,
      .propertyListNotAnArray, .listOfStatuses, .unknownKey, .repeatedKey, .unknownProperty, .unknownParty,
      .unknownLeg, .unknownFlag:
      true
    default:
      false
    }
  }

  /// The most that would have been right.
  var limit: Int? {
    switch self {
    case .tooLong: CP_TEXT_MAX
    case .nestedTooDeeply: CP_DEPTH_MAX
    default: nil
    }
  }

  /// What would have been right, to be read behind the limit where there is one.
  func remedy(for argument: Argument) -> Literal {
    switch self {
    case .tooLong: " bytes"
    case .nestedTooDeeply: " levels"
    case .isNull:
      switch argument {
      case .propertyList: "a property list, such as li,lo"
      case .call: "a call, such as src=external,dst=extension,leg=dst"
      case .buffer: "a buffer, or size 0"
      case .out: "a place for the result"
      }
    case .malformedJSON, .notUTF8: "strict JSON in UTF-8"
    case .endsTooEarly: "the rest of it"
    case .textAfterJSON: "nothing more"
    case .emptyCall, .missingSrc, .missingDst, .missingLeg: "src, dst, leg and perhaps callback"
    case .emptyItem: argument == .call ? "key=value between commas" : "a mnemo between commas"
    case .noEqualsSign: "key=value between commas"
    case .propertyListNotAnArray: "mnemos, as in [\"li\",\"lo\"]"
    case .listOfStatuses: "mnemos; of a list of statuses, pass one of them"
    case .notAnObject: "keys src, dst, leg, callback"
    case .notAString: "a name in quotes"
    case .noPropertyList: "one, as in {\"property_list\":[\"li\"]}"
    case .unknownKey: "src, dst, leg or callback"
    case .repeatedKey: "each key once"
    case .unknownProperty: "all, cq, li, lo, qli, qri, ri or ro"
    case .unknownParty: "extension, external, queue or ivr"
    case .unknownLeg: "src or dst"
    case .notABoolean: "true or false, without quotes"
    case .unknownFlag: "true or false"
    case .impossible(let impossibility): impossibility.remedy
    case .outOfMemory: "jansson's allocator to give some KiB"
    }
  }
}
