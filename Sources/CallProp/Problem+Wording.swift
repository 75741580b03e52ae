// SPDX-License-Identifier: MIT

extension Problem {
  /// What is wrong. A quotation of the input may follow.
  var wording: Literal {
    switch self {
    case .isNull: "is NULL"
    case .tooLong: "is too long"
    case .nestedTooDeeply: "JSON is nested deeper than 32 levels"
    case .malformedJSON: "JSON is malformed after"
    case .endsTooEarly: "JSON ends too early, after"
    case .textAfterJSON: "text after the JSON value"
    case .notUTF8: "JSON is not UTF-8 after"
    case .emptyCall: "is empty"
    case .emptyItem: "has an empty item"
    case .noEqualsSign: "no = in"
    case .notAnObject: "not a JSON object:"
    case .notAString: "not a JSON string:"
    case .notABoolean: "not a JSON boolean:"
    case .noPropertyList: "the JSON object has no property_list"
    case .propertyListNotAnArray: "property_list is no JSON array:"
    case .unknownKey: "unknown key"
    case .repeatedKey: "repeated key"
    case .missingSrc: "has no src"
    case .missingDst: "has no dst"
    case .missingLeg: "has no leg"
    case .unknownProperty: "no such property:"
    case .unknownParty: "no such party:"
    case .unknownLeg: "no such leg:"
    case .unknownFlag: "no such callback value:"
    case .impossible(.originatingLegNotOurs):
      "cannot happen: on leg src, no outside number or voice menu originates"
    case .impossible(.voiceMenuOriginates):
      "cannot happen: a voice menu never originates a call"
    case .impossible(.queueWithoutCallback):
      "cannot happen: a queue originates only in a callback"
    case .impossible(.externalLegNotOurs):
      "cannot happen: an outside dst is no leg of our extension"
    case .outOfMemory: "memory ran out"
    }
  }

  /// What would have been right.
  func remedy(for argument: Argument) -> Literal {
    switch self {
    case .isNull:
      switch argument {
      case .propertyList: "a property list, such as li,lo"
      case .call: "a call, such as src=external,dst=extension,leg=dst"
      case .buffer: "a buffer, or size 0"
      case .out: "where to put the result"
      }
    case .tooLong: "at most 65536 bytes"
    case .nestedTooDeeply: "at most 32 levels"
    case .malformedJSON, .endsTooEarly, .notUTF8: "strict JSON in UTF-8"
    case .textAfterJSON: "one JSON value and nothing more"
    case .emptyCall, .missingSrc, .missingDst, .missingLeg: "src, dst, leg and perhaps callback"
    case .emptyItem: argument == .call ? "key=value between commas" : "a mnemo between commas"
    case .noEqualsSign: "key=value between commas"
    case .propertyListNotAnArray: "mnemos, such as [\"li\",\"lo\"]"
    case .notAnObject: "keys src, dst, leg, callback"
    case .notAString: "a name in quotes"
    case .noPropertyList: "one, as in {\"property_list\":[\"li\"]}"
    case .unknownKey: "src, dst, leg or callback"
    case .repeatedKey: "each key once"
    case .unknownProperty: "all, cq, li, lo, qli, qri, ri or ro"
    case .unknownParty: "extension, external, queue or ivr"
    case .unknownLeg: "src or dst"
    case .notABoolean, .unknownFlag: "true or false"
    case .impossible(.originatingLegNotOurs): "src=extension or src=queue"
    case .impossible(.voiceMenuOriginates): "src=extension, external or queue"
    case .impossible(.queueWithoutCallback): "callback=true"
    case .impossible(.externalLegNotOurs): "dst=extension, queue or ivr"
    case .outOfMemory: "enough of it"
    }
  }

  /// Which end of the offending part says most; nil when a quotation would not help.
  var quotation: Quotation? {
    switch self {
    case .malformedJSON, .endsTooEarly, .notUTF8:
      .ending
    case .noEqualsSign, .textAfterJSON, .notAnObject, .notAString, .notABoolean,
      .propertyListNotAnArray, .unknownKey, .repeatedKey, .unknownProperty, .unknownParty,
      .unknownLeg, .unknownFlag:
      .beginning
    default:
      nil
    }
  }
}

enum Quotation {
  case beginning, ending
}
