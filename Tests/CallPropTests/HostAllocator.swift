// SPDX-License-Identifier: MIT

import CJansson
import Glibc

/// One of two allocators of a host. It knows what it gave, and notices writes behind it.
struct HostAllocator {
  private static let fence = [UInt8](repeating: 0xFB, count: 64)

  private var sizes: [UnsafeMutableRawPointer: Int] = [:]
  private(set) var given = 0
  /// How many times it was told to free what it had not given.
  private(set) var strangers = 0
  /// How many times somebody had written behind what it gave.
  private(set) var overruns = 0

  var live: Int { sizes.count }
  var isSound: Bool { strangers == 0 && overruns == 0 }

  mutating func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    guard let memory = malloc(size + Self.fence.count) else { return nil }
    (memory + size).copyMemory(from: Self.fence, byteCount: Self.fence.count)
    sizes[memory] = size
    given += 1
    return memory
  }

  mutating func free(_ memory: UnsafeMutableRawPointer?) {
    guard let memory else { return }
    guard let size = sizes.removeValue(forKey: memory) else {
      strangers += 1
      return
    }
    if memcmp(memory + size, Self.fence, Self.fence.count) != 0 { overruns += 1 }
    Glibc.free(memory)
  }
}

/// The host's two allocators, and what befalls the first.
enum Heap {
  enum Choice { case first, second }

  nonisolated(unsafe) static var first = HostAllocator()
  nonisolated(unsafe) static var second = HostAllocator()
  nonisolated(unsafe) private(set) static var installed = Choice.first
  private nonisolated(unsafe) static var number = 0
  private nonisolated(unsafe) static var isRefused: (_ number: Int, _ size: Int) -> Bool = { _, _ in false }

  static func install(_ choice: Choice) {
    install(allocate: choice, free: choice)
  }

  /// Replaces the two functions by those of different allocators, as no host should.
  static func install(allocate: Choice, free: Choice) {
    installed = allocate
    let allocate: json_malloc_t = allocate == .first ? { Heap.allocate($0) } : { Heap.second.allocate($0) }
    let free: json_free_t = free == .first ? { Heap.first.free($0) } : { Heap.second.free($0) }
    json_set_alloc_funcs(allocate, free)
  }

  /// Refuses allocations from now on, by their number, beginning with 0, and their size.
  static func refuse(where isRefused: @escaping (_ number: Int, _ size: Int) -> Bool) {
    number = 0
    self.isRefused = isRefused
  }

  /// When the host replaces the allocator on this occasion, it is as if another thread had done so just before.
  private static func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    number += 1
    if isRefused(number - 1, size) { return nil }
    return installed == .first ? first.allocate(size) : second.allocate(size)
  }

  /// Puts the second allocator in place of the first at an allocation, counted from 0 from now on.
  static func replace(at allocation: Int) {
    install(.first)
    refuse { number, _ in
      if number == allocation { install(.second) }
      return false
    }
  }
}
