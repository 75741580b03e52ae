// SPDX-License-Identifier: MIT

import Testing

/// Something that happens in an office, and the property that the extension's status must hold for it.
struct Scenario: Sendable, CustomTestStringConvertible {
  let story: String
  let call: Facts
  let required: String

  init(
    _ story: String, src: String, dst: String, leg: String, callback: Bool = false, needs required: String
  ) {
    self.story = story
    call = Facts(src, dst, leg: leg, callback: callback)
    self.required = required
  }

  var testDescription: String { story }

  /// Every call that can happen, told once: section 3 of the design, not the core's table.
  static let all = outgoing + incoming + queued

  static let requirements = Dictionary(all.map { ($0.call, $0.required) }) { first, _ in first }

  private static let outgoing = [
    Scenario("The extension dials a colleague", src: "extension", dst: "extension", leg: "src", needs: "lo"),
    Scenario("The extension dials a queue of its client", src: "extension", dst: "queue", leg: "src", needs: "lo"),
    Scenario("The extension dials a voice menu of its client", src: "extension", dst: "ivr", leg: "src", needs: "lo"),
    Scenario("The extension dials an outside number", src: "extension", dst: "external", leg: "src", needs: "ro"),
    Scenario(
      "A callback rings the extension, and connects a colleague when it answers",
      src: "extension", dst: "extension", leg: "src", callback: true, needs: "lo"),
    Scenario(
      "A callback rings the extension, and connects a queue when it answers",
      src: "extension", dst: "queue", leg: "src", callback: true, needs: "lo"),
    Scenario(
      "A callback rings the extension, and connects a voice menu when it answers",
      src: "extension", dst: "ivr", leg: "src", callback: true, needs: "lo"),
    Scenario(
      "A callback rings the extension, and connects an outside number when it answers",
      src: "extension", dst: "external", leg: "src", callback: true, needs: "ro"),
    Scenario(
      "A callback rings the extension through a queue, to connect it with a customer outside",
      src: "queue", dst: "external", leg: "src", callback: true, needs: "cq"),
    Scenario(
      "A callback rings the extension through a queue, to connect it with a colleague",
      src: "queue", dst: "extension", leg: "src", callback: true, needs: "cq"),
    Scenario(
      "A callback rings the extension through a queue, to connect it with another queue",
      src: "queue", dst: "queue", leg: "src", callback: true, needs: "cq"),
    Scenario(
      "A callback rings the extension through a queue, to connect it with a voice menu",
      src: "queue", dst: "ivr", leg: "src", callback: true, needs: "cq"),
  ]

  private static let incoming = [
    Scenario("A colleague dials the extension", src: "extension", dst: "extension", leg: "dst", needs: "li"),
    Scenario(
      "A colleague reaches the extension through a voice menu", src: "extension", dst: "ivr", leg: "dst", needs: "li"),
    Scenario(
      "A callback rings a colleague, and connects the extension when the colleague answers",
      src: "extension", dst: "extension", leg: "dst", callback: true, needs: "li"),
    Scenario(
      "A callback rings a colleague, and connects a voice menu that leads to the extension",
      src: "extension", dst: "ivr", leg: "dst", callback: true, needs: "li"),
    Scenario(
      "A customer outside dials the extension's own number",
      src: "external", dst: "extension", leg: "dst", needs: "ri"),
    Scenario(
      "A customer outside reaches the extension through a voice menu",
      src: "external", dst: "ivr", leg: "dst", needs: "ri"),
    Scenario(
      "A callback rings a customer outside, and connects the extension when the customer answers",
      src: "external", dst: "extension", leg: "dst", callback: true, needs: "ri"),
    Scenario(
      "A callback rings a customer outside, and connects a voice menu that leads to the extension",
      src: "external", dst: "ivr", leg: "dst", callback: true, needs: "ri"),
    Scenario(
      "The agent whom a callback rang through a queue is connected with the extension",
      src: "queue", dst: "extension", leg: "dst", callback: true, needs: "li"),
    Scenario(
      "The agent whom a callback rang through a queue is connected with a voice menu that leads to the extension",
      src: "queue", dst: "ivr", leg: "dst", callback: true, needs: "li"),
  ]

  private static let queued = [
    Scenario("A colleague dials the extension's queue", src: "extension", dst: "queue", leg: "dst", needs: "qli"),
    Scenario(
      "A callback rings a colleague, and connects the extension's queue",
      src: "extension", dst: "queue", leg: "dst", callback: true, needs: "qli"),
    Scenario(
      "A customer outside dials the extension's queue", src: "external", dst: "queue", leg: "dst", needs: "qri"),
    Scenario(
      "A callback rings a customer outside, and connects the extension's queue",
      src: "external", dst: "queue", leg: "dst", callback: true, needs: "qri"),
    Scenario(
      "The agent whom a callback rang through a queue is connected with the extension's queue",
      src: "queue", dst: "queue", leg: "dst", callback: true, needs: "qli"),
  ]
}
