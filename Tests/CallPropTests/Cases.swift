// SPDX-License-Identifier: MIT

import CCallProp
import Foundation
import Testing

@testable import CallProp

/// Tests/cases: inputs and what they give, which the tests of the installed library read too.
enum Cases {
  /// Every row of refusals.json.
  static let refusals = read("refusals.json", as: RefusalsFile.self).refusals.values.flatMap { $0 }

  static func refusals(of argument: Argument) -> [RefusedInput] { refusals.filter { $0.argument == argument } }

  /// Every row of calls.json: all 64 calls.
  static let calls = read("calls.json", as: CallsFile.self).calls

  private struct RefusalsFile: Decodable { let refusals: [String: [RefusedInput]] }
  private struct CallsFile: Decodable { let calls: [CallInWords] }

  /// A program that cannot read its cases has tested nothing, wherever it runs.
  private static func read<File: Decodable>(_ name: String, as type: File.Type) -> File {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../cases/\(name)")
    do {
      return try JSONDecoder().decode(type, from: Data(contentsOf: file))
    } catch {
      fatalError("\(file.path()): \(error)")
    }
  }
}

/// An input that is refused, and all that is said of it.
struct RefusedInput: Decodable, Sendable, CustomTestStringConvertible {
  /// The name of the case of `Problem`, or of `Impossibility`.
  let problem: String
  let argument: Argument
  let input: Input?
  let complaint: Complaint

  var testDescription: String { "\(argument), \(problem): \(input?.testDescription ?? "NULL")" }

  private enum Key: String, CodingKey { case problem, argument, input, hex, parts, code, position, text }

  init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: Key.self)
    problem = try row.decode(String.self, forKey: .problem)
    argument = try Self.value(of: .argument, in: row, among: Self.arguments)
    complaint = Complaint(
      code: try Self.value(of: .code, in: row, among: Self.codes),
      position: try row.decode(Int.self, forKey: .position),
      text: try row.decode(String.self, forKey: .text))
    if row.contains(.hex) {
      input = Input(try Self.bytes(row.decode(String.self, forKey: .hex)))
    } else if row.contains(.parts) {
      var parts = try row.nestedUnkeyedContainer(forKey: .parts)
      var text = ""
      while !parts.isAtEnd {
        var part = try parts.nestedUnkeyedContainer()
        text += String(repeating: try part.decode(String.self), count: try part.decode(Int.self))
      }
      input = Input(text)
    } else {
      input = try row.decode(String?.self, forKey: .input).map { Input($0) }
    }
  }

  private static let arguments: [String: Argument] = [
    "property_list": .propertyList, "call": .call, "buffer": .buffer, "out": .out,
  ]

  private static let codes = [
    "CP_ERROR_ARGUMENT": CP_ERROR_ARGUMENT, "CP_ERROR_LIMIT": CP_ERROR_LIMIT, "CP_ERROR_SYNTAX": CP_ERROR_SYNTAX,
    "CP_ERROR_TYPE": CP_ERROR_TYPE, "CP_ERROR_PROPERTY": CP_ERROR_PROPERTY, "CP_ERROR_PARTY": CP_ERROR_PARTY,
    "CP_ERROR_CALL": CP_ERROR_CALL,
  ]

  private static func value<Value>(
    of key: Key, in row: KeyedDecodingContainer<Key>, among values: [String: Value]
  ) throws -> Value {
    guard let value = values[try row.decode(String.self, forKey: key)] else {
      throw DecodingError.dataCorruptedError(forKey: key, in: row, debugDescription: "no such \(key)")
    }
    return value
  }

  private static func bytes(_ digits: String) throws -> [UInt8] {
    try stride(from: 0, to: digits.utf8.count, by: 2).map { place in
      try #require(UInt8(digits.dropFirst(place).prefix(2), radix: 16))
    }
  }
}

/// A call in words: a clause from the point of view of the extension whose status it is, or why it cannot happen.
struct CallInWords: Decodable, Sendable {
  let call: String
  let clause: String?
  let rule: String?
  let remedy: String?
}

/// A call that can happen, in words.
struct Clause: Sendable, CustomTestStringConvertible {
  let call: Facts
  let words: String

  var testDescription: String { words }

  static let all = Cases.calls.compactMap { row in row.clause.map { Clause(call: Facts(row.call), words: $0) } }
}

/// Why a call cannot happen, and what the caller more likely meant.
struct Rule: Sendable, CustomTestStringConvertible {
  let call: Facts
  let clause: String
  let remedy: String

  var testDescription: String { "\(call): \(clause)" }

  static let all = Cases.calls.compactMap { row in
    row.rule.map { Rule(call: Facts(row.call), clause: $0, remedy: row.remedy ?? "") }
  }
}
