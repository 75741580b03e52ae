// SPDX-License-Identifier: MIT

import CLibc

/// The C locale, for this thread alone and while jansson reads a decimal point. It hands numbers to `strtod`, and stops the process
/// by an assertion in a locale whose decimal point is longer than one byte, such as ps_AF (2.14 and 2.15, strconv.c).
@safe struct PlainLocale {
  /// The thread's own; nil when it was not set aside.
  private let previous: locale_t?

  static func enter(when isNeeded: Bool) -> PlainLocale {
    guard isNeeded else { return unsafe PlainLocale(previous: nil) }
    // For the C locale this allocates nothing, and there is nothing to free.
    let name: Literal = "C"
    let plain = unsafe name.bytes.withCharacters { name, _ in unsafe newlocale(1 << LC_NUMERIC, name, nil) }
    return unsafe PlainLocale(previous: uselocale(plain))
  }

  func leave() {
    guard let previous = unsafe previous else { return }
    _ = unsafe uselocale(previous)
  }
}
