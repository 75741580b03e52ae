// SPDX-License-Identifier: MIT

/// One sentence for an operator.
typealias Reason = FixedText<255>

extension Decision {
  var reason: Reason {
    var text = Reason()
    text.append(isPermitted ? "Permitted: " : "Denied: ")
    text.append(call)
    if let matched {
      text.append(", and ")
      text.append(matched)
      text.append(" lets that through.")
    } else if let required {
      text.append(", which needs ")
      text.append(required)
      text.append(" or all; ")
      text.append(granted.first() == nil ? "the status grants nothing." : "the status grants neither.")
    }
    return text
  }
}

extension FixedText {
  @inline(never) fileprivate mutating func append(_ property: Property) {
    append(property.mnemo)
    append(" (")
    append(property.name)
    append(")")
  }

  /// The call as a clause, from our extension's point of view.
  @inline(never) fileprivate mutating func append(_ call: Call) {
    switch call.leg {
    case .src where call.src == .queue:
      append("a callback rings this extension through a queue, to connect it with ")
      append(call.dst.noun)
    case .src:
      append(call.callback ? "a callback connects this extension with " : "this extension calls ")
      append(call.dst.noun)
    case .dst:
      if call.src == .queue {
        append("a callback connects the agent of a queue with this extension")
      } else {
        append(call.callback ? "a callback connects " : "")
        append(call.src.noun)
        append(call.callback ? " with this extension" : " calls this extension")
      }
      switch call.dst {
      case .queue: append(" through a queue")
      case .ivr: append(" through a voice menu")
      case .extension, .external: break
      }
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
}
