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

  func parsedPropertyList() throws(Failure) -> PropertySet {
    try PropertySet(parsing: text(of: .propertyList))
  }

  func parsedCall() throws(Failure) -> Call {
    try Call(parsing: text(of: .call))
  }

  func decision() throws(Failure) -> Decision {
    let granted = try parsedPropertyList()
    return try Decision(on: parsedCall(), granted: granted)
  }

  func report(_ failure: Failure) {
    guard let error = unsafe error else { return }
    unsafe error.pointee.code = failure.problem.code.rawValue
    unsafe error.pointee.position = failure.position
    let text = failure.text(quoting: source(of: failure.argument))
    unsafe withUnsafeMutableBytes(of: &error.pointee.text) { buffer in
      let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      unsafe text.copy(to: start, size: buffer.count)
    }
  }

  @_lifetime(immortal)
  private func text(of argument: Argument) throws(Failure) -> Span<UInt8> {
    guard let start = unsafe pointer(of: argument) else { throw Failure(argument, .isNull) }
    let text = unsafe Span(characters: start, count: strnlen(start, Limit.text &+ 1))
    guard text.count <= Limit.text else {
      throw Failure(argument, .tooLong, at: Extent(start: Limit.text, end: text.count))
    }
    return text
  }

  /// The text that a failure may quote.
  @_lifetime(immortal)
  private func source(of argument: Argument) -> Span<UInt8> {
    guard let start = unsafe pointer(of: argument) else { return Span() }
    return unsafe Span(characters: start, count: strnlen(start, Limit.text))
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
  /// The call of the ABI.
  @inline(__always)
  init(_ call: cp_call) {
    self.init(src: call.src, dst: call.dst, leg: call.leg, callback: call.callback)
  }
}

extension cp_call {
  init(_ call: Call) {
    self.init(
      src: call.src.rawValue, dst: call.dst.rawValue, leg: call.leg.rawValue,
      callback: call.callback ? 1 : 0)
  }
}
