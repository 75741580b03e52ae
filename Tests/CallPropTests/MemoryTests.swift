// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

// jansson's allocator belongs to the whole process: these tests replace it in processes of their own.
@Suite("Where memory runs out, a decision is refused or right, and nothing is kept or damaged")
struct MemoryTests {
  @Test("At any allocation, once or from then on")
  func anyAllocation() async {
    await #expect(processExitsWith: .success) {
      Heap.install(.first)
      for (list, call) in decisions {
        for isLasting in [true, false] {
          var codes: [Int] = []
          for failing in 0..<300 {
            Heap.refuse { number, _ in number == failing || (isLasting && number > failing) }
            codes.append(try explain(list, call))
          }
          #expect(codes.first == CP_ERROR_MEMORY)
          #expect(codes.last == CP_OK, "every allocation has failed once")
          #expect(codes == codes.sorted(by: >), "each failure is noticed")
        }
      }
    }
  }

  @Test("For a while", arguments: [15, 16, 17, 31, 32, 33, 63, 64, 100, 120])
  func aWhile(refusals: Int) async {
    await #expect(processExitsWith: .success) { [refusals = refusals as Int] in
      Heap.install(.first)
      for length in [13, 20, 40, 300] {
        for member in members(ofLength: length) {
          for start in 0..<40 {
            Heap.refuse { number, _ in (start..<start + refusals).contains(number) }
            _ = try explain(#"{\#(member),"property_list":["ri"]}"#, "src=external,dst=ivr,leg=dst")
          }
        }
      }
    }
  }

  @Test("At any two allocations")
  func twoAllocations() async {
    await #expect(processExitsWith: .success) {
      Heap.install(.first)
      for (list, call) in [decisions[1], decisions[4]] {
        for first in 0..<60 {
          for second in first..<80 {
            Heap.refuse { number, _ in number == first || number == second }
            var error = cp_error.garbage
            let permitted = cp_allows(list, call, &error)
            try #require([CP_OK, CP_ERROR_MEMORY].contains(Int(error.code)), "\(Complaint(error))")
            try #require(permitted == (error.code == 0 ? 1 : 0))
            try #require(error.position == (permitted == 1 ? 0 : -1))
            try #require(Heap.first.live == 0 && Heap.first.isSound)
          }
        }
      }
    }
  }

  @Test("For whatever is larger than there is room for, from any allocation on")
  func roomShrinks() async {
    await #expect(processExitsWith: .success) {
      Heap.install(.first)
      for length in [40, 300, 600] {
        for room in [32, 64, 128, 256, 512, 1024] {
          for start in 0..<40 {
            Heap.refuse { number, size in number >= start && size > room }
            let name = String(repeating: "n", count: length)
            _ = try explain(#"{"name":"\#(name)","property_list":["ri"]}"#, "src=external,dst=ivr,leg=dst")
          }
        }
      }
    }
  }

  @Test("For whatever is larger than there is room for")
  func largeAllocations() async {
    await #expect(processExitsWith: .success) {
      Heap.install(.first)
      for (list, call) in decisions {
        var codes: [Int] = []
        let rooms = Array(0...300) + Array(500...520) + Array(1020...1030)
        for room in rooms + [2000, 2047, 2048, 4000, 4096, 5000, 100_000] {
          Heap.refuse { _, size in size > room }
          codes.append(try explain(list, call))
        }
        #expect(codes.first == CP_ERROR_MEMORY)
        #expect(codes.last == CP_OK)
      }
    }
  }

  @Test("About the lengths at which jansson's buffers grow", arguments: [9, 13, 27, 124, 252, 508])
  func growingBuffers(length: Int) async {
    await #expect(processExitsWith: .success) { [shortest = length as Int] in
      Heap.install(.first)
      for length in shortest..<shortest + 6 {
        for member in members(ofLength: length) {
          for failing in 0..<80 {
            Heap.refuse { number, _ in number == failing }
            _ = try explain(#"{\#(member),"property_list":["ri"]}"#, "src=external,dst=ivr,leg=dst")
          }
          for room in [16, 17, 31, 32, 33, 64, 128, 129, 255, 256, 257, 511, 512, 513, 1024] {
            Heap.refuse { _, size in size > room }
            _ = try explain(#"{\#(member),"property_list":["ri"]}"#, "src=external,dst=ivr,leg=dst")
          }
        }
      }
    }
  }

  @Test("What is malformed is said to be malformed when there is memory to see it", arguments: [false, true])
  func malformed(isObject: Bool) async {
    await #expect(processExitsWith: .success) { [isObject = isObject as Bool] in
      Heap.install(.first)
      let long = String(repeating: "n", count: 40)
      let objects = [(#"{} "\#(long)""#, 3), (#"{@"\#(long)":1}"#, 2)]
      let arrays = [(#"[] "\#(long)""#, 3), (#"[@"\#(long)"]"#, 2)]
      for (list, position) in isObject ? objects : arrays {
        var seen: [cp_error] = []
        for failing in 0..<40 {
          Heap.refuse { number, _ in number == failing }
          var error = cp_error.garbage
          try #require(cp_allows(list, "src=external,dst=ivr,leg=dst", &error) == 0)
          seen.append(error)
        }
        let complaints = Set(seen.map { [$0.code, $0.position] })
        #expect(complaints == [[Int32(CP_ERROR_MEMORY), -1], [Int32(CP_ERROR_SYNTAX), Int32(position)]], "\(list)")
      }
      #expect(Heap.first.live == 0 && Heap.first.isSound)
    }
  }

  @Test("Nothing that is denied or refused is permitted")
  func denials() async {
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
            Heap.refuse { number, _ in number == failing || (isLasting && number > failing) }
            let permitted = cp_allows(list, #"{"src":"external","dst":"ivr","leg":"dst"}"#, nil)
            try #require(permitted == 0, "\(failing): \(list)")
          }
        }
      }
      #expect(Heap.first.live == 0 && Heap.first.isSound)
    }
  }
}

