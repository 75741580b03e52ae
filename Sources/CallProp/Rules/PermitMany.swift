// SPDX-License-Identifier: MIT

import CCallProp
import CWide
import Synchronization

// `cp_permits_many` and `cp_required_many`, for arrays at any alignment.

/// 16 or 32 decisions at a time where the processor can, the rest one by one.
@unsafe @inline(__always)
func permitMany(
  _ granted: UnsafeRawPointer, _ calls: UnsafeRawPointer, _ n: Int, _ permitted: UnsafeMutableRawPointer
) -> Int {
  guard n == 1 else { return unsafe permitSeveral(granted, calls, n, permitted) }
  // As `cp_permits` does, byte by byte: a single call has often just been written so.
  let set = unsafe PropertySet(bits: granted.loadUnaligned(as: cp_properties.self))
  let call = unsafe Call(calls.assumingMemoryBound(to: cp_call.self).pointee)
  let isPermitted = set.permits(call)
  unsafe permitted.storeBytes(of: isPermitted ? 1 : 0, as: UInt8.self)
  return isPermitted ? 1 : 0
}

/// Not inlined: what a loop keeps in registers would have to be saved for one call as well.
@unsafe @inline(never)
private func permitSeveral(
  _ granted: UnsafeRawPointer, _ calls: UnsafeRawPointer, _ n: Int, _ permitted: UnsafeMutableRawPointer
) -> Int {
  var index = 0
  var count = 0
  #if arch(x86_64)
    if n >= wideStep, hasAVX2() {
      index = n & ~(wideStep &- 1)
      count = unsafe withDecisionTable { table in
        unsafe callprop_permits_wide(granted, calls, index, permitted, table)
      }
    }
  #elseif arch(arm64) && _endian(little)
    index = n & ~(wideStep &- 1)
    count = unsafe withDecisionTable { table in
      unsafe callprop_permits_wide(granted, calls, index, permitted, table)
    }
  #elseif !arch(i386) && !arch(arm)
    if unsafe isAligned(granted), unsafe isAligned(calls) { return unsafe permitAligned(granted, calls, n, permitted) }
  #endif
  while index < n {
    let set = unsafe granted.loadUnaligned(fromByteOffset: index &* 4, as: cp_properties.self)
    let bytes = unsafe calls.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self)
    let call = Call(bytes: UInt32(littleEndian: bytes))
    let decision: UInt8 = PropertySet(bits: set).permits(call) ? 1 : 0
    unsafe permitted.storeBytes(of: decision, toByteOffset: index, as: UInt8.self)
    count &+= Int(decision)
    index &+= 1
  }
  return count
}

/// Returns how many of the calls can happen.
@unsafe
func requireMany(_ calls: UnsafeRawPointer, _ n: Int, _ required: UnsafeMutableRawPointer) -> Int {
  var index = 0
  var count = 0
  #if arch(arm64) && _endian(little)
    index = n & ~(wideStep &- 1)
    count = unsafe withDecisionTable { table in unsafe callprop_required_wide(calls, index, required, table) }
  #elseif !arch(x86_64) && !arch(i386) && !arch(arm)
    if unsafe isAligned(calls), unsafe isAligned(required) { return unsafe requireAligned(calls, n, required) }
  #endif
  while index < n {
    let bytes = unsafe calls.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self)
    let bits = Call(bytes: UInt32(littleEndian: bytes)).requirement.without(.all).bits
    unsafe required.storeBytes(of: bits, toByteOffset: index &* 4, as: cp_properties.self)
    count &+= bits == 0 ? 0 : 1
    index &+= 1
  }
  return count
}

#if arch(arm64) && _endian(little)
  /// How many calls the wide kernels take at a time. Every 64-bit ARM can run them.
  private let wideStep = 16
#endif

#if arch(x86_64)
  /// How many decisions the wide kernel makes at a time.
  private let wideStep = 32

  /// Whether the wide kernel can run here. Asking the processor takes long, so the answer is kept.
  private func hasAVX2() -> Bool {
    switch answer.load(ordering: .relaxed) {
    case 0:
      let hasAVX2 = callprop_has_avx2() != 0
      answer.store(hasAVX2 ? 2 : 1, ordering: .relaxed)
      return hasAVX2
    case let answer:
      return answer == 2
    }
  }

  /// 0: not asked yet; 1: no; 2: yes.
  private let answer = Atomic<UInt8>(0)
#endif
