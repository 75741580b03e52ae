// SPDX-License-Identifier: MIT

import CCallProp

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
    let isAboutList = isText(startingWith: "property_list: ")
    claim(isAboutList || isText(startingWith: "call: "), "the text starts with the argument's name: \(words)")
    guard let argument = isAboutList ? propertyList : call else {
      fatalError("about an argument that is not there: \(words)")
    }
    claim((-1...argument).contains(Int(position)), "the position is in the text: \(position) of \(argument)")
    claim(length < 128, "the text ends in a NUL")
    withUnsafeBytes(of: text) { bytes in
      claim(bytes.prefix(length).allSatisfy { (0x20...0x7E).contains($0) }, "the text is printable ASCII: \(words)")
      claim(bytes.dropFirst(length).allSatisfy { $0 == 0 }, "the rest of the text is zero")
    }
    withUnsafeBytes(of: reserved) { claim($0.allSatisfy { $0 == 0 }, "what is reserved is zero") }
  }

  private func isText(startingWith prefix: StaticString) -> Bool {
    withUnsafeBytes(of: text) { bytes in
      bytes.starts(with: UnsafeRawBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
    }
  }
}

extension cp_call {
  /// The four bytes as one number.
  var bits: UInt32 { UInt32(src) | UInt32(dst) << 8 | UInt32(leg) << 16 | UInt32(callback) << 24 }
}
