// SPDX-License-Identifier: MIT

#if arch(arm64) && _endian(little)
  import CWide
  import _Builtin_intrinsics.arm.neon

  // 16 calls at a time with NEON, which every 64-bit ARM has, by the same table as one decision: its 64 entries fit four registers,
  // in which one instruction looks up 16 entries at once, and finds none for an index that is out of range.

  @_cdecl("callprop_permits_wide") @implementation
  public func callprop_permits_wide(
    _ granted: UnsafeRawPointer?, _ calls: UnsafeRawPointer?, _ n: Int, _ permitted: UnsafeMutableRawPointer?,
    _ table: UnsafeRawPointer?
  ) -> Int {
    guard let granted = unsafe granted, let calls = unsafe calls, let permitted = unsafe permitted,
      let table = unsafe table
    else { return 0 }
    let rows = unsafe rows(of: table)
    var count = vdupq_n_u64(0)
    var index = 0
    while index < n {
      let requirement = vqtbl4q_u8(rows, unsafe columns(of: calls + index &* 4))
      let isPermitted = vtstq_u8(requirement, unsafe lowBytes(of: granted + index &* 4))
      let decisions = vandq_u8(isPermitted, vdupq_n_u8(1))
      unsafe permitted.storeBytes(of: decisions, toByteOffset: index, as: uint8x16_t.self)
      count = vpadalq_u32(count, vpaddlq_u16(vpaddlq_u8(decisions)))
      index &+= 16
    }
    return Int(truncatingIfNeeded: vaddvq_u64(count))
  }

  @_cdecl("callprop_required_wide") @implementation
  public func callprop_required_wide(
    _ calls: UnsafeRawPointer?, _ n: Int, _ required: UnsafeMutableRawPointer?, _ table: UnsafeRawPointer?
  ) -> Int {
    guard let calls = unsafe calls, let required = unsafe required, let table = unsafe table else { return 0 }
    let rows = unsafe rows(of: table)
    var count = vdupq_n_u64(0)
    var index = 0
    while index < n {
      // Without the lowest bit, which is `all`.
      let bytes = vandq_u8(vqtbl4q_u8(rows, unsafe columns(of: calls + index &* 4)), vdupq_n_u8(0xFE))
      unsafe store(bytes, to: required + index &* 4)
      let canHappen = vandq_u8(vtstq_u8(bytes, bytes), vdupq_n_u8(1))
      count = vpadalq_u32(count, vpaddlq_u16(vpaddlq_u8(canHappen)))
      index &+= 16
    }
    return Int(truncatingIfNeeded: vaddvq_u64(count))
  }

  @inline(__always)
  private func rows(of table: UnsafeRawPointer) -> uint8x16x4_t {
    unsafe uint8x16x4_t(
      val: (
        table.loadUnaligned(as: uint8x16_t.self), table.loadUnaligned(fromByteOffset: 16, as: uint8x16_t.self),
        table.loadUnaligned(fromByteOffset: 32, as: uint8x16_t.self),
        table.loadUnaligned(fromByteOffset: 48, as: uint8x16_t.self)
      ))
  }

  /// The indices of 16 calls in the table (src + 4 dst + 16 leg + 32 callback); 255 where a value is out of range.
  @inline(__always)
  private func columns(of calls: UnsafeRawPointer) -> uint8x16_t {
    let ab = unsafe highHalves(indices(of: calls), indices(of: calls + 16))
    let cd = unsafe highHalves(indices(of: calls + 32), indices(of: calls + 48))
    return vuzp2q_u8(ab, cd)
  }

  /// The indices of four calls, each the highest byte of its 32 bits: each bit of the factor moves one of a call's bytes there.
  @inline(__always)
  private func indices(of calls: UnsafeRawPointer) -> uint32x4_t {
    let calls = unsafe calls.loadUnaligned(as: uint32x4_t.self)
    let isOutOfRange = vtstq_u32(calls, vdupq_n_u32(~0x0101_0303))
    return vorrq_u32(vmulq_u32(calls, vdupq_n_u32(0x0104_1020)), isOutOfRange)
  }

  @inline(__always)
  private func highHalves(_ a: uint32x4_t, _ b: uint32x4_t) -> uint8x16_t {
    vreinterpretq_u8_u16(vuzp2q_u16(vreinterpretq_u16_u32(a), vreinterpretq_u16_u32(b)))
  }

  /// The lowest byte of each of 16 numbers of 32 bits: the eight properties.
  @inline(__always)
  private func lowBytes(of numbers: UnsafeRawPointer) -> uint8x16_t {
    let ab = unsafe lowHalves(
      numbers.loadUnaligned(as: uint16x8_t.self), numbers.loadUnaligned(fromByteOffset: 16, as: uint16x8_t.self))
    let cd = unsafe lowHalves(
      numbers.loadUnaligned(fromByteOffset: 32, as: uint16x8_t.self),
      numbers.loadUnaligned(fromByteOffset: 48, as: uint16x8_t.self))
    return vuzp1q_u8(ab, cd)
  }

  @inline(__always)
  private func lowHalves(_ a: uint16x8_t, _ b: uint16x8_t) -> uint8x16_t {
    vreinterpretq_u8_u16(vuzp1q_u16(a, b))
  }

  /// 16 bytes, each as a number of 32 bits.
  @inline(__always)
  private func store(_ bytes: uint8x16_t, to start: UnsafeMutableRawPointer) {
    let (low, high) = (vmovl_u8(vget_low_u8(bytes)), vmovl_high_u8(bytes))
    unsafe start.storeBytes(of: vmovl_u16(vget_low_u16(low)), as: uint32x4_t.self)
    unsafe start.storeBytes(of: vmovl_high_u16(low), toByteOffset: 16, as: uint32x4_t.self)
    unsafe start.storeBytes(of: vmovl_u16(vget_low_u16(high)), toByteOffset: 32, as: uint32x4_t.self)
    unsafe start.storeBytes(of: vmovl_high_u16(high), toByteOffset: 48, as: uint32x4_t.self)
  }
#endif
