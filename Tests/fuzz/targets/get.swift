// SPDX-License-Identifier: MIT

import CCallProp
import CJansson

// The input is a mnemo.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  withText(Bytes(start: data, count: size)) { text, bytes in
    var set: cp_properties = 0
    let isProperty =
      bytes.allSatisfy { (0x61...0x7A).contains($0) } && cp_properties_parse(text, &set, nil) == 1 && set != 0
    let object = cp_get(text)
    claim((object != nil) == isProperty, "cp_get knows exactly the eight mnemos")
    guard let object else { return }
    claim(cp_get(text) == object, "the pointer is the same every time")

    guard let json = json_loads(object, Int(JSON_REJECT_DUPLICATES), nil) else {
      fatalError("not JSON: \(String(cString: object))")
    }
    defer { json_decref(json) }
    claim(json_object_size(json) == 3, "an object has three members")
    for key in ["mnemo", "name", "description"] {
      claim(json_string_length(json_object_get(json, key)) > 0, "\(key) is a string")
    }
    guard let mnemo = json_string_value(json_object_get(json, "mnemo")) else { fatalError("no mnemo") }
    claim(String(cString: mnemo) == String(cString: text), "the object is the one that was asked for")
  }
  return 0
}
