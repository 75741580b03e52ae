// SPDX-License-Identifier: MIT

import CJansson
import Glibc

/// One of two allocators of a host. It knows what it gave.
struct HostAllocator {
  private(set) var live: Set<UInt> = []
  private(set) var given = 0
  /// How many times it was told to free what it had not given.
  private(set) var strangers = 0

  mutating func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    let memory = malloc(size)
    live.insert(UInt(bitPattern: memory))
    given += 1
    return memory
  }

  mutating func free(_ memory: UnsafeMutableRawPointer?) {
    guard let memory else { return }
    if live.remove(UInt(bitPattern: memory)) == nil {
      strangers += 1
    } else {
      Glibc.free(memory)
    }
  }
}

/// The host's two allocators, and when they fail.
enum Heap {
  enum Choice { case first, second }

  nonisolated(unsafe) static var first = HostAllocator()
  nonisolated(unsafe) static var second = HostAllocator()
  private nonisolated(unsafe) static var untilFailure = Int.max
  private nonisolated(unsafe) static var isLasting = true
  private nonisolated(unsafe) static var untilReplacement = Int.max

  static func install(_ choice: Choice) {
    switch choice {
    case .first: json_set_alloc_funcs({ Heap.allocate($0) }, { Heap.first.free($0) })
    case .second: json_set_alloc_funcs({ Heap.second.allocate($0) }, { Heap.second.free($0) })
    }
  }

  /// Lets the first allocator fail after so many allocations: once, or from then on.
  static func fail(at allocation: Int, isLasting: Bool) {
    untilFailure = allocation
    self.isLasting = isLasting
  }

  /// Lets the host replace the first allocator by the second after so many allocations.
  static func replace(after allocations: Int) {
    untilReplacement = allocations
  }

  private static func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    untilFailure -= 1
    if untilFailure < 0, isLasting || untilFailure == -1 { return nil }
    untilReplacement -= 1
    if untilReplacement == 0 { install(.second) }
    return first.allocate(size)
  }
}
