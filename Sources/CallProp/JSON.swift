// SPDX-License-Identifier: MIT

import CJansson
import CLibc

// Every call of jansson stands in this file.

/// A JSON value that we own: one reference to jansson's, given back at the end of its life. The host may replace jansson's
/// allocator at any moment; what was made by more than one is lost, rather than freed by the wrong one.
@safe struct JSON: ~Copyable {
  /// nil when memory ran out while it was built; so does whatever it is put into.
  private var node: UnsafeMutablePointer<json_t>?
  /// From before the value was made, so that a change meanwhile shows.
  private let allocator = JSONAllocator.current
  private var isOfOneAllocator = true

  private init(_ make: () -> UnsafeMutablePointer<json_t>?) {
    unsafe node = make()
    noticeReplacedAllocator()
  }

  deinit {
    unsafe giveBack(node)
  }

  @inline(never)
  private func giveBack(_ node: UnsafeMutablePointer<json_t>?) {
    guard unsafe node != nil, canBeFreed else { return }
    unsafe json_decref(node)
  }

  private var canBeFreed: Bool { isOfOneAllocator && JSONAllocator.current == allocator }

  /// To be called after whatever makes jansson allocate: later, the host may have put the first allocator back.
  private mutating func noticeReplacedAllocator() {
    isOfOneAllocator = canBeFreed
  }

  /// Parses strict JSON: one array or object, in UTF-8, without repeated keys. Numbers are not used, so they
  /// need not fit an integer; jansson wants them within a double's range.
  init(parsing text: Span<UInt8>, of argument: Argument) throws(Failure) {
    let demand = JSONDemand(of: text)
    if let place = demand.tooDeep {
      throw Failure(argument, .nestedTooDeeply, at: Extent(start: place, end: text.count))
    }
    let locale = PlainLocale.enter(when: demand.hasDecimalPoint)
    defer { locale.leave() }
    try self.init(text, JSONPadding(for: demand, of: text), argument)
  }

  private init(_ text: Span<UInt8>, _ padding: JSONPadding?, _ argument: Argument) throws(Failure) {
    var error = json_error_t()
    let flags = Int(JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL)
    guard let padding else {
      unsafe node = text.withUnsafeBufferPointer { bytes in
        unsafe json_loadb(bytes.baseAddress, bytes.count, flags, &error)
      }
      noticeReplacedAllocator()
      if unsafe node == nil { throw unsafe Failure(argument, &error, in: text) }
      return
    }

    let ranOutOfMemory: Bool
    unsafe (node, ranOutOfMemory) = text.withUnsafeBufferPointer { bytes in
      var source = unsafe PaddedSource(bytes, padding, allocator)
      let node = unsafe json_load_callback(readPaddedSource, &source, flags, &error)
      return unsafe (node, source.ranOutOfMemory)
    }
    noticeReplacedAllocator()
    let read = Int(error.position)
    error.position = Int32(truncatingIfNeeded: padding.offset(inText: read))
    if unsafe node == nil, !ranOutOfMemory {
      let failure = unsafe Failure(argument, &error, in: text)
      guard failure.problem == .malformedJSON, padding.reaches(read) else { throw failure }
    }
    guard remove(padding) else { throw Failure(argument, .outOfMemory) }
  }

  /// Takes the padding out of what was parsed; false when bytes of it were lost.
  private func remove(_ padding: JSONPadding) -> Bool {
    guard isOfOneAllocator else { return false }
    if let member = value.firstMember {
      guard member.key.count == padding.contentLength else { return false }
      return unsafe json_object_del(node, json_object_iter_key(json_object_iter(node))) == 0
    }
    guard value.element(0)?.string?.count == padding.contentLength else { return false }
    return unsafe json_array_remove(node, 0) == 0
  }

  var value: JSONValue { unsafe JSONValue(node) }

  // MARK: Building

  static func object() -> JSON { unsafe JSON { unsafe json_object() } }
  static func array() -> JSON { unsafe JSON { unsafe json_array() } }
  static func null() -> JSON { unsafe JSON { unsafe json_null() } }
  static func boolean(_ value: Bool) -> JSON { unsafe JSON { unsafe value ? json_true() : json_false() } }

  static func string(_ text: Literal) -> JSON {
    string(text.bytes)
  }

  static func string(_ text: Span<UInt8>) -> JSON {
    unsafe JSON { unsafe text.withCharacters { unsafe json_stringn_nocheck($0, $1) } }
  }

  @inline(never)
  mutating func set(_ key: Literal, to value: consuming JSON) {
    guard canTakeOver(value) else { return drop() }
    // A literal ends in a NUL. jansson takes the value over, also when it fails.
    let value = unsafe value.release()
    let failed = unsafe key.bytes.withCharacters { key, _ in
      unsafe json_object_set_new_nocheck(node, key, value) != 0
    }
    noticeReplacedAllocator()
    if failed { drop() }
  }

  @inline(never)
  mutating func append(_ value: consuming JSON) {
    guard canTakeOver(value) else { return drop() }
    let failed = unsafe json_array_append_new(node, value.release()) != 0
    noticeReplacedAllocator()
    if failed { drop() }
  }

  private func canTakeOver(_ value: borrowing JSON) -> Bool {
    canBeFreed && value.isOfOneAllocator && value.allocator == allocator
  }

  private mutating func drop() {
    unsafe giveBack(release())
  }

  /// Hands the reference on.
  private mutating func release() -> UnsafeMutablePointer<json_t>? {
    defer { unsafe node = nil }
    return unsafe node
  }

