// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

// jansson's allocator belongs to the whole process: these tests replace it in processes of their own.
@Suite("The host may replace jansson's allocator between calls")
struct AllocatorTests {
  @Test("What one allocator gave goes back to it, before the call returns")
  func betweenCalls() async {
    await #expect(processExitsWith: .success) {
      for turn in 0..<6 {
        Heap.install(turn % 2 == 0 ? .first : .second)
        let given = (Heap.first.given, Heap.second.given)
        #expect(cp_explain(#"["ri"]"#, "src=external,dst=ivr,leg=dst", nil, 0, nil) > 0)
        #expect(cp_list() != nil && cp_get("li") != nil)
        #expect((Heap.first.given > given.0) == (turn % 2 == 0))
        #expect((Heap.second.given > given.1) == (turn % 2 == 1))
        #expect(Heap.first.live == 0 && Heap.second.live == 0)
      }
      #expect(Heap.first.isSound && Heap.second.isSound)
    }
  }

  @Test("What was borrowed stays, whatever the allocator is later")
  func borrowed() async {
    await #expect(processExitsWith: .success) {
      Heap.install(.first)
      let list = try #require(cp_list())
      let text = String(cString: list)
      Heap.install(.second)
      Heap.refuse { _, _ in true }
      #expect(cp_list() == list && String(cString: list) == text)
      #expect(Heap.second.given == 0)
    }
  }

  @Test("Whoever makes the catalogue second gets the one that was made first")
  func catalogueMadeTwice() async {
    await #expect(processExitsWith: .success) {
      nonisolated(unsafe) var first: UnsafePointer<CChar>?
      Heap.install(.first)
      Heap.refuse { number, _ in
        if number == 0 { first = cp_list() }
        return false
      }
      #expect(cp_list() == first)
      #expect(first != nil)
      #expect(Heap.first.live == 0 && Heap.first.isSound)
    }
  }
}
