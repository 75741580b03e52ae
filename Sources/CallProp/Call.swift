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
  /// Who originates it.
  var src: Party
  /// What was dialled.
  var dst: Party
  /// Where our extension is.
  var leg: Leg
  /// Whether the PBX calls `src` first, and connects `dst` when that answers.
  var callback: Bool
}
