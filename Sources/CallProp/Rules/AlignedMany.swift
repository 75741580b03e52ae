// SPDX-License-Identifier: MIT

import CCallProp

// Processors that load and store a word at any address need none of this. On others, such as RISC-V, a word that may stand anywhere is
// put together byte by byte: ten instructions a call more than where it is known to be aligned.

#if !arch(x86_64) && !arch(i386) && !(arch(arm64) && _endian(little)) && !arch(arm)
  func isAligned(_ words: UnsafeRawPointer) -> Bool { UInt(bitPattern: words) & 3 == 0 }

  @unsafe
  func permitAligned(
    _ granted: UnsafeRawPointer, _ calls: UnsafeRawPointer, _ n: Int, _ permitted: UnsafeMutableRawPointer
  ) -> Int {
    let granted = unsafe granted.assumingMemoryBound(to: cp_properties.self)
    let calls = unsafe calls.assumingMemoryBound(to: UInt32.self)
    var index = 0
    var count = 0
    while index < n {
      let call = unsafe Call(bytes: UInt32(littleEndian: calls[index]))
      let decision: UInt8 = unsafe PropertySet(bits: granted[index]).permits(call) ? 1 : 0
      unsafe permitted.storeBytes(of: decision, toByteOffset: index, as: UInt8.self)
      count &+= Int(decision)
      index &+= 1
    }
    return count
  }

  @unsafe
  func requireAligned(_ calls: UnsafeRawPointer, _ n: Int, _ required: UnsafeMutableRawPointer) -> Int {
    let calls = unsafe calls.assumingMemoryBound(to: UInt32.self)
    let required = unsafe required.assumingMemoryBound(to: cp_properties.self)
    var index = 0
    var count = 0
    while index < n {
      let bits = unsafe Call(bytes: UInt32(littleEndian: calls[index])).requirement.without(.all).bits
      unsafe required[index] = bits
      count &+= bits == 0 ? 0 : 1
      index &+= 1
    }
    return count
  }
#endif
