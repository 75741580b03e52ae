// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

@Suite("Decisions, scenario by scenario")
struct DecisionTests {
  private func allows(_ granted: [String], _ call: Facts) -> CInt {
    cp_allows(granted.json.characters, call.json.characters, nil)
  }

  @Test("The scenarios are the 27 calls that can happen, each told once")
  func scenariosAreComplete() {
    #expect(Scenario.all.count == 27)
    #expect(Scenario.requirements.count == 27)
    #expect(Set(Scenario.all.map(\.story)).count == 27)
    for scenario in Scenario.all {
      #expect(scenario.call.abi == scenario.value, "\(scenario.story): its text is its call")
      #expect(Vocabulary.mnemos.contains(scenario.required))
    }
  }

  @Test("The required property permits, and so does all", arguments: Scenario.all)
  func requiredPermits(scenario: Scenario) {
    #expect(allows([scenario.required], scenario.call) == 1)
    #expect(allows(["all"], scenario.call) == 1)
    #expect(allows(["all", scenario.required], scenario.call) == 1)
  }

  @Test("Every other property denies, alone and together with the rest of them", arguments: Scenario.all)
  func othersDeny(scenario: Scenario) {
    let others = Vocabulary.mnemos.filter { $0 != "all" && $0 != scenario.required }
    #expect(others.count == 6)
    for other in others { #expect(allows([other], scenario.call) == 0, "\(other)") }
    #expect(allows(others, scenario.call) == 0)
  }

  @Test("The empty list denies", arguments: Scenario.all)
  func emptyDenies(scenario: Scenario) {
    #expect(allows([], scenario.call) == 0)
    #expect(cp_allows("", scenario.call.pairs.characters, nil) == 0)
  }

  @Test("cp_required names the property", arguments: Scenario.all)
  func requiredIsNamed(scenario: Scenario) {
    withUnsafePointer(to: scenario.call.abi) { call in
      #expect(cp_required(call) == [scenario.required].properties)
    }
  }

  // MARK: - Readings

  @Test("In a callback between two extensions each leg answers for itself")
  func eachLegAnswersForItself() {
    let first = Facts("extension", "extension", leg: "src", callback: true)
    let second = Facts("extension", "extension", leg: "dst", callback: true)
    #expect(allows(["lo"], first) == 1)
    #expect(allows(["li"], first) == 0)
    #expect(allows(["li"], second) == 1)
    #expect(allows(["lo"], second) == 0)
  }

  @Test(
    "Queue incoming does not cover a callback that rings the extension through a queue",
    arguments: Vocabulary.parties)
  func activeCallingStandsAlone(dst: String, value: Int) {
    let call = Facts("queue", dst, leg: "src", callback: true)
    #expect(allows(["qli"], call) == 0)
    #expect(allows(["qri"], call) == 0)
    #expect(allows(["qli", "qri"], call) == 0)
    #expect(allows(["cq"], call) == 1)
    #expect(allows(["all"], call) == 1)
  }

  @Test("The agent whom a callback rang through a queue calls from inside", arguments: ["extension", "queue", "ivr"])
  func agentIsInside(dst: String) {
    let call = Facts("queue", dst, leg: "dst", callback: true)
    #expect(allows(["li", "qli"], call) == 1)
    #expect(allows(["cq", "ri", "qri", "ro", "lo"], call) == 0)
  }

  @Test("A voice menu is transparent: it needs what ringing the extension itself needs")
  func voiceMenuIsTransparent() {
    for src in ["extension", "external", "queue"] {
      for callback in src == "queue" ? [true] : [false, true] {
        let menu = Facts(src, "ivr", leg: "dst", callback: callback)
        let direct = Facts(src, "extension", leg: "dst", callback: callback)
        for mnemo in Vocabulary.mnemos {
          #expect(allows([mnemo], menu) == allows([mnemo], direct), "\(mnemo): \(menu)")
        }
      }
    }
  }

  @Test("The broadest property wins, wherever it stands in the list")
  func broadestWins() {
    let call = Facts("external", "queue", leg: "dst", callback: false)
    #expect(allows(["li", "lo"], call) == 0)
    #expect(allows(["li", "lo", "all"], call) == 1)
    #expect(allows(["all", "li", "lo"], call) == 1)
    #expect(allows(["li", "qri", "lo"], call) == 1)
  }
}
