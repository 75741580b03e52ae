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

/// The host's two allocators, and what befalls them.
enum Heap {
  enum Choice { case first, second }

  nonisolated(unsafe) static var first = HostAllocator()
  nonisolated(unsafe) static var second = HostAllocator()
  /// How many times memory was asked for since `refuse`.
  private(set) nonisolated(unsafe) static var asked = 0
  private nonisolated(unsafe) static var isRefused: (_ number: Int, _ size: Int) -> Bool = { _, _ in false }

  static func install(_ choice: Choice) {
    switch choice {
    case .first: json_set_alloc_funcs({ Heap.isGranted($0) ? Heap.first.allocate($0) : nil }, { Heap.first.free($0) })
    case .second:
      json_set_alloc_funcs({ Heap.isGranted($0) ? Heap.second.allocate($0) : nil }, { Heap.second.free($0) })
    }
  }

  /// Refuses allocations from now on, by their number, beginning with 0, and their size.
  static func refuse(where isRefused: @escaping (_ number: Int, _ size: Int) -> Bool) {
    asked = 0
    self.isRefused = isRefused
  }

  private static func isGranted(_ size: Int) -> Bool {
    asked += 1
    return !isRefused(asked - 1, size)
  }
}
