// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

@Suite("What is refused: Tests/cases/refusals.json, word for word")
struct RefusalTests {
  @Test("Every function that reads a property list says so", arguments: Cases.refusals(of: .propertyList))
  func propertyLists(row: RefusedInput) {
    for complaint in complaints(aboutPropertyList: row.input) { #expect(complaint == row.complaint) }
  }

  @Test("Every function that reads a call says so", arguments: Cases.refusals(of: .call))
  func calls(row: RefusedInput) {
    for complaint in complaints(aboutCall: row.input) { #expect(complaint == row.complaint) }
  }

  @Test("The problem is the one that the core finds", arguments: Cases.refusals)
  func problems(row: RefusedInput) throws {
    let found = failure(of: row)
    let failure = try #require(found)
    #expect(failure.problem.name == row.problem)
    #expect(failure.argument == row.argument)
    #expect(failure.problem.code == row.complaint.code)
    #expect(failure.position == row.complaint.position)
  }

  @Test("What no text leads to says so too", arguments: Cases.refusals(of: .buffer) + Cases.refusals(of: .out))
  func others(row: RefusedInput) {
    let failure = Failure(row.argument, .isNull)
    #expect(row.problem == failure.problem.name && row.input == nil)
    #expect(failure.wholeText == row.complaint.text)
  }

  @Test("Every problem that a text can lead to has a row, and there are no others")
  func complete() {
    #expect(Set(Cases.refusals.map(\.problem)) == Set(Problem.all.map(\.name)))
    #expect(Problem.all.count == 32)
    for argument in [Argument.propertyList, .call] { #expect(Cases.refusals(of: argument).count > 250) }
  }

  private func failure(of row: RefusedInput) -> Failure? {
    guard let characters = row.input?.characters else { return failure(of: nil, as: row.argument) }
    return characters.withUnsafeBufferPointer { failure(of: $0.baseAddress, as: row.argument) }
  }

  private func failure(of text: UnsafePointer<CChar>?, as argument: Argument) -> Failure? {
    do throws(Failure) {
      switch argument {
      case .propertyList: _ = try Arguments(text, nil, nil).parsedPropertyList()
      case .call: _ = try Arguments(nil, text, nil).parsedCall()
      case .buffer, .out: throw Failure(argument, .isNull)
      }
      return nil
    } catch {
      return error
    }
  }
}
