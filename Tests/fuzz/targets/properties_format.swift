// SPDX-License-Identifier: MIT

import CCallProp

// The input is a set (4 bytes) and a buffer's size (1 byte).
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = UnsafeRawBufferPointer(start: data, count: size)
  guard input.count == 5 else { return -1 }
  let set = input.loadUnaligned(as: cp_properties.self)
  let room = min(Int(input[4]), Int(CP_PROPERTIES_MAX))

  let whole = format(set, Int(CP_PROPERTIES_MAX))
  let length = whole.firstIndex(of: 0) ?? whole.count
  claim(length < whole.count, "CP_PROPERTIES_MAX suffices")
  var again = garbageProperties
  claim(cp_properties_parse(whole, &again, nil) == 1, "what is written is read back")
  claim(again == set & 0xFF, "what is written is the properties, and nothing for other bits")

  let part = format(set, room)
  claim(part.dropLast().elementsEqual(whole.prefix(room).dropLast()), "a small buffer gets the beginning")
  claim(room == 0 || part[min(room - 1, length)] == 0, "with a NUL behind it")
  claim(cp_properties_format(set, nil, 0) == length, "without a buffer the length is the same")
  claim(cp_properties_format(set, nil, 1) == 0, "there is no writing to NULL")
  return 0
}

/// What is written to a heap block of just this size: AddressSanitizer stops whoever writes on.
private func format(_ set: cp_properties, _ room: Int) -> [CChar] {
  let buffer = UnsafeMutableBufferPointer<CChar>.allocate(capacity: room)
  defer { buffer.deallocate() }
  buffer.update(repeating: 0)
  let length = cp_properties_format(set, buffer.baseAddress, room)
  claim(length == cp_properties_format(set, nil, 0), "the length is that of the whole text, whatever the room")
  return Array(buffer)
}
