// SPDX-License-Identifier: MIT

extension Decision {
  /// The explanation, as JSON.
  var explanation: JSON {
    var json = JSON.object()
    json.set("allowed", to: .boolean(isPermitted))
    json.set("call", to: call.json)
    json.set("required", to: .mnemo(required))
    json.set("granted", to: granted.json)
    json.set("matched", to: .mnemo(matched))
    json.set("reason", to: .string(reason))
    return json
  }
}

extension Call {
  fileprivate var json: JSON {
    var json = JSON.object()
    json.set("src", to: .string(src.name))
    json.set("dst", to: .string(dst.name))
    json.set("leg", to: .string(leg.name))
    json.set("callback", to: .boolean(callback))
    return json
  }
}

extension PropertySet {
  fileprivate var json: JSON {
    var json = JSON.array()
    var member = first()
    while let property = member {
      json.append(.string(property.mnemo))
      member = next(after: property)
    }
    return json
  }
}

extension JSON {
  fileprivate static func string<let capacity: Int>(_ text: FixedText<capacity>) -> JSON {
    .string(text.bytes.span.part(Extent(start: 0, end: text.count)))
  }

  fileprivate static func mnemo(_ property: Property?) -> JSON {
    guard let property else { return .null() }
    return .string(property.mnemo)
  }
}
