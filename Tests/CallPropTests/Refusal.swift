// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

/// An argument that is refused, and what the error must say. `says`, to be read behind the argument's name, and `expected`
/// are the text's two halves.
struct Refusal: Sendable, CustomTestStringConvertible {
  let input: Input?
  let code: Int
  let position: Int
  let text: String

  init(_ input: Input?, _ code: Int, at position: Int, _ says: String, expected: String) {
    self.input = input
    self.code = code
    self.position = position
    text = says + "; expected " + expected
  }

  var testDescription: String { input?.testDescription ?? "NULL" }
}

/// What a `cp_error` says.
struct Complaint: Equatable {
  var code = CP_OK
  var position = 0
  var text = ""
}

extension Complaint {
  init(_ error: cp_error) {
    code = Int(error.code)
    position = Int(error.position)
    text = withUnsafeBytes(of: error.text) { CallPropTests.text($0) }
  }
}

extension cp_error {
  /// What a caller's stack may hold before the call.
  static let garbage: cp_error = {
    var error = cp_error()
    withUnsafeMutableBytes(of: &error) { $0.copyBytes(from: repeatElement(0xA5, count: $0.count)) }
    return error
  }()

  var isCleared: Bool {
    withUnsafeBytes(of: self) { $0.allSatisfy { $0 == 0 } }
  }

  /// Whether the text is printable and ends inside its 128 bytes, and zeros follow it up to the end of the struct.
  var isTidy: Bool {
    let end = Complaint(self).text.utf8.count
    return end < 128 && Complaint(self).text.isPrintableASCII
      && withUnsafeBytes(of: text) { $0.dropFirst(end).allSatisfy { $0 == 0 } }
      && withUnsafeBytes(of: reserved) { $0.allSatisfy { $0 == 0 } }
  }
}

/// What every function that reads this property list says about it.
func complaints(aboutPropertyList input: Input?, at place: SourceLocation = #_sourceLocation) -> [Complaint] {
  let text = input?.characters
  var errors = [cp_error.garbage, cp_error.garbage, cp_error.garbage]
  var out: cp_properties = 0xDEAD_BEEF
  var buffer = [CChar](repeating: 0x7A, count: 64)
  #expect(cp_properties_parse(text, &out, &errors[0]) == 0, sourceLocation: place)
  #expect(cp_allows(text, "src=external,dst=ivr,leg=dst", &errors[1]) == 0, sourceLocation: place)
  #expect(
    cp_explain(text, "src=external,dst=ivr,leg=dst", &buffer, buffer.count, &errors[2]) == 0, sourceLocation: place)
  #expect(buffer.first == 0, "the buffer gets the empty text", sourceLocation: place)
  // A list with a mnemo that is not known is the only one that this function judges otherwise.
  if Int(errors[0].code) != CP_ERROR_PROPERTY {
    errors.append(.garbage)
    #expect(cp_properties_parse_known(text, &out, &errors[3]) == 0, sourceLocation: place)
  }
  #expect(out == 0xDEAD_BEEF, "out is untouched", sourceLocation: place)
  for error in errors { #expect(error.isTidy, "\(Complaint(error))", sourceLocation: place) }
  return errors.map { Complaint($0) }
}

/// What every function that reads this call says about it.
func complaints(aboutCall input: Input?, at place: SourceLocation = #_sourceLocation) -> [Complaint] {
  let text = input?.characters
  let before = cp_call(src: 0xA1, dst: 0xA2, leg: 0xA3, callback: 0xA4)
  var errors = [cp_error.garbage, cp_error.garbage, cp_error.garbage]
  var out = before
  var buffer = [CChar](repeating: 0x7A, count: 64)
  #expect(cp_call_parse(text, &out, &errors[0]) == 0, sourceLocation: place)
  #expect(out == before, "out is untouched", sourceLocation: place)
  #expect(cp_allows("all", text, &errors[1]) == 0, sourceLocation: place)
  #expect(cp_explain("all", text, &buffer, buffer.count, &errors[2]) == 0, sourceLocation: place)
  #expect(buffer.first == 0, "the buffer gets the empty text", sourceLocation: place)
  for error in errors { #expect(error.isTidy, "\(Complaint(error))", sourceLocation: place) }
  return errors.map { Complaint($0) }
}

func expectRefusal(ofPropertyList refusal: Refusal, at place: SourceLocation = #_sourceLocation) {
  let expected = Complaint(code: refusal.code, position: refusal.position, text: "property_list" + refusal.text)
  for complaint in complaints(aboutPropertyList: refusal.input, at: place) {
    #expect(complaint == expected, sourceLocation: place)
  }
}

func expectRefusal(ofCall refusal: Refusal, at place: SourceLocation = #_sourceLocation) {
  let expected = Complaint(code: refusal.code, position: refusal.position, text: "call" + refusal.text)
  for complaint in complaints(aboutCall: refusal.input, at: place) {
    #expect(complaint == expected, sourceLocation: place)
  }
}
