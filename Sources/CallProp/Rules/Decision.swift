// SPDX-License-Identifier: MIT

/// A decision and what it rests on.
struct Decision {
  let call: Call
  let granted: PropertySet
  /// The one property, besides `all`, that lets the call through; nil when it cannot happen.
  let required: Property?
  let isPermitted: Bool

  init(on call: Call, granted: PropertySet) {
    self.call = call
    self.granted = granted
    required = call.required
    isPermitted = granted.permits(call)
  }

  /// The granted property that let the call through; `all` when only that did.
  var matched: Property? {
    guard isPermitted else { return nil }
    if let required, granted.contains(required) { return required }
    return .all
  }
}
