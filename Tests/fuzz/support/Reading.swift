// SPDX-License-Identifier: MIT

import CCallProp
import CJansson

// The two arguments, read a second time and in another way: JSON by jansson, the rest by the words of the header alone. What is
// refused here must not be accepted by the library, and the other way round. No error is explained here, and nothing is fast.

/// What a text is to give.
enum Meant<Value> {
  case value(Value)
  case refusal
  /// jansson has no say: a number too large for it, `\u0000` in a key, or a repeated key. The model knows what is right.
  case unsaid
}

private let mnemos: [StaticString] = ["all", "cq", "li", "lo", "qli", "qri", "ri", "ro"]
private let parties: [StaticString] = ["extension", "external", "queue", "ivr"]
private let legs: [StaticString] = ["src", "dst"]
private let flags: [StaticString] = ["false", "true"]
private let keys: [StaticString] = ["src", "dst", "leg", "callback"]

/// The set that a property_list means. With `isStrict`, a mnemo that is not known refuses it; otherwise it grants nothing.
func propertiesMeant(by text: Bytes, isStrict: Bool = true) -> Meant<cp_properties> {
  guard text.count <= CP_TEXT_MAX else { return .refusal }
  let content = trimmed(withoutMark(text))
  if content.isEmpty { return .value(0) }
  guard isJSON(content) else {
    let items = content.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { trimmed($0) }
    let areMnemos = items.allSatisfy { !$0.isEmpty && (isStrict || $0.allSatisfy(mayStandInMnemo)) }
    return areMnemos ? union(items, isStrict) : .refusal
  }
  return withJSON(content) { json in
    let array = json.pointee.type == JSON_OBJECT ? json_object_get(json, "property_list") : json
    guard let array, array.pointee.type == JSON_ARRAY else { return .refusal }
    let names = (0..<json_array_size(array)).map { string(json_array_get(array, $0)) }
    return names.contains { $0 == nil } ? .refusal : union(names.compactMap { $0 }, isStrict)
  }
}

private func mayStandInMnemo(_ byte: UInt8) -> Bool {
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-".utf8.contains(byte)
}

/// The call that a text means.
func callMeant(by text: Bytes) -> Meant<cp_call> {
  guard text.count <= CP_TEXT_MAX else { return .refusal }
  let content = trimmed(withoutMark(text))
  return isJSON(content) ? withJSON(content, callMeant) : callMeant(byPairs: content)
}

private func callMeant(by json: UnsafeMutablePointer<json_t>) -> Meant<cp_call> {
  guard json.pointee.type == JSON_OBJECT else { return .refusal }
  var values: [Int?] = [nil, nil, nil, nil]
  var member = json_object_iter(json)
  while let current = member {
    let value = json_object_iter_value(current)
    guard let name = json_object_iter_key(current),
      let key = index(of: characters(name, json_object_iter_key_len(current)), in: keys)
    else { return .refusal }
    if key == 3 {
      guard let type = value?.pointee.type, type == JSON_TRUE || type == JSON_FALSE else { return .refusal }
      values[key] = type == JSON_TRUE ? 1 : 0
    } else {
      let names = key == 2 ? legs : parties
      guard let place = string(value).flatMap({ index(of: $0, in: names) }) else { return .refusal }
      values[key] = place
    }
    member = json_object_iter_next(json, current)
  }
  return call(of: values)
}

private func callMeant(byPairs content: Bytes) -> Meant<cp_call> {
  var values: [Int?] = [nil, nil, nil, nil]
  for item in content.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
    guard let sign = item.firstIndex(of: UInt8(ascii: "=")),
      let key = index(of: trimmed(item[..<sign]), in: keys), values[key] == nil,
      let value = index(of: trimmed(item[(sign + 1)...]), in: [parties, parties, legs, flags][key])
    else { return .refusal }
    values[key] = value
  }
  return call(of: values)
}

private func call(of values: [Int?]) -> Meant<cp_call> {
  guard let src = values[0], let dst = values[1], let leg = values[2] else { return .refusal }
  var call = cp_call(src: UInt8(src), dst: UInt8(dst), leg: UInt8(leg), callback: UInt8(values[3] ?? 0))
  return cp_required(&call) == 0 ? .refusal : .value(call)
}

private func union(_ names: [Bytes], _ isStrict: Bool) -> Meant<cp_properties> {
  var set: cp_properties = 0
  for name in names {
    if let bit = index(of: name, in: mnemos) {
      set |= 1 << bit
    } else if isStrict {
      return .refusal
    }
  }
  return .value(set)
}

// MARK: - Bytes

private func isWhiteSpace(_ byte: UInt8) -> Bool {
  byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
}

private func withoutMark(_ text: Bytes) -> Bytes {
  text.starts(with: [0xEF, 0xBB, 0xBF]) ? Bytes(rebasing: text.dropFirst(3)) : text
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

private func withJSON<Value>(_ text: Bytes, _ body: (UnsafeMutablePointer<json_t>) -> Meant<Value>) -> Meant<Value> {
  let flags = JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL
  var error = json_error_t()
  guard let json = text.withMemoryRebound(to: CChar.self, { json_loadb($0.baseAddress, $0.count, Int(flags), &error) })
  else {
    let code = json_error_code(&error)
    let beyondJansson = [json_error_numeric_overflow, json_error_null_byte_in_key, json_error_duplicate_key]
    return beyondJansson.contains(code) ? .unsaid : .refusal
  }
  defer { json_decref(json) }
  return depth(of: json) <= CP_DEPTH_MAX ? body(json) : .refusal
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
