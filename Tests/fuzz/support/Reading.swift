// SPDX-License-Identifier: MIT

import CCallProp
import CJansson

// The two arguments, read a second time and in another way, by the words of the header alone: what is refused here must not be
// accepted by the library, and the other way round. No error is explained here, and nothing is fast.

private let mnemos: [StaticString] = ["all", "cq", "li", "lo", "qli", "qri", "ri", "ro"]
private let parties: [StaticString] = ["extension", "external", "queue", "ivr"]
private let legs: [StaticString] = ["src", "dst"]
private let flags: [StaticString] = ["false", "true"]
private let keys: [StaticString] = ["src", "dst", "leg", "callback"]

/// The set that a property_list means; nil where it is to be refused.
func propertiesMeant(by text: Bytes) -> cp_properties? {
  guard text.count <= CP_TEXT_MAX else { return nil }
  let content = trimmed(text)
  if content.isEmpty { return 0 }
  guard isJSON(content) else {
    return union(content.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { trimmed($0) })
  }
  return withJSON(text) { json in
    let array = json.pointee.type == JSON_OBJECT ? json_object_get(json, "property_list") : json
    guard let array, array.pointee.type == JSON_ARRAY else { return nil }
    let names = (0..<json_array_size(array)).map { string(json_array_get(array, $0)) }
    return names.contains { $0 == nil } ? nil : union(names.compactMap { $0 })
  }
}

/// The call that a text means; nil where it is to be refused.
func callMeant(by text: Bytes) -> cp_call? {
  guard text.count <= CP_TEXT_MAX else { return nil }
  let content = trimmed(text)
  var values: [Int?] = [nil, nil, nil, nil]
  if isJSON(content) {
    let isRead: Bool? = withJSON(text) { json in
      guard json.pointee.type == JSON_OBJECT else { return nil }
      var member = json_object_iter(json)
      while let current = member {
        let value = json_object_iter_value(current)
        guard let name = json_object_iter_key(current),
          let key = index(of: characters(name, json_object_iter_key_len(current)), in: keys)
        else { return nil }
        if key == 3 {
          guard let type = value?.pointee.type, type == JSON_TRUE || type == JSON_FALSE else { return nil }
          values[key] = type == JSON_TRUE ? 1 : 0
        } else {
          guard let name = string(value), let value = index(of: name, in: key == 2 ? legs : parties) else { return nil }
          values[key] = value
        }
        member = json_object_iter_next(json, current)
      }
      return true
    }
    if isRead == nil { return nil }
  } else {
    for item in content.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      guard let sign = item.firstIndex(of: UInt8(ascii: "=")),
        let key = index(of: trimmed(item[..<sign]), in: keys), values[key] == nil,
        let value = index(of: trimmed(item[(sign + 1)...]), in: [parties, parties, legs, flags][key])
      else { return nil }
      values[key] = value
    }
  }
  guard let src = values[0], let dst = values[1], let leg = values[2] else { return nil }
  var call = cp_call(src: UInt8(src), dst: UInt8(dst), leg: UInt8(leg), callback: UInt8(values[3] ?? 0))
  return cp_required(&call) == 0 ? nil : call
}

private func union(_ names: [Bytes]) -> cp_properties? {
  var set: cp_properties = 0
  for name in names {
    guard let bit = index(of: name, in: mnemos) else { return nil }
    set |= 1 << bit
  }
  return set
}

// MARK: - Bytes

private func isWhiteSpace(_ byte: UInt8) -> Bool {
  byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
}

private func trimmed(_ bytes: Slice<Bytes>) -> Bytes {
  trimmed(Bytes(rebasing: bytes))
}

private func trimmed(_ bytes: Bytes) -> Bytes {
  guard let first = bytes.firstIndex(where: { !isWhiteSpace($0) }),
    let last = bytes.lastIndex(where: { !isWhiteSpace($0) })
  else { return Bytes(rebasing: bytes[..<0]) }
  return Bytes(rebasing: bytes[first...last])
}

private func index(of name: Bytes, in names: [StaticString]) -> Int? {
  names.firstIndex { name.elementsEqual(Bytes(start: $0.utf8Start, count: $0.utf8CodeUnitCount)) }
}

private func characters(_ start: UnsafePointer<CChar>, _ count: Int) -> Bytes {
  Bytes(start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
}

// MARK: - JSON

private func isJSON(_ content: Bytes) -> Bool {
  content.first == UInt8(ascii: "[") || content.first == UInt8(ascii: "{")
}

private func withJSON<Result>(_ text: Bytes, _ body: (UnsafeMutablePointer<json_t>) -> Result?) -> Result? {
  let flags = JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL
  guard let json = text.withMemoryRebound(to: CChar.self, { json_loadb($0.baseAddress, $0.count, Int(flags), nil) })
  else { return nil }
  defer { json_decref(json) }
  return depth(of: json) <= CP_DEPTH_MAX ? body(json) : nil
}

private func depth(of json: UnsafeMutablePointer<json_t>?) -> Int {
  var deepest = 0
  switch json?.pointee.type {
  case JSON_ARRAY:
    for index in 0..<json_array_size(json) { deepest = max(deepest, depth(of: json_array_get(json, index))) }
  case JSON_OBJECT:
    var member = json_object_iter(json)
    while let current = member {
      deepest = max(deepest, depth(of: json_object_iter_value(current)))
      member = json_object_iter_next(json, current)
    }
  default:
    return 0
  }
  return deepest + 1
}

private func string(_ json: UnsafeMutablePointer<json_t>?) -> Bytes? {
  json_string_value(json).map { characters($0, json_string_length(json)) }
}
