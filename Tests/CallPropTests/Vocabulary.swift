// SPDX-License-Identifier: MIT

import CCallProp

/// The words of the design, beside the values of the header. Nothing here is taken from the core.
enum Vocabulary {
  static let bits: KeyValuePairs = [
    "all": CP_ALL, "cq": CP_CQ, "li": CP_LI, "lo": CP_LO, "qli": CP_QLI, "qri": CP_QRI, "ri": CP_RI, "ro": CP_RO,
  ]

  static let names = [
    "all": "All calls", "cq": "Active calling", "li": "Internal incoming personal", "lo": "Internal outgoing",
    "qli": "Internal queue incoming", "qri": "External queue incoming", "ri": "External incoming personal",
    "ro": "External outgoing",
  ]

  static let parties: KeyValuePairs = [
    "extension": CP_EXTENSION, "external": CP_EXTERNAL, "queue": CP_QUEUE, "ivr": CP_IVR,
  ]

  static let legs: KeyValuePairs = ["src": CP_LEG_SRC, "dst": CP_LEG_DST]

  static let mnemos = bits.map(\.key)

  /// All 256 sets, each in the order of the bits.
  static let sets = (0..<256).map { bits in mnemos.indices.filter { bits >> $0 & 1 == 1 }.map { mnemos[$0] } }

  // The same to look up, since the tests do so hundreds of thousands of times.
  fileprivate static let bitOf = dictionary(bits)
  fileprivate static let partyOf = dictionary(parties)
  fileprivate static let legOf = dictionary(legs)

  private static func dictionary(_ words: KeyValuePairs<String, Int>) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: words.map { ($0.key, $0.value) })
  }
}

extension Array where Element == String {
  /// A set of mnemos as the ABI's `cp_properties`.
  var properties: cp_properties {
    reduce(0) { $0 | cp_properties(Vocabulary.bitOf[$1] ?? -1) }
  }

  /// A set of mnemos as a JSON array.
  var json: Input { Input("[" + map { "\"\($0)\"" }.joined(separator: ",") + "]") }
}

/// The four facts of a call, in words.
struct Facts: Hashable, Sendable, CustomStringConvertible {
  let src: String
  let dst: String
  let leg: String
  let callback: Bool

  init(_ src: String, _ dst: String, leg: String, callback: Bool) {
    self.src = src
    self.dst = dst
    self.leg = leg
    self.callback = callback
  }

  /// From text such as `src=external,dst=ivr,leg=dst`, as the tables have it.
  init(_ text: String) {
    var words = ["callback": "false"]
    for pair in text.split(separator: ",") {
      let sides = pair.split(separator: "=")
      words[String(sides[0])] = String(sides[1])
    }
    self.init(
      words["src"] ?? "", words["dst"] ?? "", leg: words["leg"] ?? "", callback: words["callback"] == "true")
  }

  /// All 64, whether they can happen or not.
  static let all = Vocabulary.legs.flatMap { leg in
    Vocabulary.parties.flatMap { src in
      Vocabulary.parties.flatMap { dst in
        [false, true].map { Facts(src.key, dst.key, leg: leg.key, callback: $0) }
      }
    }
  }

  var description: String { "src=\(src),dst=\(dst),leg=\(leg),callback=\(callback)" }
  var pairs: Input { Input(description) }
  var json: Input { Input(#"{"src":"\#(src)","dst":"\#(dst)","leg":"\#(leg)","callback":\#(callback)}"#) }

  var abi: cp_call {
    cp_call(
      src: UInt8(Vocabulary.partyOf[src] ?? -1), dst: UInt8(Vocabulary.partyOf[dst] ?? -1),
      leg: UInt8(Vocabulary.legOf[leg] ?? -1), callback: callback ? 1 : 0)
  }
}

extension cp_call: @retroactive Equatable {
  public static func == (left: cp_call, right: cp_call) -> Bool {
    left.src == right.src && left.dst == right.dst && left.leg == right.leg && left.callback == right.callback
  }
}
