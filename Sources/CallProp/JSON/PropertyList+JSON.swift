// SPDX-License-Identifier: MIT

extension PropertyListDraft {
  /// Reads an array of mnemos, or an object whose `property_list` is such an array.
  mutating func readJSON(_ text: Span<UInt8>, from start: Int) throws(Failure) {
    var json = JSONReader(text, from: start, of: .propertyList)
    var isFound = true
    if json.first == UInt8(ascii: "[") {
      try readMnemos(from: &json)
    } else {
      isFound = try readMember(of: &json)
    }
    try json.finish()
    guard isFound else { throw Failure(.propertyList, .noPropertyList) }
  }

  /// Whether there is one.
  private mutating func readMember(of json: inout JSONReader) throws(Failure) -> Bool {
    var isFound = false
    try json.enter()
    while try json.next() {
      let key = try json.key()
      guard "property_list" ~= key.name else {
        try json.skip()
        continue
      }
      guard !isFound else { throw Failure(.propertyList, .repeatedKey, at: key.extent) }
      guard json.first == UInt8(ascii: "[") else {
        throw Failure(.propertyList, .propertyListNotAnArray, at: try json.skip())
      }
      try readMnemos(from: &json)
      isFound = true
    }
    return isFound
  }

  private mutating func readMnemos(from json: inout JSONReader) throws(Failure) {
    try json.enter()
    while try json.next() {
      guard json.first == UInt8(ascii: "\"") else {
        let problem: Problem = json.first == UInt8(ascii: "{") ? .listOfStatuses : .notAString
        throw Failure(.propertyList, problem, at: try json.skip())
      }
      let mnemo = try json.string()
      try insert(mnemo.name, at: mnemo.extent)
    }
  }
}
