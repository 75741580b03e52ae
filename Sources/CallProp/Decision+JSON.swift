// SPDX-License-Identifier: MIT

/// The explanation of a decision, as JSON.
typealias Explanation = FixedText<1023>

extension Decision {
  func explanation() throws(Failure) -> Explanation {
    var json = JSON.object()
    json.set("allowed", to: .boolean(isPermitted))
    json.set("call", to: call.json)
    json.set("required", to: .mnemo(required))
    json.set("granted", to: granted.json)
    json.set("matched", to: .mnemo(matched))
    json.set("reason", to: reason.json)
    guard let text: Explanation = json.text() else { throw Failure(.call, .outOfMemory) }
    return text
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

extension FixedText {
  fileprivate var json: JSON {
    .string(bytes.span.part(Extent(start: 0, end: count)))
  }
}

extension JSON {
  fileprivate static func mnemo(_ property: Property?) -> JSON {
    guard let property else { return .null() }
    return .string(property.mnemo)
  }
}
