// SPDX-License-Identifier: MIT

import CCallProp

// The input is a property_list.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  withText(Bytes(start: data, count: size)) { list, bytes in
    var set = garbageProperties
    var error = cp_error.garbage
    let result = cp_properties_parse(list, &set, &error)
    let meant = propertiesMeant(by: bytes)
    claim(result == (meant == nil ? 0 : 1), "read exactly where the header says so: \(result), \(error.words)")
    claim(set == meant ?? garbageProperties, "the set is the one that is meant, or untouched: \(set)")
    error.claimTidy(isError: result == 0, propertyList: bytes.count)
    if result == 1 {
      claim(cp_properties_parse(list, nil, nil) == 0, "without a place for the set, nothing is read")
      claimFormatReadsBack(set)
    }
  }
  return 0
}

private func claimFormatReadsBack(_ set: cp_properties) {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CP_PROPERTIES_MAX)) { buffer in
    _ = cp_properties_format(set, buffer.baseAddress, buffer.count)
    var again = garbageProperties
    claim(cp_properties_parse(buffer.baseAddress, &again, nil) == 1, "what is written is read back")
    claim(again == set, "what is written is what was read: \(set), \(again)")
  }
}
