// SPDX-License-Identifier: MIT

extension Property {
  /// The property as a PBX's REST interface describes it.
  var json: JSON {
    var json = JSON.object()
    json.set("mnemo", to: .string(mnemo))
    json.set("name", to: .string(name))
    json.set("description", to: .string(summary))
    return json
  }

  /// All properties, in the order of the bits.
  static var list: JSON {
    var json = JSON.array()
    var index: UInt8 = 0
    while let property = Property(rawValue: index) {
      json.append(property.json)
      index &+= 1
    }
    return json
  }
}
