// SPDX-License-Identifier: MIT

/// Text that is part of the program. Its address and length are constants, where those of a `StaticString` would be
/// checked wherever they are used, with a trap behind each check.
@safe struct Literal: ExpressibleByStringLiteral {
  private let start: UnsafePointer<UInt8>
  private let count: Int

  @inline(__always)
  init(stringLiteral text: StaticString) {
    unsafe start = text.utf8Start
    count = text.utf8CodeUnitCount
  }

  var bytes: Span<UInt8> {
    @_lifetime(immortal)
    get {
      let bytes = unsafe Span(_unsafeStart: start, count: max(0, count))
      return unsafe _overrideLifetime(bytes, copying: ())
    }
  }
}
