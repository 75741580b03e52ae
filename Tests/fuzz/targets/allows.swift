// SPDX-License-Identifier: MIT

import CCallProp
import CJansson

// The input is a property_list, a line feed, and a call: the functions that decide on texts say what the parsers and the decision on
// values say, and the explanation is JSON that says the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let (first, rest) = Bytes(start: data, count: size).splitAtLineFeed
  withText(first) { list, listBytes in
    withText(rest) { call, callBytes in
      let expected = decisionInSteps(list, call)

      var error = cp_error.garbage
      let isAllowed = cp_allows(list, call, &error)
      claim(isAllowed == expected.isAllowed, "cp_allows is cp_permits of what is parsed: \(isAllowed)")
      claim(error.isSame(as: expected.error), "cp_allows errs as the parsers do: \(error.words)")
      error.claimTidy(isError: error.code != 0, propertyList: listBytes.count, call: callBytes.count)
      claim(error.code == 0 || isAllowed == 0, "an error permits nothing")
      claimAsMeant(isAllowed, listBytes, callBytes)

      claimExplanationAgrees(list, call, expected)
    }
  }
  return 0
}

/// Permitted is what jansson and the words of the header make of the texts, and nothing else.
private func claimAsMeant(_ isAllowed: CInt, _ list: Bytes, _ call: Bytes) {
  switch (propertiesMeant(by: list), callMeant(by: call)) {
  case (.value(let set), .value(var call)):
    claim(isAllowed == cp_permits(set, &call), "permitted is what is meant: \(isAllowed)")
  case (.refusal, _), (_, .refusal):
    claim(isAllowed == 0, "what is refused is not permitted")
  case (.unsaid, _), (_, .unsaid): break
  }
}

private struct Expected {
  var isAllowed: CInt = 0
  var error = cp_error()
  var set: cp_properties = 0
  var call = cp_call()
}

/// The property list first, then the call, then the decision on values.
private func decisionInSteps(_ list: UnsafePointer<CChar>, _ call: UnsafePointer<CChar>) -> Expected {
  var expected = Expected()
  if cp_properties_parse(list, &expected.set, &expected.error) == 1,
    cp_call_parse(call, &expected.call, &expected.error) == 1
  {
    expected.isAllowed = cp_permits(expected.set, &expected.call)
  }
  return expected
}

private func claimExplanationAgrees(_ list: UnsafePointer<CChar>, _ call: UnsafePointer<CChar>, _ expected: Expected) {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CP_EXPLAIN_MAX)) { buffer in
    guard let start = buffer.baseAddress else { return }
    start.pointee = CChar(bitPattern: garbage)
    var error = cp_error.garbage
    let length = cp_explain(list, call, start, buffer.count, &error)
    claim(error.isSame(as: expected.error), "cp_explain errs as cp_allows does: \(error.words)")
    guard error.code == 0 else {
      claim(length == 0 && start.pointee == 0, "an error is explained by the empty text")
      return
    }
    claim(length > 0 && length < buffer.count, "CP_EXPLAIN_MAX suffices: \(length)")
    claim(start[length] == 0 && buffer.firstIndex(of: 0) == length, "the length is that of the text")
    claim(buffer.prefix(length).allSatisfy { (0x20...0x7E).contains($0) }, "the explanation is printable ASCII")
    claimJSONAgrees(start, length, expected)
  }
}

/// The explanation's parts, put back into the functions that read them, give the decision that is explained.
private func claimJSONAgrees(_ text: UnsafePointer<CChar>, _ length: Int, _ expected: Expected) {
  guard let json = json_loadb(text, length, Int(JSON_REJECT_DUPLICATES), nil) else {
    fatalError("an explanation that is no JSON: \(String(cString: text))")
  }
  defer { json_decref(json) }
  var call = expected.call
  let required = cp_required(&call)
  let matched = expected.isAllowed == 0 ? nil : expected.set & required != 0 ? required : cp_properties(CP_ALL)

  claim(json_object_size(json) == 6, "an explanation has six members")
  let isAllowed = json_object_get(json, "allowed")?.pointee.type
  claim(isAllowed == (expected.isAllowed == 1 ? JSON_TRUE : JSON_FALSE), "allowed is what cp_allows says")
  claim(mnemo(json_object_get(json, "required")) == required, "required is what cp_required says")
  claim(mnemo(json_object_get(json, "matched")) == matched, "matched is the property that let the call through")
  withDump(json_object_get(json, "granted")) { granted in
    var set = garbageProperties
    claim(cp_properties_parse(granted, &set, nil) == 1 && set == expected.set, "granted is the set that was read")
  }
  withDump(json_object_get(json, "call")) { text in
    var call = garbageCall
    claim(cp_call_parse(text, &call, nil) == 1 && call.bits == expected.call.bits, "call is the call that was read")
  }
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CP_REASON_MAX)) { buffer in
    let length = cp_reason(expected.set, &call, buffer.baseAddress, buffer.count)
    claim(length < buffer.count, "CP_REASON_MAX suffices: \(length)")
    let reason = json_string_value(json_object_get(json, "reason")).map { String(cString: $0) }
    claim(reason == buffer.baseAddress.map { String(cString: $0) }, "reason is what cp_reason says: \(reason ?? "")")
    let beginning = expected.isAllowed == 1 ? "Permitted: " : "Denied: "
    claim(reason?.hasPrefix(beginning) == true, "and agrees: \(reason ?? "")")
  }
}

/// The property that a JSON string names; nil for null.
private func mnemo(_ json: UnsafeMutablePointer<json_t>?) -> cp_properties? {
  guard let name = json_string_value(json) else { return nil }
  var set = garbageProperties
  claim(cp_properties_parse(name, &set, nil) == 1 && set.nonzeroBitCount == 1, "a mnemo is one property")
  return set
}

private func withDump(_ json: UnsafeMutablePointer<json_t>?, _ body: (UnsafePointer<CChar>) -> Void) {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CP_EXPLAIN_MAX)) { buffer in
    guard let start = buffer.baseAddress else { return }
    let length = json_dumpb(json, start, buffer.count - 1, 0)
    claim(length > 0 && length < buffer.count, "the explanation has this part")
    start[length] = 0
    body(start)
  }
}
