// SPDX-License-Identifier: MIT

// Which of ours a name is: nil where it is none.

extension Property {
  init?(_ name: Name) {
    switch name {
    case Property.all.mnemo: self = .all
    case Property.cq.mnemo: self = .cq
    case Property.li.mnemo: self = .li
    case Property.lo.mnemo: self = .lo
    case Property.qli.mnemo: self = .qli
    case Property.qri.mnemo: self = .qri
    case Property.ri.mnemo: self = .ri
    case Property.ro.mnemo: self = .ro
    default: return nil
    }
  }
}

extension Party {
  init?(_ name: Name) {
    switch name {
    case Party.extension.name: self = .extension
    case Party.external.name: self = .external
    case Party.queue.name: self = .queue
    case Party.ivr.name: self = .ivr
    default: return nil
    }
  }
}

extension Leg {
  init?(_ name: Name) {
    switch name {
    case Leg.src.name: self = .src
    case Leg.dst.name: self = .dst
    default: return nil
    }
  }
}

extension CallKey {
  init?(_ name: Name) {
    switch name {
    case CallKey.src.name: self = .src
    case CallKey.dst.name: self = .dst
    case CallKey.leg.name: self = .leg
    case CallKey.callback.name: self = .callback
    default: return nil
    }
  }
}

extension Bool {
  init?(_ name: Name) {
    switch name {
    case true.name: self = true
    case false.name: self = false
    default: return nil
    }
  }

  var name: Literal { self ? "true" : "false" }
}
