// SPDX-License-Identifier: MIT

#if arch(x86_64)
  import CWide
  import _Builtin_intrinsics.intel

  // 32 decisions at a time with AVX2, by the same table as one decision: each of its four rows of 16 entries (one for each leg
  // and callback) fits a register, in which a shuffle looks up 32 entries at once.
  //
  // This target is compiled for processors that have AVX2. The core calls it after a check, through a declaration in C, so that
  // none of its code gets into functions that run everywhere.

  @_cdecl("callprop_permits_wide") @implementation
  public func callprop_permits_wide(
    _ granted: UnsafeRawPointer?, _ calls: UnsafeRawPointer?, _ n: Int, _ permitted: UnsafeMutableRawPointer?,
    _ table: UnsafeRawPointer?
  ) -> Int {
    guard let granted = unsafe granted, let calls = unsafe calls, let permitted = unsafe permitted,
      let table = unsafe table
    else { return 0 }
    let rows = unsafe Rows(table)
    var count = _mm256_setzero_si256()
    var index = 0
    while index < n {
      unsafe callprop_fetch_ahead(granted + index &* 4)
      unsafe callprop_fetch_ahead(calls + index &* 4)
      let decisions = unsafe decide(granted + index &* 4, calls + index &* 4, rows)
      unsafe permitted.storeBytes(of: decisions, toByteOffset: index, as: __m256i.self)
      count = _mm256_add_epi64(count, _mm256_sad_epu8(decisions, _mm256_setzero_si256()))
      index &+= 32
    }
    return Int(count[0] &+ count[1] &+ count[2] &+ count[3])
  }

  /// The rows of the table, each in both halves of a register.
  private struct Rows {
    let src: __m256i
    let dst: __m256i
    let srcCallback: __m256i
    let dstCallback: __m256i

    @inline(__always)
    init(_ table: UnsafeRawPointer) {
      src = unsafe Self.row(at: table)
      dst = unsafe Self.row(at: table + 16)
      srcCallback = unsafe Self.row(at: table + 32)
      dstCallback = unsafe Self.row(at: table + 48)
    }

    @inline(__always)
    private static func row(at start: UnsafeRawPointer) -> __m256i {
      _mm256_broadcastsi128_si256(unsafe start.loadUnaligned(as: __m128i.self))
    }
  }

  /// Eight calls, and what is granted to their extensions.
  private struct Eight {
    /// 32 bits each: the call's index in the table (src + 4 dst + 16 leg + 32 callback), when its values are in range.
    let index: __m256i
    /// 32 bits each: the eight properties; none when a value of the call is out of range.
    let granted: __m256i

    @inline(__always)
    init(_ granted: UnsafeRawPointer, _ calls: UnsafeRawPointer) {
      let calls = unsafe calls.loadUnaligned(as: __m256i.self)
      let weights = _mm256_set1_epi32(0x2010_0401)
      index = _mm256_madd_epi16(_mm256_maddubs_epi16(calls, weights), _mm256_set1_epi16(1))

      let outOfRange = _mm256_and_si256(calls, _mm256_set1_epi32(~0x0101_0303))
      let isInRange = _mm256_cmpeq_epi32(outOfRange, _mm256_setzero_si256())
      let properties = _mm256_and_si256(isInRange, _mm256_set1_epi32(0xFF))
      self.granted = _mm256_and_si256(unsafe granted.loadUnaligned(as: __m256i.self), properties)
    }
  }

  /// 32 decisions, a byte each: 0 or 1.
  @inline(__always)
  private func decide(_ granted: UnsafeRawPointer, _ calls: UnsafeRawPointer, _ rows: Rows) -> __m256i {
    let a = unsafe Eight(granted, calls)
    let b = unsafe Eight(granted + 32, calls + 32)
    let c = unsafe Eight(granted + 64, calls + 64)
    let d = unsafe Eight(granted + 96, calls + 96)
    let index = narrowed(a.index, b.index, c.index, d.index)
    let granted = narrowed(a.granted, b.granted, c.granted, d.granted)

    let column = _mm256_and_si256(index, _mm256_set1_epi8(15))
    // A blend selects by the top bit of each byte.
    let isDst = _mm256_slli_epi32(index, 3)
    let isCallback = _mm256_slli_epi32(index, 2)
    let direct = _mm256_blendv_epi8(
      _mm256_shuffle_epi8(rows.src, column), _mm256_shuffle_epi8(rows.dst, column), isDst)
    let callback = _mm256_blendv_epi8(
      _mm256_shuffle_epi8(rows.srcCallback, column), _mm256_shuffle_epi8(rows.dstCallback, column), isDst)
    let requirement = _mm256_blendv_epi8(direct, callback, isCallback)

    let isDenied = _mm256_cmpeq_epi8(_mm256_and_si256(requirement, granted), _mm256_setzero_si256())
    return inOrder(_mm256_andnot_si256(isDenied, _mm256_set1_epi8(1)))
  }

  /// 32 numbers below 256 as bytes. The instructions work within the halves of a register, so the order is that of `inOrder`.
  @inline(__always)
  private func narrowed(_ a: __m256i, _ b: __m256i, _ c: __m256i, _ d: __m256i) -> __m256i {
    _mm256_packus_epi16(_mm256_packus_epi32(a, b), _mm256_packus_epi32(c, d))
  }

  /// Undoes the order in which `narrowed` leaves each four bytes.
  @inline(__always)
  private func inOrder(_ bytes: __m256i) -> __m256i {
    _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7))
  }
#endif
