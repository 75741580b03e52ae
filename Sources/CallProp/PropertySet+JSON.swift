// SPDX-License-Identifier: MIT

extension PropertySet {
  /// Reads an array of mnemos, or an object whose `property_list` is such an array.
  init(parsingJSON text: Span<UInt8>) throws(Failure) {
    let json = try JSON(parsing: text, of: .propertyList)
    guard json.value.isObject else {
      try self.init(json.value, member: nil, in: text)
      return
    }
    var member = json.value.firstMember
    while let current = member, !current.key.equals("property_list") { member = current.next }
    guard let member else { throw Failure(.propertyList, .noPropertyList) }
    guard member.value.isArray else {
      let place = JSONOutline.value(ofMember: member.index, in: text)
      throw Failure(.propertyList, .propertyListNotAnArray, at: place)
    }
    try self.init(member.value, member: member.index, in: text)
  }

  /// Reads the array that is the text, or that is the value of one of its members.
  private init(_ array: JSONValue, member: Int?, in text: Span<UInt8>) throws(Failure) {
    self.init()
    var index = 0
    while let element = array.element(index) {
      if let problem = insert(element) {
        let place = JSONOutline.element(index, ofMember: member, in: text)
        throw Failure(.propertyList, problem, at: place)
      }
      index &+= 1
    }
  }

  private mutating func insert(_ element: JSONValue) -> Problem? {
    guard let mnemo = element.string else { return .notAString }
    guard let property = Property(mnemo: mnemo) else { return .unknownProperty }
    insert(property)
    return nil
  }
}
