// SPDX-License-Identifier: MIT

import CCallProp
import CModel
import Glibc

/// Stops the process where a claim is false: libFuzzer then keeps the input.
@inline(__always)
func claim(_ isTrue: Bool, _ words: @autoclosure () -> String) {
  if !isTrue { fatalError("this is not so: \(words())") }
}

/// What a caller's variables may hold before the call.
let garbage: UInt8 = 0xA5
let garbageProperties: cp_properties = 0xA5A5_A5A5
let garbageCall = cp_call(src: garbage, dst: garbage, leg: garbage, callback: garbage)

extension cp_error {
  /// An error as a caller's stack may hold it before the call.
  static var garbage: cp_error {
    var error = cp_error()
    withUnsafeMutableBytes(of: &error) { _ = $0.initializeMemory(as: UInt8.self, repeating: CallProp.garbage) }
    return error
  }

  /// The text's bytes before the NUL; all 128 when there is none.
  private var length: Int {
    withUnsafeBytes(of: text) { bytes in bytes.firstIndex(of: 0) ?? bytes.count }
  }

  var words: String {
    withUnsafeBytes(of: text) { String(decoding: $0.prefix(length), as: UTF8.self) }
  }

  /// Whether all 160 bytes are the same.
  func isSame(as other: cp_error) -> Bool {
    withUnsafeBytes(of: self) { one in withUnsafeBytes(of: other) { other in one.elementsEqual(other) } }
  }

  /// Claims what the header promises of every error: about one of the arguments, whose lengths are given.
  func claimTidy(isError: Bool, propertyList: Int? = nil, call: Int? = nil) {
    guard isError else {
      claim(isSame(as: cp_error()), "without an error all bytes are zero: \(words)")
      return
    }
    claim((1...8).contains(code), "the code is one of the header's: \(code)")
    if code == CP_ERROR_MEMORY {
      claim(isAbout("buffer") && position == -1, "memory runs out for what is to be written: \(words)")
    } else {
      guard let length = isAbout("property_list") ? propertyList : isAbout("call") ? call : nil else {
        fatalError("about an argument that is not there: \(words)")
      }
      claim((-1...length).contains(Int(position)), "the position is in the text: \(position) of \(length)")
    }
    claimWordsAreTidy()
  }

  private func claimWordsAreTidy() {
    let length = length
    claim(length < 127, "the text is whole, and ends in a NUL: \(words)")
    withUnsafeBytes(of: text) { bytes in
      claim(bytes.prefix(length).allSatisfy { (0x20...0x7E).contains($0) }, "the text is printable ASCII: \(words)")
      claim(bytes.dropFirst(length).allSatisfy { $0 == 0 }, "the rest of the text is zero")
      let isHelpful = bytes.withMemoryRebound(to: CChar.self) { holds($0, "; expected ") }
      claim(isHelpful, "the text says what would be right: \(words)")
    }
    withUnsafeBytes(of: reserved) { claim($0.allSatisfy { $0 == 0 }, "what is reserved is zero") }
  }

  /// Whether the text starts with the argument's name, and what is wrong follows.
  func isAbout(_ argument: StaticString) -> Bool {
    withUnsafeBytes(of: text) { bytes in
      let count = argument.utf8CodeUnitCount
      return bytes.starts(with: UnsafeRawBufferPointer(start: argument.utf8Start, count: count))
        && (bytes[count] == UInt8(ascii: ":") || bytes[count] == UInt8(ascii: " "))
    }
  }

  /// Claims that the error about a text in JSON is the one that the model of `Tests/proof/json_model.h` has: its code, its place,
  /// and its words.
  func claimModelAgrees(_ text: UnsafePointer<CChar>, _ argument: json_argument, result: CInt) {
    var right = meaning()
    guard strnlen(text, CP_TEXT_MAX + 1) <= CP_TEXT_MAX, model_read(text, argument, &right) != 0 else { return }
    let isAccepted = right.code == CP_OK || (argument == KNOWN_LIST && right.code == CP_ERROR_PROPERTY)
    claim(result == (isAccepted ? 1 : 0), "accepted exactly where the model accepts: \(result), \(words)")
    claim(code == right.code, "the code is the model's: \(code), not \(right.code)")
    guard code != CP_OK else { return }
    claim(position == right.position, "the position is the model's: \(position), not \(right.position): \(words)")
    let start = argument == CALL ? 4 : 13
    withUnsafeBytes(of: self.text) { bytes in
      let expected = UnsafeRawBufferPointer(start: right.words, count: strlen(right.words))
      claim(bytes.dropFirst(start).starts(with: expected), "the words are the model's: \(words)")
    }
  }
}

/// Whether a C string holds another.
func holds(_ text: UnsafeBufferPointer<CChar>, _ part: StaticString) -> Bool {
  guard let start = text.baseAddress else { return false }
  return strstr(start, UnsafeRawPointer(part.utf8Start).assumingMemoryBound(to: CChar.self)) != nil
}

extension cp_call {
  /// The four bytes as one number.
  var bits: UInt32 { UInt32(src) | UInt32(dst) << 8 | UInt32(leg) << 16 | UInt32(callback) << 24 }
}
