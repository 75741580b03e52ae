// SPDX-License-Identifier: MIT

import CCallProp

// The input is any number of pairs, 8 bytes each: a set, and a call's four bytes. Read at its own alignment, which is any.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = UnsafeRawBufferPointer(start: data, count: size)
  let count = input.count / 8
  let offset = input.count % 8
  let granted = (0..<count).map { input.loadUnaligned(fromByteOffset: $0 * 4, as: cp_properties.self) }
  let calls = (count..<2 * count).map { input.loadUnaligned(fromByteOffset: $0 * 4, as: cp_call.self) }
  let expected = zip(granted, calls).map { UInt8(permits($0, $1)) }

  // The arrays end where their heap blocks end, and start at the offset.
  withBlock(of: granted, at: offset) { granted in
    withBlock(of: calls, at: offset) { calls in
      withBlock(of: [UInt8](repeating: garbage, count: count), at: offset) { permitted in
        let number = cp_permits_many(
          granted.assumingMemoryBound(to: cp_properties.self), calls.assumingMemoryBound(to: cp_call.self), count,
          permitted.assumingMemoryBound(to: UInt8.self))
        claim(number == expected.count { $0 == 1 }, "cp_permits_many counts: \(number)")
        claim(
          UnsafeRawBufferPointer(start: permitted, count: count).elementsEqual(expected),
          "cp_permits_many is cp_permits of each pair")
      }
    }
  }
  return 0
}

/// One decision, held against cp_required.
private func permits(_ granted: cp_properties, _ call: cp_call) -> CInt {
  var call = call
  let required = cp_required(&call)
  let isPermitted = cp_permits(granted, &call)
  claim(required & cp_properties(CP_ALL) == 0 && required < 256, "what is required is one of the seven: \(required)")
  claim(required.nonzeroBitCount <= 1, "what is required is one property: \(required)")
  let isInRange = call.src < 4 && call.dst < 4 && call.leg < 2 && call.callback < 2
  claim(isInRange || required == 0, "a value out of range makes a call that cannot happen")
  let isGranted = required != 0 && granted & (required | cp_properties(CP_ALL)) != 0
  claim(isPermitted == (isGranted ? 1 : 0), "permitted is: granted holds what is required, or all")
  claim(cp_permits(granted, nil) == 0 && cp_required(nil) == 0, "NULL is a call that cannot happen")
  return isPermitted
}

private func withBlock<Element>(of elements: [Element], at offset: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
  elements.withUnsafeBytes { source in
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: offset + source.count, alignment: 1)
    defer { block.deallocate() }
    UnsafeMutableRawBufferPointer(rebasing: block[offset...]).copyMemory(from: source)
    if let start = block.baseAddress { body(start + offset) }
  }
}
