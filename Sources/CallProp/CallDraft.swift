// SPDX-License-Identifier: MIT

/// The keys of a call's text forms.
enum CallKey {
  case src, dst, leg, callback

  init?(name text: Span<UInt8>) {
    switch text.byte(at: 0) {
    case UInt8(ascii: "s"): self = .src
    case UInt8(ascii: "d"): self = .dst
    case UInt8(ascii: "l"): self = .leg
    default: self = .callback
    }
    guard text.equals(name) else { return nil }
  }

  var name: Literal {
    switch self {
    case .src: "src"
    case .dst: "dst"
    case .leg: "leg"
    case .callback: "callback"
    }
  }
}

/// A call while its facts are read one by one, from either text form. Both forms obey the rules here.
struct CallDraft {
  private var src: Party?
  private var dst: Party?
  private var leg: Leg?
  private var callback: Bool?

  func has(_ key: CallKey) -> Bool {
    switch key {
    case .src: src != nil
    case .dst: dst != nil
    case .leg: leg != nil
    case .callback: callback != nil
    }
  }

  /// Takes in the value of a key; returns what is wrong with it, if anything is.
  mutating func set(_ key: CallKey, to value: Span<UInt8>) -> Problem? {
    switch key {
    case .src:
      src = Party(name: value)
      return src == nil ? .unknownParty : nil
    case .dst:
      dst = Party(name: value)
      return dst == nil ? .unknownParty : nil
    case .leg:
      leg = Leg(name: value)
      return leg == nil ? .unknownLeg : nil
    case .callback:
      callback = value.equals("true") ? true : value.equals("false") ? false : nil
      return callback == nil ? .unknownFlag : nil
    }
  }

  mutating func setCallback(_ value: Bool) {
    callback = value
  }

  /// The call, once all keys are read: complete, and one that can happen.
  func finished() throws(Failure) -> Call {
    guard let src else { throw Failure(.call, .missingSrc) }
    guard let dst else { throw Failure(.call, .missingDst) }
    guard let leg else { throw Failure(.call, .missingLeg) }
    let call = Call(src: src, dst: dst, leg: leg, callback: callback ?? false)
    guard call.canHappen else {
      throw Failure(.call, .impossible(call.impossibility))
    }
    return call
  }
}
