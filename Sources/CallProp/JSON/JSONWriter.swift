// SPDX-License-Identifier: MIT

import CJansson

// Every call of jansson stands in this file.

/// A JSON value that we own: one reference to jansson's, given back at the end of its life. jansson allocates by functions that
/// the host may replace between calls, and must not replace during one: jansson itself frees inside its functions.
@safe struct JSON: ~Copyable {
  /// nil when memory ran out while it was built; so does whatever it is put into.
  private var node: UnsafeMutablePointer<json_t>?

  private init(_ node: UnsafeMutablePointer<json_t>?) {
    unsafe self.node = node
  }

  deinit {
    unsafe json_decref(node)
  }

  static func object() -> JSON { unsafe JSON(json_object()) }
  static func array() -> JSON { unsafe JSON(json_array()) }
  static func null() -> JSON { unsafe JSON(json_null()) }
  static func boolean(_ value: Bool) -> JSON { unsafe JSON(value ? json_true() : json_false()) }

  static func string(_ text: Literal) -> JSON {
    string(text.bytes)
  }

  static func string(_ text: Span<UInt8>) -> JSON {
    unsafe text.withCharacters { unsafe JSON(json_stringn_nocheck($0, $1)) }
  }

  @inline(never)
  mutating func set(_ key: Literal, to value: consuming JSON) {
    // A literal ends in a NUL. jansson takes the value over, also when it fails.
    let value = unsafe value.release()
    let failed = unsafe key.bytes.withCharacters { key, _ in
      unsafe json_object_set_new_nocheck(node, key, value) != 0
    }
    if failed { drop() }
  }

  @inline(never)
  mutating func append(_ value: consuming JSON) {
    if unsafe json_array_append_new(node, value.release()) != 0 { drop() }
  }

  private mutating func drop() {
    unsafe json_decref(release())
  }

  /// Hands the reference on.
  private mutating func release() -> UnsafeMutablePointer<json_t>? {
    defer { unsafe node = nil }
    return unsafe node
  }

  /// Writes the value as text, and returns its length; nil when memory ran out, maybe with a part of it written.
  @unsafe
  func write(to buffer: Buffer) -> Int? {
    var buffer = unsafe buffer
    guard unsafe json_dump_callback(node, appendToBuffer, &buffer, Int(JSON_COMPACT)) == 0 else { return nil }
    return unsafe buffer.finished()
  }
}

/// A `json_dump_callback_t`.
private func appendToBuffer(_ bytes: UnsafePointer<CChar>?, _ count: Int, _ buffer: UnsafeMutableRawPointer?) -> CInt {
  guard let bytes = unsafe bytes, let buffer = unsafe buffer?.assumingMemoryBound(to: Buffer.self) else { return -1 }
  unsafe buffer.pointee.append(Span(characters: bytes, count: count))
  return 0
}

/// Run when the library is loaded. jansson seeds its hash tables when the process makes its first object; were it to fork
/// while another thread is at that, the child would wait for that thread forever.
@section(".init_array") @used
private let seedWhenLoaded: @convention(c) () -> Void = { json_object_seed(0) }
