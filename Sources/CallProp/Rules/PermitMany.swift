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
  #if arch(x86_64) || (arch(arm64) && _endian(little))
    if n >= wideStep, hasWideKernel() {
      index = n & ~(wideStep &- 1)
      count = unsafe withDecisionTable { table in
        unsafe callprop_permits_wide(granted, calls, index, permitted, table)
      }
    }
  #endif
  let isAligned = unsafe isAligned(granted) && isAligned(calls)
  if isAligned {
    count &+= unsafe permitEach(granted, calls, index, n, permitted, isAligned: true)
  } else {
    count &+= unsafe permitEach(granted, calls, index, n, permitted, isAligned: false)
  }
  return count
}

/// Twice in the code: `isAligned` is known to the compiler.
@unsafe @inline(__always)
private func permitEach(
  _ granted: UnsafeRawPointer, _ calls: UnsafeRawPointer, _ start: Int, _ n: Int, _ permitted: UnsafeMutableRawPointer,
  isAligned: Bool
) -> Int {
  var index = start
  var count = 0
  while index < n {
    let set = unsafe PropertySet(bits: word(granted, at: index, isAligned: isAligned))
    let call = unsafe Call(bytes: UInt32(littleEndian: word(calls, at: index, isAligned: isAligned)))
    let decision: UInt8 = set.permits(call) ? 1 : 0
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
    if n >= wideStep {
      index = n & ~(wideStep &- 1)
      count = unsafe withDecisionTable { table in unsafe callprop_required_wide(calls, index, required, table) }
    }
  #endif
  let isAligned = unsafe isAligned(calls) && isAligned(required)
  if isAligned {
    count &+= unsafe requireEach(calls, index, n, required, isAligned: true)
  } else {
    count &+= unsafe requireEach(calls, index, n, required, isAligned: false)
  }
  return count
}

@unsafe @inline(__always)
private func requireEach(
  _ calls: UnsafeRawPointer, _ start: Int, _ n: Int, _ required: UnsafeMutableRawPointer, isAligned: Bool
) -> Int {
  var index = start
  var count = 0
  while index < n {
    let call = unsafe Call(bytes: UInt32(littleEndian: word(calls, at: index, isAligned: isAligned)))
    let bits = call.requirement.without(.all).bits
    if isAligned {
      unsafe (required + index &* 4).assumingMemoryBound(to: UInt32.self).pointee = bits
    } else {
      unsafe required.storeBytes(of: bits, toByteOffset: index &* 4, as: UInt32.self)
    }
    count &+= bits == 0 ? 0 : 1
    index &+= 1
  }
  return count
}

@unsafe @inline(__always)
private func word(_ words: UnsafeRawPointer, at index: Int, isAligned: Bool) -> UInt32 {
  if isAligned {
    unsafe (words + index &* 4).assumingMemoryBound(to: UInt32.self).pointee
  } else {
    unsafe words.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self)
  }
}

#if arch(x86_64) || arch(i386) || arch(arm64) || arch(arm)
  /// It makes no difference: these processors load words from anywhere.
  @inline(__always)
  private func isAligned(_ words: UnsafeRawPointer) -> Bool { false }
#else
  /// Whether words can be loaded at once: elsewhere they are put together byte by byte.
  @inline(__always)
  private func isAligned(_ words: UnsafeRawPointer) -> Bool { UInt(bitPattern: words) & 3 == 0 }
#endif

#if arch(arm64) && _endian(little)
  /// How many calls a wide kernel takes at a time.
  private let wideStep = 16

  /// Every 64-bit ARM has NEON.
  @inline(__always)
  private func hasWideKernel() -> Bool { true }
#endif

#if arch(x86_64)
  private let wideStep = 32

  /// Whether the processor has AVX2. Asking it takes long, so the answer is kept.
  private func hasWideKernel() -> Bool {
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
