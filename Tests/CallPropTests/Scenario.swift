// SPDX-License-Identifier: MIT

import CCallProp
import CScenarios
import Testing

/// Something that happens in an office, and the property that the extension's status must hold for it: a row of
/// Tests/shared/scenarios.h, which the tests in C know too. It is told by the vendor's sentences, not by the core's table.
struct Scenario: Sendable, CustomTestStringConvertible {
  let story: String
  let call: Facts
  /// The call as the row has it, beside its text.
  let value: cp_call
  let required: String

  private init(_ row: scenario) {
    story = String(cString: row.story)
    call = Facts(String(cString: row.text))
    value = row.call
    required = Vocabulary.bits.first { $0.value == Int(row.required) }?.key ?? "no property"
  }

  var testDescription: String { story }

  /// Every call that can happen, told once.
  static let all = withUnsafeBytes(of: scenarios) { rows in rows.bindMemory(to: scenario.self).map { Scenario($0) } }

  static let requirements = Dictionary(all.map { ($0.call, $0.required) }) { first, _ in first }
}
