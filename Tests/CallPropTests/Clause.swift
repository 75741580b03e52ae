// SPDX-License-Identifier: MIT

import Testing

/// A call in words, from the point of view of the extension whose status it is.
struct Clause: Sendable, CustomTestStringConvertible {
  let call: Facts
  let words: String

  init(_ src: String, _ dst: String, leg: String, callback: Bool = false, _ words: String) {
    call = Facts(src, dst, leg: leg, callback: callback)
    self.words = words
  }

  var testDescription: String { words }

  static let all = calling + calledBackFirst + rung + connected

  private static let calling = [
    Clause("extension", "extension", leg: "src", "this extension calls an extension"),
    Clause("extension", "external", leg: "src", "this extension calls an outside number"),
    Clause("extension", "queue", leg: "src", "this extension calls a queue"),
    Clause("extension", "ivr", leg: "src", "this extension calls a voice menu"),
  ]

  private static let calledBackFirst = [
    Clause(
      "extension", "extension", leg: "src", callback: true,
      "a callback rings this extension first, then connects it with an extension"),
    Clause(
      "extension", "external", leg: "src", callback: true,
      "a callback rings this extension first, then connects it with an outside number"),
    Clause(
      "extension", "queue", leg: "src", callback: true,
      "a callback rings this extension first, then connects it with a queue"),
    Clause(
      "extension", "ivr", leg: "src", callback: true,
      "a callback rings this extension first, then connects it with a voice menu"),
    Clause(
      "queue", "extension", leg: "src", callback: true,
      "a callback rings this extension first, through a queue, then connects it with an extension"),
    Clause(
      "queue", "external", leg: "src", callback: true,
      "a callback rings this extension first, through a queue, then connects it with an outside number"),
    Clause(
      "queue", "queue", leg: "src", callback: true,
      "a callback rings this extension first, through a queue, then connects it with a queue"),
    Clause(
      "queue", "ivr", leg: "src", callback: true,
      "a callback rings this extension first, through a queue, then connects it with a voice menu"),
  ]

  private static let rung = [
    Clause("extension", "extension", leg: "dst", "an extension calls this extension"),
    Clause("extension", "queue", leg: "dst", "an extension calls this extension through a queue"),
    Clause("extension", "ivr", leg: "dst", "an extension calls this extension through a voice menu"),
    Clause("external", "extension", leg: "dst", "an outside number calls this extension"),
    Clause("external", "queue", leg: "dst", "an outside number calls this extension through a queue"),
    Clause("external", "ivr", leg: "dst", "an outside number calls this extension through a voice menu"),
  ]

  private static let connected = [
    Clause(
      "extension", "extension", leg: "dst", callback: true,
      "a callback rings another extension first, then connects this extension"),
    Clause(
      "extension", "queue", leg: "dst", callback: true,
      "a callback rings another extension first, then connects this extension through a queue"),
    Clause(
      "extension", "ivr", leg: "dst", callback: true,
      "a callback rings another extension first, then connects this extension through a voice menu"),
    Clause(
      "external", "extension", leg: "dst", callback: true,
      "a callback rings an outside number first, then connects this extension"),
    Clause(
      "external", "queue", leg: "dst", callback: true,
      "a callback rings an outside number first, then connects this extension through a queue"),
    Clause(
      "external", "ivr", leg: "dst", callback: true,
      "a callback rings an outside number first, then connects this extension through a voice menu"),
    Clause(
      "queue", "extension", leg: "dst", callback: true,
      "a callback rings an agent of a queue first, then connects this extension"),
    Clause(
      "queue", "queue", leg: "dst", callback: true,
      "a callback rings an agent of a queue first, then connects this extension through a queue"),
    Clause(
      "queue", "ivr", leg: "dst", callback: true,
      "a callback rings an agent of a queue first, then connects this extension through a voice menu"),
  ]
}
