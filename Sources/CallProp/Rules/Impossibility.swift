// SPDX-License-Identifier: MIT

/// Why the decision table has no entry for a call.
enum Impossibility {
  case outOfRange
  /// With a dst that may be the phone, which the menu or the queue led to; and with one that is not, and stays.
  case voiceMenuAsSrc, voiceMenuBeforeDst
  case queueWithoutCallback, queueBeforeDst
  case outsideNumberOnLegSrc, outsideNumberOnLegDst, noExtension

  /// The rule that the call breaks, as a clause.
  @inline(never) var rule: Literal {
    switch self {
    case .outOfRange: "a value of it is out of range"
    case .voiceMenuAsSrc, .voiceMenuBeforeDst: "a voice menu never makes a call"
    case .queueWithoutCallback, .queueBeforeDst: "a queue makes a call only in a callback"
    case .outsideNumberOnLegSrc: "src=external on leg src, where our own extension makes the call"
    case .outsideNumberOnLegDst: "dst=external on leg dst, where our own extension is rung"
    case .noExtension: "from outside to outside no extension takes part"
    }
  }

  /// What the caller more likely meant: never advice by which a denial becomes a permission.
  @inline(never) var remedy: Literal {
    switch self {
    case .outOfRange: "CP_EXTENSION to CP_IVR, CP_LEG_SRC or CP_LEG_DST, 0 or 1"
    case .voiceMenuAsSrc: "the caller as src, and dst=ivr"
    case .queueWithoutCallback: "the caller as src, and dst=queue where it rings an agent"
    case .voiceMenuBeforeDst, .queueBeforeDst: "the caller as src"
    case .outsideNumberOnLegSrc: "leg=dst where it is rung"
    case .outsideNumberOnLegDst: "leg=src, for our own extension there"
    case .noExtension: "nobody to be asked about it"
    }
  }
}

extension Call {
  /// Which of the reasons applies; nil when the call can happen.
  @inline(never) var impossibility: Impossibility? {
    guard !canHappen else { return nil }
    guard isInRange else { return .outOfRange }
    switch src {
    case .ivr: return dst == .extension || dst == .ivr ? .voiceMenuAsSrc : .voiceMenuBeforeDst
    case .queue where !callback: return dst == .extension || dst == .queue ? .queueWithoutCallback : .queueBeforeDst
    case .external where dst == .external: return .noExtension
    case _ where leg == .src: return .outsideNumberOnLegSrc
    default: return .outsideNumberOnLegDst
    }
  }
}