/// Decisions of the same kind, in texts that ask for more and more memory. All are permitted by `ri`.
private let decisions = [
  (#"ri"#, "src=external,dst=ivr,leg=dst"),
  (#"["ri"]"#, #"{"src":"external","dst":"ivr","leg":"dst"}"#),
  (#"["ri","\u0071\u0072\u0069"]"#, "src=external,dst=ivr,leg=dst"),
  (#"{"id":7,"property_list":["li","ri"]}"#, #"{"src":"external","dst":"ivr","leg":"dst","callback":true}"#),
  (#"{"name":"A status with a long name","property_list":["ri"]}"#, "src=external,dst=ivr,leg=dst"),
  (
    #"{"name":"\#(String(repeating: "long ", count: 300))","x":[1.5,{"y":null}],"property_list":["ri"]}"#,
    #"{"src":"\u0065\u0078\u0074\u0065\u0072\u006e\u0061\u006c","dst":"ivr","leg":"dst"}"#
  ),
]

/// Members of a status object that have something of this length, in bytes of the text.
private func members(ofLength length: Int) -> [String] {
  let text = String(repeating: "n", count: length)
  let escapes = String(repeating: #"\t"#, count: length / 2)
  let quotes = String(repeating: #"nnnnn\""#, count: length / 7)
  return [
    #""x":"\#(text)""#, #""\#(text)":1"#, #""x":0.\#(String(repeating: "3", count: length))"#, #""x":"\#(escapes)""#,
    #""x":"\#(quotes)""#, #""x":"a","y":["\#(text)","\#(text)"]"#,
  ]
}

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
    let texts = ["property_list", "call"].map { $0 + ": memory ran out; expected enough of it" }
    try #require(texts.contains(Complaint(error).text))
  }
  try #require(Heap.first.live == 0 && Heap.first.isSound)
  return Int(error.code)
}
