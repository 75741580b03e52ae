// SPDX-License-Identifier: MIT

extension Call {
  /// Reads an object with the keys of `CallKey`.
  init(parsingJSON text: Span<UInt8>) throws(Failure) {
    let json = try JSON(parsing: text, of: .call)
    guard json.value.isObject else {
      throw Failure(.call, .notAnObject, at: text.trimmed(text.extent))
    }
    var draft = CallDraft()
    var next = json.value.firstMember
    while let member = next {
      guard let key = CallKey(name: member.key) else {
        throw Failure(.call, .unknownKey, at: JSONOutline.key(ofMember: member.index, in: text))
      }
      if let problem = draft.set(key, to: member.value) {
        throw Failure(.call, problem, at: JSONOutline.value(ofMember: member.index, in: text))
      }
      next = member.next
    }
    self = try draft.finished()
  }
}

extension CallDraft {
  fileprivate mutating func set(_ key: CallKey, to value: JSONValue) -> Problem? {
    if key == .callback {
      guard let flag = value.boolean else { return .notABoolean }
      setCallback(flag)
      return nil
    }
    guard let name = value.string else { return .notAString }
    return set(key, to: name)
  }
}
