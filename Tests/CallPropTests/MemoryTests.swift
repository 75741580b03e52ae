// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

// jansson's allocator belongs to the whole process: these tests replace it in processes of their own.
@Suite("Where memory runs out, nothing is written, kept or damaged")
struct MemoryTests {
  private static let texts: [(list: String, call: String)] = [
    ("", "src=external,dst=ivr,leg=dst"),
    ("ri", "src=external,dst=ivr,leg=dst"),
    (
      #"["all","cq","li","lo","qli","qri","ri","ro"]"#, #"{"src":"queue","dst":"external","leg":"src","callback":true}"#
    ),
    (#"{"name":"a status","property_list":["li","lo"]}"#, "src=extension,dst=extension,leg=dst,callback=true"),
  ]

  @Test("cp_explain: at each allocation, once or from then on", arguments: texts.indices, [true, false])
  func explain(index: Int, isLasting: Bool) async {
    await #expect(processExitsWith: .success) { [index = index as Int, isLasting = isLasting as Bool] in
      Heap.install(.first)
      let (list, call) = Self.texts[index]
      let whole = try #require(try explanation(list, call))
      let asked = Heap.asked
      #expect(asked > 20)
      for failing in 0..<asked {
        Heap.refuse { number, _ in number == failing || (isLasting && number > failing) }
        #expect(try explanation(list, call) == nil, "\(failing)")
      }
      Heap.refuse { number, _ in number >= asked }
      #expect(try explanation(list, call) == whole, "every allocation has failed")
    }
  }

  @Test("cp_explain: at any two allocations")
  func explainTwice() async {
    await #expect(processExitsWith: .success) {
      Heap.install(.first)
      let (list, call) = Self.texts[1]
      _ = try explanation(list, call)
      let asked = Heap.asked
      for first in 0..<asked {
        for second in first..<asked {
          Heap.refuse { number, _ in number == first || number == second }
          try #require(try explanation(list, call) == nil)
        }
      }
    }
  }

  @Test("cp_explain: for whatever is larger than there is room for")
  func explainInLittleRoom() async {
    await #expect(processExitsWith: .success) {
      Heap.install(.first)
      for (list, call) in Self.texts {
        var isWritten: [Bool] = []
        for room in Array(0...600) + [1024, 2048, 4096, 100_000] {
          Heap.refuse { _, size in size > room }
          isWritten.append(try explanation(list, call) != nil)
        }
        #expect(isWritten.first == false && isWritten.last == true)
        #expect(isWritten == isWritten.sorted { !$0 && $1 }, "more room is never worse")
      }
    }
  }

  @Test("cp_list and cp_get: at each allocation, once or from then on", arguments: [nil, "all", "ro"], [true, false])
  func catalogue(mnemo: String?, isLasting: Bool) async {
    await #expect(processExitsWith: .success) { [mnemo = mnemo as String?, isLasting = isLasting as Bool] in
      Heap.install(.first)
      func ask() -> UnsafePointer<CChar>? { mnemo.map { cp_get($0) } ?? cp_list() }
      var failing = 0
      Heap.refuse { number, _ in number == failing || (isLasting && number > failing) }
      while ask() == nil && failing < 1000 {
        #expect(Heap.asked > failing)
        #expect(Heap.first.live == 0 && Heap.first.isSound)
        failing += 1
        Heap.refuse { number, _ in number == failing || (isLasting && number > failing) }
      }
      #expect((100..<1000).contains(failing), "every allocation has failed once")
      #expect(Heap.asked == failing, "the one that failed last was the last")

      // It is made once: nothing is asked for any more.
      Heap.refuse { _, _ in true }
      let objects = Vocabulary.mnemos.compactMap { cp_get($0) }.map { String(cString: $0) }
      #expect(objects.count == 8)
      #expect(cp_list().map { String(cString: $0) } == "[" + objects.joined(separator: ",") + "]")
      #expect(Heap.asked == 0)
      #expect(Heap.first.live == 0 && Heap.first.isSound)
    }
  }

  @Test("Nothing but those three asks jansson for memory")
  func everythingElse() async {
    await #expect(processExitsWith: .success) {
      Heap.install(.first)
      Heap.refuse { _, _ in true }
      for scenario in Scenario.all {
        for call in [scenario.call.pairs.characters, scenario.call.json.characters] {
          for list in [
            scenario.required, "[\"\(scenario.required)\"]", #"{"x":[1e999,{"y":"é"}],"property_list":["all"]}"#,
          ] {
            try #require(cp_allows(list, call, nil) == 1)
          }
          try #require(cp_allows("[]", call, nil) == 0)
          try #require(cp_allows("[}", call, nil) == 0)
        }
        var call = cp_call()
        var set: cp_properties = 0
        try #require(cp_call_parse(scenario.call.json.characters, &call, nil) == 1)
        try #require(cp_properties_parse("[\"\(scenario.required)\"]", &set, nil) == 1)
        try #require(cp_properties_parse_known("[\"\(scenario.required)\",\"xx\"]", &set, nil) == 1)
        try #require(cp_permits(set, &call) == 1 && cp_required(&call) == set)
        var permitted: UInt8 = 0
        var required: cp_properties = 0
        try #require(cp_permits_many(&set, &call, 1, &permitted) == 1 && cp_required_many(&call, 1, &required) == 1)
        var buffer = [CChar](repeating: 0x7A, count: 256)
        try #require(cp_properties_format(set, &buffer, buffer.count) == scenario.required.utf8.count)
        try #require(cp_call_format(&call, &buffer, buffer.count) > 0)
        try #require(cp_reason(set, &call, &buffer, buffer.count) > 0)
      }
      for row in Cases.refusals where row.argument == .call || row.argument == .propertyList {
        var error = cp_error.garbage
        let text = row.input?.characters
        _ = row.argument == .call ? cp_allows("all", text, &error) : cp_allows(text, "", &error)
        try #require(Complaint(error) == row.complaint)
      }
      #expect(cp_version() != nil)
      #expect(cp_get("xx") == nil && cp_get(nil) == nil)
      #expect(cp_explain("xx", "", nil, 0, nil) == 0 && cp_explain("li", "[", nil, 0, nil) == 0)
      #expect(Heap.asked == 0)
    }
  }
}

/// The explanation; nil when memory ran out, and then everything must be as the header says.
private func explanation(_ list: String, _ call: String) throws -> String? {
  var error = cp_error.garbage
  var buffer = [CChar](repeating: 0x7A, count: Int(CP_EXPLAIN_MAX))
  let length = cp_explain(list, call, &buffer, buffer.count, &error)
  try #require(length == text(buffer).utf8.count)
  try #require(Heap.first.live == 0 && Heap.first.isSound)
  if error.code == 0 {
    try #require(error.isCleared)
    try #require(text(buffer).hasPrefix(#"{"allowed":"#) && text(buffer).hasSuffix(#"."}"#))
    return text(buffer)
  }
  try #require(length == 0)
  let expected = Complaint(
    code: CP_ERROR_MEMORY, position: -1,
    text: "buffer: no memory to write JSON; expected jansson's allocator to give some KiB")
  try #require(Complaint(error) == expected)
  try #require(error.isTidy)
  return nil
}
