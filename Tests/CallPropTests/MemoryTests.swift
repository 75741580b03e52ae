// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

// jansson's allocator belongs to the whole process: these tests replace it in processes of their own.
@Suite("Memory: jansson's allocator, when it fails and when the host replaces it")
struct MemoryTests {
  @Test("Where memory runs out, the decision is refused or right, and nothing is kept")
  func exhaustion() async {
    await #expect(processExitsWith: .success) {
      Heap.install(.first)
      for (list, call) in decisions {
        for isLasting in [true, false] {
          var outcomes: [Int] = []
          for allocation in 0..<300 {
            Heap.fail(at: allocation, isLasting: isLasting)
            outcomes.append(try explain(list, call))
            try #require(Heap.first.live.isEmpty, "\(allocation): \(list)")
          }
          #expect(outcomes.first == CP_ERROR_MEMORY)
          #expect(outcomes.last == CP_OK, "every allocation has failed once")
        }
      }
    }
  }

  @Test("So also about the lengths at which jansson's buffers grow")
  func exhaustionWhileGrowing() async {
    await #expect(processExitsWith: .success) {
      Heap.install(.first)
      for count in Array(9...18) + [27, 28, 29, 30, 31, 32] + Array(124...129) + Array(252...257) + Array(508...513) {
        let text = String(repeating: "n", count: count)
        let members = [
          #""x":"\#(text)""#, #""\#(text)":1"#, #""x":0.\#(String(repeating: "3", count: count))"#,
          #""x":"\#(String(repeating: "\\t", count: count / 2))""#, #""x":"a","y":["\#(text)","\#(text)"]"#,
        ]
        for member in members {
          for allocation in 0..<80 {
            Heap.fail(at: allocation, isLasting: false)
            _ = try explain(#"{\#(member),"property_list":["ri"]}"#, "src=external,dst=ivr,leg=dst")
          }
        }
      }
      #expect(Heap.first.live.isEmpty)
    }
  }

  @Test("Where memory runs out, nothing that is denied or refused is permitted")
  func exhaustionDenies() async {
    await #expect(processExitsWith: .success) {
      Heap.install(.first)
      let long = String(repeating: "all", count: 40)
      let lists = [
        #"["li"]"#, #"["all\#(long)"]"#, #"{"name":"\#(long)","property_list":["li"]}"#,
        #"["all","xxxxxxxxxxxxxxxxxxxxx"]"#, #"{"property_list":["all"],"property_list":[]}"#,
        #"{"property_list":["all"],"#, "[",
      ]
      for list in lists {
        for isLasting in [true, false] {
          for failing in 0..<100 {
            Heap.fail(at: failing, isLasting: isLasting)
            let permitted = cp_allows(list, #"{"src":"external","dst":"ivr","leg":"dst"}"#, nil)
            try #require(permitted == 0, "\(failing): \(list)")
          }
        }
      }
      #expect(Heap.first.live.isEmpty)
    }
  }

  @Test("When memory runs out while the catalogue is made, a later call tries again")
  func catalogue() async {
    await #expect(processExitsWith: .success) {
      Heap.install(.first)
      for failing in 0..<40 {
        Heap.fail(at: failing, isLasting: true)
        #expect(cp_list() == nil)
        Heap.fail(at: failing, isLasting: true)
        #expect(cp_get("li") == nil)
      }
      Heap.fail(at: .max, isLasting: true)
      #expect(cp_get("li").map { String(cString: $0) }?.hasPrefix(#"{"mnemo":"li","#) == true)
      Heap.fail(at: 0, isLasting: true)
      #expect(cp_list() != nil, "what is made stays")
      #expect(Heap.first.live.isEmpty)
    }
  }

  @Test("What one allocator gave goes back to it, when the host replaces it between calls")
  func replacedBetweenCalls() async {
    await #expect(processExitsWith: .success) {
      for turn in 0..<6 {
        Heap.install(turn % 2 == 0 ? .first : .second)
        let code = try explain(#"["ri"]"#, #"{"src":"external","dst":"ivr","leg":"dst"}"#)
        #expect(code == CP_OK)
        #expect(cp_list() != nil)
      }
      #expect(Heap.first.live.isEmpty && Heap.second.live.isEmpty)
      #expect(Heap.first.strangers == 0 && Heap.second.strangers == 0)
      #expect(Heap.first.given > 0 && Heap.second.given > 0)
    }
  }

  @Test("What one allocator gave is lost rather than given to another, when the host replaces it during a call")
  func replacedDuringCall() async {
    await #expect(processExitsWith: .success) {
      let text = Array(#"["li"]"#.utf8)
      do {
        Heap.install(.first)
        var built = JSON.object()
        built.set("a", to: .string("b"))
        Heap.install(.second)
      }
      let lost = Heap.first.live.count
      do {
        Heap.install(.first)
        let parsed = try JSON(parsing: text.span, of: .propertyList)
        _ = parsed.value.isArray
        Heap.install(.second)
      }
      #expect(lost > 0)
      #expect(Heap.first.live.count > lost)
      #expect(Heap.second.strangers == 0)
    }
  }

  @Test("So also when the host replaces it while a value is being made", arguments: [1, 2])
  func replacedDuringCreation(allocation: Int) async {
    await #expect(processExitsWith: .success) { [allocation = allocation as Int] in
      Heap.install(.first)
      Heap.replace(after: allocation)
      do {
        let json = JSON.object()
        _ = json.value.isObject
      }
      #expect(Heap.first.strangers == 0 && Heap.second.strangers == 0)
    }
  }
}

/// Decisions of the same kind, in texts that ask for more and more memory. All are permitted by `ri`.
private let decisions = [
  (#"ri"#, "src=external,dst=ivr,leg=dst"),
  (#"["ri"]"#, #"{"src":"external","dst":"ivr","leg":"dst"}"#),
  (#"{"id":7,"property_list":["li","ri"]}"#, #"{"src":"external","dst":"ivr","leg":"dst","callback":true}"#),
  (#"{"name":"A status with a long name","property_list":["ri"]}"#, "src=external,dst=ivr,leg=dst"),
  (
    #"{"name":"\#(String(repeating: "long ", count: 300))","x":[1.5,{"y":null}],"property_list":["ri"]}"#,
    #"{"src":"\u0065\u0078\u0074\u0065\u0072\u006e\u0061\u006c","dst":"ivr","leg":"dst"}"#
  ),
]

/// Explains a decision that `ri` permits; returns the error code, of which two are right.
private func explain(_ list: String, _ call: String) throws -> Int {
  var error = cp_error.garbage
  var buffer = [CChar](repeating: 0x7A, count: Int(CP_EXPLAIN_MAX))
  let length = cp_explain(list, call, &buffer, buffer.count, &error)
  try #require(length == text(buffer).utf8.count)
  if error.code == 0 {
    try #require(text(buffer).hasPrefix(#"{"allowed":true,"#))
    try #require(text(buffer).hasSuffix(#" lets that through."}"#))
  } else {
    try #require(length == 0)
    try #require(Int(error.code) == CP_ERROR_MEMORY, "\(Complaint(error))")
    try #require(error.position == -1)
    try #require(Complaint(error).text.hasSuffix(": memory ran out; expected enough of it"))
  }
  return Int(error.code)
}
