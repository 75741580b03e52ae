// SPDX-License-Identifier: MIT

/// What stands at one end of a call.
enum Party: UInt8 {
  case `extension`, external, queue, ivr

  var name: Literal {
    switch self {
    case .extension: "extension"
    case .external: "external"
    case .queue: "queue"
    case .ivr: "ivr"
    }
  }
}

/// On which leg of the call our extension is.
enum Leg: UInt8 {
  case src, dst

  var name: Literal {
    switch self {
    case .src: "src"
    case .dst: "dst"
    }
  }
}

/// A call, as the four facts on which a decision rests. Not every combination can happen: see `requirement`.
struct Call: Equatable {
  /// The facts as one number below 64: src, dst (2 bits each), leg and callback (1 bit each), from the lowest bit.
  /// In 32 bits, because eight would cost a decision what it takes to keep the rest of a register.
  let index: UInt32

  @inline(__always)
  init(src: Party, dst: Party, leg: Leg, callback: Bool) {
    self.init(src: src.rawValue, dst: dst.rawValue, leg: leg.rawValue, callback: callback ? 1 : 0)
  }

  /// The facts in the ABI's values. Where one is out of range: `outOfRange`.
  @inline(__always)
  init(src: UInt8, dst: UInt8, leg: UInt8, callback: UInt8) {
    let (src, dst, leg, callback) = (UInt32(src), UInt32(dst), UInt32(leg), UInt32(callback))
    let isInRange = (src | dst) & ~3 | (leg | callback) & ~1 == 0
    index = _fastPath(isInRange) ? src | dst &<< 2 | leg &<< 4 | callback &<< 5 : Self.outOfRange.index
  }

  /// The same from a number whose bytes they are, src the lowest. One load and half the steps; but where the bytes were
  /// written one by one just before, that load has to wait.
  @inline(__always)
  init(bytes: UInt32) {
    // The product's highest byte is the index: each bit of the factor moves one of the bytes there.
    let isInRange = bytes & ~0x0101_0303 == 0
    index = isInRange ? (bytes &* 0x0104_1020) &>> 24 : Self.outOfRange.index
  }

  private init(index: UInt32) {
    self.index = index
  }

  /// What is no call at all. The lower six bits are those of a voice menu as src, which cannot happen either.
  @inline(__always) static var outOfRange: Call { Call(index: 64 | UInt32(Party.ivr.rawValue)) }

  var isInRange: Bool { index < 64 }
  /// Who originates it.
  var src: Party { Party(rawValue: part(at: 0, mask: 3)) ?? .ivr }
  /// What was dialled.
  var dst: Party { Party(rawValue: part(at: 2, mask: 3)) ?? .ivr }
  /// Where our extension is.
  var leg: Leg { Leg(rawValue: part(at: 4, mask: 1)) ?? .dst }
  /// Whether the PBX calls `src` first, and connects `dst` when that answers.
  var callback: Bool { part(at: 5, mask: 1) == 1 }

  private func part(at bit: UInt32, mask: UInt32) -> UInt8 {
    UInt8(truncatingIfNeeded: index &>> bit & mask)
  }
}
