// SPDX-License-Identifier: MIT

// The one place that knows which property lets which call through (docs/decisions.md).
// An entry holds the bits of all properties that do: the required one and `all`. 0: the call cannot happen.

private let cq: UInt8 = 0b0000_0011
private let li: UInt8 = 0b0000_0101
private let lo: UInt8 = 0b0000_1001
private let qli: UInt8 = 0b0001_0001
private let qri: UInt8 = 0b0010_0001
private let ri: UInt8 = 0b0100_0001
private let ro: UInt8 = 0b1000_0001
private let __: UInt8 = 0

/// Columns: src; lines: dst; blocks: leg and callback. So an index is src + 4 dst + 16 leg + 32 callback.
private let table: [64 of UInt8] = [
  // extension, external, queue, ivr
  // leg src
  /* extension */ lo, __, __, __,
  /* external  */ ro, __, __, __,
  /* queue     */ lo, __, __, __,
  /* ivr       */ lo, __, __, __,
  // leg dst
  /* extension */ li, ri, __, __,
  /* external  */ __, __, __, __,
  /* queue     */ qli, qri, __, __,
  /* ivr       */ li, ri, __, __,
  // leg src, callback
  /* extension */ lo, __, cq, __,
  /* external  */ ro, __, cq, __,
  /* queue     */ lo, __, cq, __,
  /* ivr       */ lo, __, cq, __,
  // leg dst, callback
  /* extension */ li, ri, li, __,
  /* external  */ __, __, __, __,
  /* queue     */ qli, qri, qli, __,
  /* ivr       */ li, ri, li, __,
]

/// The table's 64 bytes, for code that looks up many calls at once.
@unsafe
func withDecisionTable<Result>(_ body: (UnsafeRawPointer?) -> Result) -> Result {
  unsafe table.span.withUnsafeBytes { bytes in unsafe body(bytes.baseAddress) }
}

extension Call {
  /// The properties of which any one lets this call through: the required one and `all`.
  /// Empty when the call cannot happen, so that nothing ever permits it.
  @inline(__always) var requirement: PropertySet {
    PropertySet(bits: UInt32(table[Int(index & 63)]))
  }

  var canHappen: Bool {
    requirement != PropertySet()
  }

  /// The one property, besides `all`, that lets this call through; nil when it cannot happen.
  var required: Property? {
    requirement.without(.all).first()
  }
}

extension PropertySet {
  @inline(__always)
  func permits(_ call: Call) -> Bool {
    intersects(call.requirement)
  }
}
