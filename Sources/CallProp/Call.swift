// SPDX-License-Identifier: MIT

/// What stands at one end of a call.
enum Party: UInt8 {
  case `extension`, external, queue, ivr

  init?(name text: Span<UInt8>) {
    var candidate = Party.extension
    while !text.equals(candidate.name) {
      guard let next = Party(rawValue: candidate.rawValue &+ 1) else { return nil }
      candidate = next
    }
    self = candidate
  }

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

  init?(name text: Span<UInt8>) {
    if text.equals(Leg.src.name) {
      self = .src
    } else if text.equals(Leg.dst.name) {
      self = .dst
    } else {
      return nil
    }
  }

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
  let index: UInt8

  @inline(__always)
  init(src: Party, dst: Party, leg: Leg, callback: Bool) {
    index = src.rawValue | dst.rawValue &<< 2 | leg.rawValue &<< 4 | (callback ? 1 : 0) &<< 5
  }

  /// The facts in the ABI's values; nil when one is out of range.
  @inline(__always)
  init?(src: UInt8, dst: UInt8, leg: UInt8, callback: UInt8) {
    guard (src | dst) & ~3 | (leg | callback) & ~1 == 0 else { return nil }
    index = src | dst &<< 2 | leg &<< 4 | callback &<< 5
  }

  /// Who originates it.
  var src: Party { Party(rawValue: index & 3) ?? .ivr }
  /// What was dialled.
  var dst: Party { Party(rawValue: index &>> 2 & 3) ?? .ivr }
  /// Where our extension is.
  var leg: Leg { Leg(rawValue: index &>> 4 & 1) ?? .dst }
  /// Whether the PBX calls `src` first, and connects `dst` when that answers.
  var callback: Bool { index &>> 5 & 1 == 1 }
}
