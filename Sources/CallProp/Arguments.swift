// SPDX-License-Identifier: MIT

import CCallProp
import CLibc

/// The text arguments of an exported function, and where it reports an error.
@safe struct Arguments {
  private let propertyList: UnsafePointer<CChar>?
  private let call: UnsafePointer<CChar>?
  private let error: UnsafeMutablePointer<cp_error>?

  /// Clears the error.
  init(
    _ propertyList: UnsafePointer<CChar>?, _ call: UnsafePointer<CChar>?,
    _ error: UnsafeMutablePointer<cp_error>?
  ) {
    unsafe self.propertyList = propertyList
    unsafe self.call = call
    unsafe self.error = error
    unsafe error?.pointee = cp_error()
  }

  func parsedPropertyList(isStrict: Bool = true) throws(Failure) -> PropertyListDraft {
    var draft = PropertyListDraft(isStrict: isStrict)
    try draft.read(text(of: .propertyList))
    return draft
  }

  func parsedCall() throws(Failure) -> Call {
    try Call(parsing: text(of: .call))
  }

  func decision() throws(Failure) -> Decision {
    let granted = try parsedPropertyList().set
    return try Decision(on: parsedCall(), granted: granted)
  }

  func report(_ failure: Failure) {
    guard let error = unsafe error else { return }
    unsafe error.pointee.code = Int32(truncatingIfNeeded: failure.problem.code)
    unsafe error.pointee.position = Int32(truncatingIfNeeded: failure.position)
    let text = failure.text(quoting: source(of: failure.argument))
    unsafe withUnsafeMutableBytes(of: &error.pointee.text) { bytes in
      var buffer = unsafe Buffer(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), size: bytes.count)
      unsafe buffer.append(text)  // behind it are the zeros of a cleared error
    }
  }

  @_lifetime(immortal)
  private func text(of argument: Argument) throws(Failure) -> Span<UInt8> {
    guard let start = unsafe pointer(of: argument) else { throw Failure(argument, .isNull) }
    let text = unsafe Span(characters: start, count: strnlen(start, CP_TEXT_MAX &+ 1))
    guard text.count <= CP_TEXT_MAX else {
      throw Failure(argument, .tooLong, at: Extent(start: CP_TEXT_MAX, end: text.count))
    }
    return text
  }

  /// The text that a failure may quote.
  @_lifetime(immortal)
  private func source(of argument: Argument) -> Span<UInt8> {
    guard let start = unsafe pointer(of: argument) else { return Span() }
    return unsafe Span(characters: start, count: strnlen(start, CP_TEXT_MAX))
  }

  private func pointer(of argument: Argument) -> UnsafePointer<CChar>? {
    switch argument {
    case .propertyList: unsafe propertyList
    case .call: unsafe call
    case .buffer, .out: nil
    }
  }
}

extension Call {
  /// The call at an address. NULL is no call.
  @unsafe
  init(at address: UnsafePointer<cp_call>?) {
    if let address = unsafe address {
      unsafe self.init(address.pointee)
    } else {
      self = .outOfRange
    }
  }
}
