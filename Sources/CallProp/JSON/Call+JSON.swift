// SPDX-License-Identifier: MIT

extension Call {
  /// Reads an object with the keys of `CallKey`.
  init(parsingJSON text: Span<UInt8>, from start: Int) throws(Failure) {
    var json = JSONReader(text, from: start, of: .call)
    guard json.first == UInt8(ascii: "{") else { throw Failure(.call, .notAnObject, at: try json.skip()) }
    var draft = CallDraft()
    try json.enter()
    while try json.next() {
      let string = try json.key()
      guard let key = CallKey(string.name) else { throw Failure(.call, .unknownKey, at: string.extent) }
      guard !draft.has(key) else { throw Failure(.call, .repeatedKey, at: string.extent) }
      try draft.set(key, from: &json)
    }
    try json.finish()
    self = try draft.finished()
  }
}

extension CallDraft {
  fileprivate mutating func set(_ key: CallKey, from json: inout JSONReader) throws(Failure) {
    let isString = json.first == UInt8(ascii: "\"")
    if key == .callback {
      let value = try json.skip()
      guard !isString, set(key, to: Name(json.text, at: value)) == nil else {
        throw Failure(.call, .notABoolean, at: value)
      }
    } else {
      guard isString else { throw Failure(.call, .notAString, at: try json.skip()) }
      let value = try json.string()
      if let problem = set(key, to: value.name) { throw Failure(.call, problem, at: value.extent) }
    }
  }
}
