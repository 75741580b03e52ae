// SPDX-License-Identifier: MIT

extension Decision {
  /// Says why, in one sentence for an operator, piece by piece.
  func reason(_ say: (Literal) -> Void) {
    say(isPermitted ? "Permitted: " : "Denied: ")
    if let impossibility = call.impossibility {
      say("this call cannot happen: ")
      say(impossibility.rule)
      say(".")
      return
    }
    call.clause(say)
    if let matched {
      say(", allowed by ")
      matched.words(say)
      say(".")
    } else if let required {
      say(", which needs ")
      required.words(say)
      say(" or all; ")
      say(granted.first() == nil ? "the status grants nothing." : "the status grants neither.")
    }
  }
}

extension Property {
  fileprivate func words(_ say: (Literal) -> Void) {
    say(mnemo)
    say(" (")
    say(name)
    say(")")
  }
}

extension Call {
  /// The call from our extension's point of view. Of a callback: who is rung first.
  fileprivate func clause(_ say: (Literal) -> Void) {
    switch (leg, callback) {
    case (.src, false):
      say("this extension calls ")
      say(dst.noun)
    case (.src, true):
      say("a callback rings this extension first")
      say(src == .queue ? ", through a queue, then connects it with " : ", then connects it with ")
      say(dst.noun)
    case (.dst, false):
      say(src.noun)
      say(" calls this extension")
      say(dst.way)
    case (.dst, true):
      say("a callback rings ")
      say(src == .queue ? "an agent of a queue" : src == .extension ? "another extension" : src.noun)
      say(" first, then connects this extension")
      say(dst.way)
    }
  }
}

extension Party {
  @inline(never) fileprivate var noun: Literal {
    switch self {
    case .extension: "an extension"
    case .external: "an outside number"
    case .queue: "a queue"
    case .ivr: "a voice menu"
    }
  }

  /// How the call came to our extension.
  fileprivate var way: Literal {
    switch self {
    case .queue: " through a queue"
    case .ivr: " through a voice menu"
    case .extension, .external: ""
    }
  }
}
