// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

// jansson's allocator belongs to the whole process: these tests replace it in processes of their own.
@Suite("The host may replace jansson's allocator at any time")
struct AllocatorTests {
  @Test("Between calls, what one allocator gave goes back to it")
  func betweenCalls() async {
    await #expect(processExitsWith: .success) {
      for turn in 0..<6 {
        Heap.install(turn % 2 == 0 ? .first : .second)
        #expect(cp_allows(#"["ri"]"#, #"{"src":"external","dst":"ivr","leg":"dst"}"#, nil) == 1)
        #expect(cp_explain(#"["ri"]"#, "src=external,dst=ivr,leg=dst", nil, 0, nil) > 0)
        #expect(cp_list() != nil)
      }
      #expect(Heap.first.live == 0 && Heap.second.live == 0)
      #expect(Heap.first.isSound && Heap.second.isSound)
      #expect(Heap.first.given > 0 && Heap.second.given > 0)
    }
  }

  @Test("Seeding jansson's hash tables, as the library does when it is loaded, needs no memory, and once is enough")
  func seeding() async {
    await #expect(processExitsWith: .success) {
      Heap.install(.first)
      seedJansson()
      #expect(Heap.first.given == 0)
      let text = Array(#"{"a":1,"b":2}"#.utf8)
      let object = try JSON(parsing: text.span, of: .call)
      seedJansson()
      #expect(object.value.firstMember?.key.equals("a") == true)
      #expect(cp_allows(#"["ri"]"#, #"{"src":"external","dst":"ivr","leg":"dst"}"#, nil) == 1)
    }
  }

  @Test("During a call, what one allocator gave is lost rather than given to another")
  func duringCall() async {
    await #expect(processExitsWith: .success) {
      let text = Array(#"["li"]"#.utf8)
      do {
        Heap.install(.first)
        var built = JSON.object()
        built.set("a", to: .string("b"))
        Heap.install(.second)
      }
      let lost = Heap.first.live
      do {
        Heap.install(.first)
        let parsed = try JSON(parsing: text.span, of: .propertyList)
        _ = parsed.value.isArray
        Heap.install(.second)
      }
      #expect(lost > 0)
      #expect(Heap.first.live > lost)
      #expect(Heap.second.strangers == 0)
    }
  }

  @Test("So also where the host replaces only one of the two functions")
  func oneFunction() async {
    await #expect(processExitsWith: .success) {
      for (allocate, free) in [(Heap.Choice.first, Heap.Choice.second), (.second, .first)] {
        Heap.install(.first)
        let before = Heap.first.live
        do {
          let json = JSON.string("a")
          _ = json.value.string?.count
          Heap.install(allocate: allocate, free: free)
        }
        #expect(Heap.first.live > before)
      }
      #expect(Heap.first.strangers == 0 && Heap.second.strangers == 0)
    }
  }

  @Test("So also while a value is being made", arguments: [0, 1])
  func duringCreation(allocation: Int) async {
    await #expect(processExitsWith: .success) { [allocation = allocation as Int] in
      Heap.replace(at: allocation)
      do {
        let json = JSON.object()
        _ = json.value.isObject
      }
      do {
        Heap.install(.first)
        let json = JSON.string("a")
        _ = json.value.string?.count
      }
      #expect(Heap.first.strangers == 0 && Heap.second.strangers == 0)
    }
  }

  @Test("Though the first allocator comes back, nothing is given back that the second was asked for in between")
  func thereAndBack() async {
    await #expect(processExitsWith: .success) {
      for allocation in 0..<2 {
        Heap.replace(at: allocation)
        expectLoss(of: .object())
      }
      for allocation in 0..<12 {
        Heap.replace(at: allocation)
        var json = JSON.object()
        json.set("a", to: .string("b"))
        json.set("c", to: .array())
        expectLoss(of: json)
      }
      for allocation in 0..<6 {
        Heap.replace(at: allocation)
        var json = JSON.array()
        json.append(.string("b"))
        expectLoss(of: json)
      }
      #expect(Heap.first.strangers == 0 && Heap.second.strangers == 0)
    }
  }

  @Test("So also where it was asked for a longer array")
  func thereAndBackInALongArray() async {
    await #expect(processExitsWith: .success) {
      for allocation in 0..<40 {
        Heap.replace(at: allocation)
        var json = JSON.array()
        for _ in 0..<9 { json.append(.string("b")) }
        expectLoss(of: json)
      }
    }
  }

  @Test("So also where the second was asked while jansson read", arguments: [#"["li"]"#, #"{"a":["b"]}"#])
  func thereAndBackWhileReading(text: String) async {
    await #expect(processExitsWith: .success) { [text = text as String] in
      for allocation in 0..<8 {
        Heap.replace(at: allocation)
        expectLoss(of: try JSON(parsing: Array(text.utf8).span, of: .propertyList))
      }
    }
  }

  @Test("Where jansson read with a padding, that cannot be given back, and so there is no value")
  func replacedUnderPadding() async {
    await #expect(processExitsWith: .success) {
      for text in [#"["a string that is long"]"#, #"{"a":"a string that is long"}"#] {
        for allocation in 0..<12 {
          Heap.replace(at: allocation)
          #expect(throws: Failure.self) { _ = try JSON(parsing: Array(text.utf8).span, of: .propertyList).value }
        }
      }
    }
  }

  @Test("What one allocator gave is not put into what another gave: then there is no value at all")
  func mixedValues() async {
    await #expect(processExitsWith: .success) {
      do {
        Heap.install(.first)
        var array = JSON.array()
        var object = JSON.object()
        Heap.install(.second)
        array.append(.string("a"))
        object.set("a", to: .string("b"))
        #expect(!array.value.isArray && !object.value.isObject)
        array.append(.string("c"))
        let text: FixedText<63>? = array.text()
        #expect(text == nil)
      }
      do {
        Heap.install(.first)
        var array = JSON.array()
        let element = JSON.string("a")
        Heap.install(.second)
        array.append(element)
        Heap.install(.first)
        #expect(!array.value.isArray)
      }
      #expect(Heap.first.strangers == 0 && Heap.second.strangers == 0)
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

/// Ends the life of a value that the second allocator has had a part in, if it was asked at all, with the first in its place again.
private func expectLoss(of json: consuming JSON) {
  let isReplaced = Heap.installed == .second
  Heap.install(.first)
  let live = Heap.first.live
  end(json)
  #expect(Heap.first.live == live || !isReplaced)
}

private func end(_ json: consuming JSON) {}
