// SPDX-License-Identifier: MIT

/// Why the decision table has no entry for a call.
enum Impossibility {
  case outOfRange, voiceMenuAsSrc, queueWithoutCallback, outsideNumberOnLegSrc, outsideNumberOnLegDst

  /// The rule that the call breaks, as a clause.
  @inline(never) var rule: Literal {
    switch self {
    case .outOfRange: "a value of it is out of range"
    case .voiceMenuAsSrc: "a voice menu never makes a call"
    case .queueWithoutCallback: "a queue makes a call only in a callback"
    case .outsideNumberOnLegSrc: "on leg src our own extension makes the call"
    case .outsideNumberOnLegDst: "on leg dst our own extension is rung"
    }
  }

  /// What the caller more likely meant: never advice by which a denial becomes a permission.
  @inline(never) var remedy: Literal {
    switch self {
    case .outOfRange: "CP_EXTENSION to CP_IVR, CP_LEG_SRC or CP_LEG_DST, 0 or 1"
    case .voiceMenuAsSrc: "the caller as src, and dst=ivr"
    case .queueWithoutCallback: "the caller as src, and dst=queue"
    case .outsideNumberOnLegSrc: "src=extension, or leg=dst where it is rung"
    case .outsideNumberOnLegDst: "leg=src where it makes the call"
    }
  }
}

extension Call {
  /// Which of the reasons applies; nil when the call can happen.
  var impossibility: Impossibility? {
    guard !canHappen else { return nil }
    guard isInRange else { return .outOfRange }
    switch src {
    case .ivr: return .voiceMenuAsSrc
    case .queue where !callback: return .queueWithoutCallback
    case _ where leg == .src: return .outsideNumberOnLegSrc
    default: return .outsideNumberOnLegDst
    }
  }
}
