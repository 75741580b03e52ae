// SPDX-License-Identifier: MIT

/// The keys of a call's text forms.
enum CallKey: UInt8 {
  case src, dst, leg, callback

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
  mutating func set(_ key: CallKey, to value: Name) -> Problem? {
    switch key {
    case .src:
      src = Party(value)
      return src == nil ? .unknownParty : nil
    case .dst:
      dst = Party(value)
      return dst == nil ? .unknownParty : nil
    case .leg:
      leg = Leg(value)
      return leg == nil ? .unknownLeg : nil
    case .callback:
      callback = Bool(value)
      return callback == nil ? .unknownFlag : nil
    }
  }

  /// The call, once all keys are read: complete, and one that can happen.
  func finished() throws(Failure) -> Call {
    guard let src else { throw Failure(.call, .missingSrc) }
    guard let dst else { throw Failure(.call, .missingDst) }
    guard let leg else { throw Failure(.call, .missingLeg) }
    let call = Call(src: src, dst: dst, leg: leg, callback: callback ?? false)
    if let impossibility = call.impossibility { throw Failure(.call, .impossible(impossibility)) }
    return call
  }
}