  /// The value as text; nil when memory ran out, or it does not fit.
  func text<let capacity: Int>() -> FixedText<capacity>? {
    var text = FixedText<capacity>()
    text.fill { storage in
      unsafe storage.withUnsafeMutableBytes { bytes in
        let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        let flags = Int(JSON_COMPACT)
        return unsafe json_dumpb(node, start, bytes.count, flags)
      }
    }
    return text.count == 0 ? nil : text
  }
}

/// Run when the library is loaded (`-init` in Package.swift). jansson seeds its hash tables when the process makes its first
/// object; were it to fork while another thread is at that, the child would wait for that thread forever.
@_cdecl("callprop_seed_jansson")
func seedJansson() {
  json_object_seed(0)
}

/// A value inside a `JSON`, valid as long as that lives.
@safe struct JSONValue {
  private let node: UnsafeMutablePointer<json_t>?

  fileprivate init(_ node: UnsafeMutablePointer<json_t>?) {
    unsafe self.node = node
  }

  var isArray: Bool { unsafe node?.pointee.type == JSON_ARRAY }
  var isObject: Bool { unsafe node?.pointee.type == JSON_OBJECT }

  var boolean: Bool? {
    switch unsafe node?.pointee.type {
    case JSON_TRUE: true
    case JSON_FALSE: false
    default: nil
    }
  }

  /// The text of a string; nil for any other type.
  var string: Span<UInt8>? {
    @_lifetime(borrow self)
    get {
      guard let start = unsafe json_string_value(node) else { return nil }
      return unsafe _overrideLifetime(
        Span(characters: start, count: json_string_length(node)), borrowing: self)
    }
  }

  /// An array's element; nil behind the last one.
  func element(_ index: Int) -> JSONValue? {
    guard let element = unsafe json_array_get(node, index) else { return nil }
    return unsafe JSONValue(element)
  }

  /// An object's first member in the order of the text; nil when there is none.
  var firstMember: JSONMember? {
    unsafe JSONMember(of: node, at: json_object_iter(node), index: 0)
  }
}

/// A member of an object.
@safe struct JSONMember {
  private let object: UnsafeMutablePointer<json_t>?
  private let iterator: UnsafeMutableRawPointer
  /// How many members stand before this one.
  let index: Int

  fileprivate init?(
    of object: UnsafeMutablePointer<json_t>?, at iterator: UnsafeMutableRawPointer?, index: Int
  ) {
    guard let iterator = unsafe iterator else { return nil }
    unsafe self.object = object
    unsafe self.iterator = iterator
    self.index = index
  }

  var next: JSONMember? {
    unsafe JSONMember(of: object, at: json_object_iter_next(object, iterator), index: index &+ 1)
  }

  var key: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      guard let start = unsafe json_object_iter_key(iterator) else { return Span() }
      return unsafe _overrideLifetime(
        Span(characters: start, count: strlen(start)), borrowing: self)
    }
  }

  var value: JSONValue { unsafe JSONValue(json_object_iter_value(iterator)) }
}

/// The functions by which jansson allocates at the moment. The host may replace them at any time.
@safe struct JSONAllocator: Equatable {
  private let allocate: json_malloc_t?
  private let free: json_free_t?

  @inline(never) fileprivate static var current: JSONAllocator {
    var allocate: json_malloc_t?
    var free: json_free_t?
    unsafe json_get_alloc_funcs(&allocate, &free)
    return unsafe JSONAllocator(allocate: allocate, free: free)
  }

  static func == (one: JSONAllocator, other: JSONAllocator) -> Bool {
    unsafe unsafeBitCast(one.allocate, to: UInt.self) == unsafeBitCast(other.allocate, to: UInt.self)
      && unsafeBitCast(one.free, to: UInt.self) == unsafeBitCast(other.free, to: UInt.self)
  }

  func canGive(_ size: Int) -> Bool {
    guard let memory = allocate?(size) else { return false }
    unsafe free?(memory)
    return true
  }
}

extension Failure {
  /// What jansson had against a text.
  fileprivate init(
    _ argument: Argument, _ error: UnsafeMutablePointer<json_error_t>, in text: Span<UInt8>
  ) {
    let stop = min(max(0, Int(unsafe error.pointee.position)), text.count)
    let read = Extent(start: 0, end: stop)
    switch unsafe json_error_code(error) {
    case json_error_unknown, json_error_out_of_memory:
      self.init(argument, .outOfMemory)
    case json_error_duplicate_key:
      self.init(argument, .repeatedKey, at: JSONOutline.string(endingAt: stop, in: text))
    case json_error_premature_end_of_input:
      self.init(argument, .endsTooEarly, at: read)
    case json_error_end_of_input_expected:
      self.init(argument, .textAfterJSON, at: JSONOutline.rest(of: text))
    case json_error_invalid_utf8:
      self.init(argument, .notUTF8, at: read)
    default:
      let hadNoMemory = unsafe Self.isWithoutMemory(error, behind: text.byte(at: stop &- 1))
      self.init(argument, hadNoMemory ? .outOfMemory : .malformedJSON, at: hadNoMemory ? nil : read)
    }
  }

  /// When jansson has no memory for a string, it takes the whole of it, and then calls it something that no string is.
  private static func isWithoutMemory(_ error: UnsafeMutablePointer<json_error_t>, behind last: UInt8?) -> Bool {
    guard last == UInt8(ascii: "\"") else { return false }
    return unsafe withUnsafeBytes(of: &error.pointee.text) { bytes in
      let text = unsafe bytes.assumingMemoryBound(to: UInt8.self).span
      return text.starts(with: "invalid token") || text.starts(with: "string or '}' expected")
    }
  }
}
