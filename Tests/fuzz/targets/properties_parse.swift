// SPDX-License-Identifier: MIT

import CCallProp
import CModel

// The input is a property_list.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  withText(Bytes(start: data, count: size)) { list, bytes in
    let strict = read(list, bytes, isStrict: true)
    let known = read(list, bytes, isStrict: false)
    if strict.error.code == CP_ERROR_PROPERTY {
      let isReported = known.result == 1 && known.error.isSame(as: strict.error)
      claim(isReported || known.result == 0, "a mnemo that is not known is reported: \(known.error.words)")
    } else {
      claim(known.error.isSame(as: strict.error), "without one, both say the same: \(known.error.words)")
      claim(known.set == strict.set, "and read the same: \(known.set)")
    }
    if strict.result == 1 { claimFormatReadsBack(strict.set) }
  }
  return 0
}

private struct Answer {
  var result: CInt = 0
  var set = garbageProperties
  var error = cp_error.garbage
}

/// What one of the parsers makes of the text, held against what is right.
private func read(_ list: UnsafePointer<CChar>, _ bytes: Bytes, isStrict: Bool) -> Answer {
  let parse = isStrict ? cp_properties_parse : cp_properties_parse_known
  var answer = Answer()
  answer.result = parse(list, &answer.set, &answer.error)
  switch propertiesMeant(by: bytes, isStrict: isStrict) {
  case .value(let set):
    claim(answer.result == 1, "read where the header says so: \(answer.error.words)")
    claim(answer.set == set, "the set is the one that is meant: \(answer.set)")
  case .refusal:
    claim(answer.result == 0, "refused where the header says so")
  case .unsaid: break
  }
  claim(answer.result == 1 || answer.set == garbageProperties, "a refusal leaves the set untouched: \(answer.set)")
  claim(!isStrict || answer.result == (answer.error.code == CP_OK ? 1 : 0), "a result or an error")
  answer.error.claimTidy(isError: answer.error.code != CP_OK, propertyList: bytes.count)
  answer.error.claimModelAgrees(list, isStrict ? LIST : KNOWN_LIST, result: answer.result)
  claim(answer.result == 0 || parse(list, nil, nil) == 0, "without a place for the set, nothing is read")
  return answer
}

private func claimFormatReadsBack(_ set: cp_properties) {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CP_PROPERTIES_MAX)) { buffer in
    _ = cp_properties_format(set, buffer.baseAddress, buffer.count)
    var again = garbageProperties
    claim(cp_properties_parse(buffer.baseAddress, &again, nil) == 1, "what is written is read back")
    claim(again == set, "what is written is what was read: \(set), \(again)")
  }
}
