// SPDX-License-Identifier: MIT

import CCallProp
import CLibc

// The ABI. `callprop.h` says what each function does; the compiler holds these against it. Each converts, calls the
// core, and reports.

@_cdecl("cp_version") @implementation
public func cp_version() -> UnsafePointer<CChar>? {
  let version: StaticString = "1.0.0"
  return unsafe UnsafeRawPointer(version.utf8Start).assumingMemoryBound(to: CChar.self)
}

// MARK: - Simple calls

@_cdecl("cp_list") @implementation
public func cp_list() -> UnsafePointer<CChar>? {
  unsafe Catalogue.shared()?.list
}

@_cdecl("cp_get") @implementation
public func cp_get(_ mnemo: UnsafePointer<CChar>?) -> UnsafePointer<CChar>? {
  guard let mnemo = unsafe mnemo else { return nil }
  let name = unsafe Span(characters: mnemo, count: strnlen(mnemo, Limit.text))
  guard let property = Property(mnemo: name) else { return nil }
  return unsafe Catalogue.shared()?.object(of: property)
}

@_cdecl("cp_allows") @implementation
public func cp_allows(
  _ property_list: UnsafePointer<CChar>?, _ call: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<cp_error>?
) -> CInt {
  let arguments = unsafe Arguments(property_list, call, error)
  do throws(Failure) {
    return try arguments.decision().isPermitted ? 1 : 0
  } catch {
    arguments.report(error)
    return 0
  }
}

@_cdecl("cp_explain") @implementation
public func cp_explain(
  _ property_list: UnsafePointer<CChar>?, _ call: UnsafePointer<CChar>?,
  _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int, _ error: UnsafeMutablePointer<cp_error>?
) -> Int {
  let arguments = unsafe Arguments(property_list, call, error)
  do throws(Failure) {
    guard unsafe size == 0 || buffer != nil else { throw Failure(.buffer, .isNull) }
    let explanation = try arguments.decision().explanation()
    return unsafe explanation.copy(to: buffer, size: size)
  } catch {
    arguments.report(error)
    unsafe Explanation().copy(to: buffer, size: size)
    return 0
  }
}

// MARK: - Fast calls

@_cdecl("cp_properties_parse") @implementation
public func cp_properties_parse(
  _ property_list: UnsafePointer<CChar>?, _ out: UnsafeMutablePointer<cp_properties>?,
  _ error: UnsafeMutablePointer<cp_error>?
) -> CInt {
  let arguments = unsafe Arguments(property_list, nil, error)
  do throws(Failure) {
    let set = try arguments.parsedPropertyList()
    guard let out = unsafe out else { throw Failure(.out, .isNull) }
    unsafe out.pointee = set.bits
    return 1
  } catch {
    arguments.report(error)
    return 0
  }
}

@_cdecl("cp_properties_format") @implementation
public func cp_properties_format(
  _ set: cp_properties, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int
) -> Int {
  guard unsafe size == 0 || buffer != nil else { return 0 }
  let text: FixedText<127> = PropertySet(bits: set).text()
  return unsafe text.copy(to: buffer, size: size)
}

@_cdecl("cp_call_parse") @implementation
public func cp_call_parse(
  _ call: UnsafePointer<CChar>?, _ out: UnsafeMutablePointer<cp_call>?,
  _ error: UnsafeMutablePointer<cp_error>?
) -> CInt {
  let arguments = unsafe Arguments(nil, call, error)
  do throws(Failure) {
    let call = try arguments.parsedCall()
    guard let out = unsafe out else { throw Failure(.out, .isNull) }
    unsafe out.pointee = cp_call(call)
    return 1
  } catch {
    arguments.report(error)
    return 0
  }
}

// Inlined into what C calls: at two nanoseconds a decision, a jump more is to be felt.

@inline(__always)
@_cdecl("cp_required") @implementation
public func cp_required(_ call: UnsafePointer<cp_call>?) -> cp_properties {
  guard let call = unsafe call else { return 0 }
  return unsafe Call(call.pointee).requirement.without(.all).bits
}

@inline(__always)
@_cdecl("cp_permits") @implementation
public func cp_permits(_ granted: cp_properties, _ call: UnsafePointer<cp_call>?) -> CInt {
  guard let call = unsafe call else { return 0 }
  return unsafe PropertySet(bits: granted).permits(Call(call.pointee)) ? 1 : 0
}

@inline(__always)
@_cdecl("cp_permits_many") @implementation
public func cp_permits_many(
  _ granted: UnsafePointer<cp_properties>?, _ calls: UnsafePointer<cp_call>?, _ n: Int,
  _ permitted: UnsafeMutablePointer<UInt8>?
) -> Int {
  guard let granted = unsafe granted, let calls = unsafe calls, let permitted = unsafe permitted else { return 0 }
  return unsafe permitMany(granted, calls, n, permitted)
}
