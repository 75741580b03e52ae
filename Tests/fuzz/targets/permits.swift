// SPDX-License-Identifier: MIT

import CCallProp

private typealias Chars = UnsafeBufferPointer<CChar>

// The input is any number of pairs, 8 bytes each: a set, and a call's four bytes. Read at its own alignment, which is any.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = UnsafeRawBufferPointer(start: data, count: size)
  let count = input.count / 8
  let offset = input.count % 8
  let granted = (0..<count).map { input.loadUnaligned(fromByteOffset: $0 * 4, as: cp_properties.self) }
  let calls = (count..<2 * count).map { input.loadUnaligned(fromByteOffset: $0 * 4, as: cp_call.self) }
  let expected = zip(granted, calls).map { UInt8(permits($0, $1)) }
  let needed = calls.map { call in withUnsafePointer(to: call) { cp_required($0) } }
  for (set, call) in zip(granted, calls).prefix(2) { claimWordsAgree(set, call) }

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
      withBlock(of: [cp_properties](repeating: garbageProperties, count: count), at: offset) { required in
        let number = cp_required_many(
          calls.assumingMemoryBound(to: cp_call.self), count, required.assumingMemoryBound(to: cp_properties.self))
        claim(number == needed.count { $0 != 0 }, "cp_required_many counts: \(number)")
        claim(
          needed.withUnsafeBytes { UnsafeRawBufferPointer(start: required, count: 4 * count).elementsEqual($0) },
          "cp_required_many is cp_required of each call")
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

/// What the functions say that write about a call, and the one that makes it from numbers.
private func claimWordsAgree(_ set: cp_properties, _ call: cp_call) {
  var call = call
  let isInRange = call.src < 4 && call.dst < 4 && call.leg < 2 && call.callback < 2
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CP_REASON_MAX)) { buffer in
    let length = cp_reason(set, &call, buffer.baseAddress, buffer.count)
    claim(buffer.firstIndex(of: 0) == length, "CP_REASON_MAX suffices: \(length)")
    let isPermitted = cp_permits(set, &call) == 1
    claim(holds(Chars(buffer), isPermitted ? "Permitted: " : "Denied: "), "the reason agrees")
    let isImpossible = holds(Chars(buffer), "cannot happen")
    claim(isImpossible == (cp_required(&call) == 0), "the reason says which calls cannot happen")

    let written = cp_call_format(&call, buffer.baseAddress, Int(CP_CALL_MAX))
    claim(written < CP_CALL_MAX && (written > 0) == isInRange, "exactly a call in range is written: \(written)")
    var again = garbageCall
    let isRead = cp_call_parse(buffer.baseAddress, &again, nil) == 1
    claim(isRead == !isImpossible && (!isRead || again.bits == call.bits), "what is written is read back: \(call)")
  }
  let made = cp_call_make(CInt(call.src), CInt(call.dst), CInt(call.leg), CInt(call.callback))
  claim(made.bits == call.bits, "a call from its own numbers is that call: \(made)")
  // The set as any number: one that is no party must not become one.
  let number = CInt(bitPattern: set)
  var strange = cp_call_make(number, CInt(call.dst), number, CInt(call.callback))
  claim((0..<4).contains(number) || strange.src >= 4, "a number out of range stays out of it: \(number)")
  claim((0..<2).contains(number) || cp_required(&strange) == 0, "and nothing permits it: \(number)")
}

private func withBlock<Element>(of elements: [Element], at offset: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
  elements.withUnsafeBytes { source in
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: offset + source.count, alignment: 1)
    defer { block.deallocate() }
    UnsafeMutableRawBufferPointer(rebasing: block[offset...]).copyMemory(from: source)
    if let start = block.baseAddress { body(start + offset) }
  }
}
