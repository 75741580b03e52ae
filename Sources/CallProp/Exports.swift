// SPDX-License-Identifier: MIT

import CCallProp
import CLibc
import CVersion

// The ABI. `callprop.h` says what each function does; the compiler holds these against it. Each converts, calls the
// core, and reports.

@_cdecl("cp_version") @implementation
public func cp_version() -> UnsafePointer<CChar>? {
  unsafe callprop_version()
}

// MARK: - Simple calls

@_cdecl("cp_list") @implementation
public func cp_list() -> UnsafePointer<CChar>? {
  unsafe Catalogue.shared()?.list
}

@_cdecl("cp_get") @implementation
public func cp_get(_ mnemo: UnsafePointer<CChar>?) -> UnsafePointer<CChar>? {
  guard let mnemo = unsafe mnemo else { return nil }
  let text = unsafe Span(characters: mnemo, count: strnlen(mnemo, CP_TEXT_MAX))
  guard let property = Property(Name(text, at: text.extent)) else { return nil }
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
  let output = unsafe Buffer(buffer, size: size)
  do throws(Failure) {
    guard unsafe !output.isMissing else { throw Failure(.buffer, .isNull) }
    let explanation = try arguments.decision().explanation
    guard let length = unsafe explanation.write(to: output) else { throw Failure(.buffer, .outOfMemory) }
    return length
  } catch {
    arguments.report(error)
    return unsafe output.finished()
  }
}

// MARK: - Fast calls

@_cdecl("cp_properties_parse") @implementation
public func cp_properties_parse(
  _ property_list: UnsafePointer<CChar>?, _ out: UnsafeMutablePointer<cp_properties>?,
  _ error: UnsafeMutablePointer<cp_error>?
) -> CInt {
  unsafe parse(property_list, out, error, isStrict: true)
}

@_cdecl("cp_properties_parse_known") @implementation
public func cp_properties_parse_known(
  _ property_list: UnsafePointer<CChar>?, _ out: UnsafeMutablePointer<cp_properties>?,
  _ unknown: UnsafeMutablePointer<cp_error>?
) -> CInt {
  unsafe parse(property_list, out, unknown, isStrict: false)
}

@unsafe
private func parse(
  _ property_list: UnsafePointer<CChar>?, _ out: UnsafeMutablePointer<cp_properties>?,
  _ error: UnsafeMutablePointer<cp_error>?, isStrict: Bool
) -> CInt {
  let arguments = unsafe Arguments(property_list, nil, error)
  do throws(Failure) {
    let list = try arguments.parsedPropertyList(isStrict: isStrict)
    guard let out = unsafe out else { throw Failure(.out, .isNull) }
    if let unknown = list.unknown { arguments.report(unknown) }
    unsafe out.pointee = list.set.bits
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
  var output = unsafe Buffer(buffer, size: size)
  guard unsafe !output.isMissing else { return 0 }
  PropertySet(bits: set).mnemos { unsafe output.append($0) }
  return unsafe output.finished()
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

@_cdecl("cp_call_format") @implementation
public func cp_call_format(
  _ call: UnsafePointer<cp_call>?, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int
) -> Int {
  var output = unsafe Buffer(buffer, size: size)
  guard unsafe !output.isMissing else { return 0 }
  let call = unsafe Call(at: call)
  if call.isInRange { call.pairs { unsafe output.append($0) } }
  return unsafe output.finished()
}

@_cdecl("cp_reason") @implementation
public func cp_reason(
  _ granted: cp_properties, _ call: UnsafePointer<cp_call>?, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int
) -> Int {
  var output = unsafe Buffer(buffer, size: size)
  guard unsafe !output.isMissing else { return 0 }
  let decision = unsafe Decision(on: Call(at: call), granted: PropertySet(bits: granted))
  unsafe output.append(decision.reason)
  return unsafe output.finished()
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

@_cdecl("cp_required_many") @implementation
public func cp_required_many(
  _ calls: UnsafePointer<cp_call>?, _ n: Int, _ required: UnsafeMutablePointer<cp_properties>?
) -> Int {
  guard let calls = unsafe calls, let required = unsafe required else { return 0 }
  return unsafe requireMany(calls, n, required)
}
