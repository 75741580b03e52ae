// SPDX-License-Identifier: MIT

/// One kind of call permission. The order is that of the ABI's bits, and of every list that is written.
enum Property: UInt8 {
  case all, cq, li, lo, qli, qri, ri, ro

  static var count: UInt8 { 8 }

  /// The name by which configuration and interfaces know the property.
  var mnemo: Literal {
    switch self {
    case .all: "all"
    case .cq: "cq"
    case .li: "li"
    case .lo: "lo"
    case .qli: "qli"
    case .qri: "qri"
    case .ri: "ri"
    case .ro: "ro"
    }
  }

  /// The name by which an operator knows it.
  @inline(never) var name: Literal {
    switch self {
    case .all: "All calls"
    case .cq: "Active calling"
    case .li: "Internal incoming personal"
    case .lo: "Internal outgoing"
    case .qli: "Internal queue incoming"
    case .qri: "External queue incoming"
    case .ri: "External incoming personal"
    case .ro: "External outgoing"
    }
  }

  /// What it lets through, in one sentence.
  @inline(never) var summary: Literal {
    switch self {
    case .all:
      "Lets every call through."
    case .cq:
      "Lets callbacks through in which the extension is rung through a queue, and that queue is the callback's first leg."
    case .li:
      "Lets calls from the same client ring the extension itself; in a callback between two extensions of the PBX, covers the one that is connected second."
    case .lo:
      "Lets the extension make calls inside its own client; in a callback between two extensions of the PBX, covers the one that is rung first."
    case .qli:
      "Lets calls that began inside the same client ring the extension through a queue."
    case .qri:
      "Lets calls that began outside the client ring the extension through a queue."
    case .ri:
      "Lets calls from outside ring the extension itself, also through a voice menu; in a callback, covers an extension that is connected with an outside number rung first."
    case .ro:
      "Lets the extension call outside numbers; in a callback, covers an extension that is rung first and connected with an outside number."
    }
  }
}
