// SPDX-License-Identifier: MIT

/// The ABI's limits and buffer sizes.
enum Limit {
  /// The longest text that is read, in bytes.
  static var text: Int { 65536 }
  /// The deepest nesting of JSON that is read: it bounds the stack that jansson's recursion needs.
  static var depth: Int { 32 }
}
