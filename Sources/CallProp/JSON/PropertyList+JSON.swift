// SPDX-License-Identifier: MIT

extension PropertyListDraft {
  /// Reads an array of mnemos, or an object whose `property_list` is such an array.
  mutating func readJSON(_ text: Span<UInt8>, from start: Int) throws(Failure) {
    var json = JSONReader(text, from: start, of: .propertyList)
    if json.first == UInt8(ascii: "[") {
      try readMnemos(from: &json)
    } else {
      try readMember(of: &json)
    }
    try json.finish()
  }

  private mutating func readMember(of json: inout JSONReader) throws(Failure) {
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
    guard isFound else { throw Failure(.propertyList, .noPropertyList) }
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
