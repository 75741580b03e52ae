// SPDX-License-Identifier: MIT

/// One sentence for an operator.
typealias Reason = FixedText<255>

extension Decision {
  var reason: Reason {
    var text = Reason()
    reason { text.append($0) }
    return text
  }
}
