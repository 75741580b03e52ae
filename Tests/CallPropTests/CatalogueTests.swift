// SPDX-License-Identifier: MIT

import CCallProp
import Foundation
import Testing

@testable import CallProp

@Suite("The catalogue")
struct CatalogueTests {
  private func list() throws -> String {
    String(cString: try #require(cp_list()))
  }

  private func get(_ mnemo: String) throws -> String {
    String(cString: try #require(cp_get(mnemo)))
  }

  @Test("cp_list is an array of the eight, each with the three strings, in the order of the bits")
  func listOfEight() throws {
    let json = try JSONSerialization.jsonObject(with: Data(list().utf8))
    let objects = try #require(json as? [[String: String]])
    #expect(objects.map { $0["mnemo"] } == ["all", "cq", "li", "lo", "qli", "qri", "ri", "ro"])
    #expect(
      objects.map { $0["name"] } == [
        "All calls", "Active calling", "Internal incoming personal", "Internal outgoing", "Internal queue incoming",
        "External queue incoming", "External incoming personal", "External outgoing",
      ])
    for object in objects { #expect(Set(object.keys) == ["mnemo", "name", "description"]) }
  }

  @Test("The members stand in the order mnemo, name, description, without white space", arguments: Vocabulary.mnemos)
  func memberOrder(mnemo: String) throws {
    let object = try get(mnemo)
    let name = try #require(Vocabulary.names[mnemo])
    #expect(object.hasPrefix(#"{"mnemo":"\#(mnemo)","name":"\#(name)","description":"Lets "#))
    #expect(object.hasSuffix(".\"}"))
    #expect(object.isPrintableASCII)
  }

  @Test(
    "A description says what the property lets through",
    arguments: [
      ("all", ["every call"]),
      ("cq", ["callback", "through a queue", "first"]),
      ("li", ["same client", "ring the extension itself", "callback between two extensions", "second"]),
      ("lo", ["the extension make calls", "own client", "callback between two extensions", "first"]),
      ("qli", ["inside the same client", "through a queue"]),
      ("qri", ["outside", "through a queue"]),
      ("ri", ["from outside", "extension itself", "voice menu", "callback", "outside number rung first"]),
      ("ro", ["the extension call outside numbers", "callback", "rung first", "outside number"]),
    ])
  func descriptions(mnemo: String, words: [String]) throws {
    let json = try JSONSerialization.jsonObject(with: Data(get(mnemo).utf8))
    let description = try #require((json as? [String: String])?["description"])
    for word in words { #expect(description.contains(word)) }
    #expect(description.count { $0 == "." } == 1, "one sentence")
  }

  @Test("cp_get's objects are cp_list's elements")
  func objectsAreElements() throws {
    let objects = try Vocabulary.mnemos.map { try get($0) }
    #expect(try list() == "[" + objects.joined(separator: ",") + "]")
    #expect(Set(objects).count == 8)
  }

  @Test("The pointers are the same every time, from any thread")
  func samePointers() async throws {
    let here = Pointers()
    #expect(!here.addresses.contains(0))
    #expect(Set(here.addresses).count == 9)
    await withTaskGroup(of: Pointers.self) { group in
      for _ in 0..<32 { group.addTask { Pointers() } }
      for await there in group { #expect(there == here) }
    }
  }

  @Test("What is not spelt exactly so is not there", arguments: NearMiss.all)
  func nearMisses(mnemo: Input) {
    #expect(cp_get(mnemo.characters) == nil)
  }

  @Test("NULL is not there")
  func null() {
    #expect(cp_get(nil) == nil)
  }

  @Test("When many threads ask first, all get the same catalogue")
  func firstCalls() async {
    await #expect(processExitsWith: .success) {
      let pointers = await withTaskGroup(of: Pointers.self) { group in
        for _ in 0..<16 { group.addTask { Pointers() } }
        return await group.reduce(into: Set<Pointers>()) { $0.insert($1) }
      }
      #expect(pointers.count == 1)
    }
  }

  @Test("When the process may have no more memory, a later call tries again")
  func noMapping() async {
    await #expect(processExitsWith: .success) {
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
      let before = limit
      limit.rlim_cur = 0
      setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
      let list = cp_list()
      let object = cp_get("li")
      limit = before
      setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
      #expect(list == nil && object == nil)
      #expect(cp_list() != nil && cp_get("li") != nil)
    }
  }

  @Test("What was begun when memory ran out does not stay")
  func noMappingStays() async {
    await #expect(processExitsWith: .success) {
      Heap.install(.first)
      Heap.refuse { _, _ in true }
      #expect(cp_list() == nil)
      let before = try pagesMapped()
      // A page each, were they to stay; glibc itself may map 16,384 for another thread's arena.
      for _ in 0..<100_000 { _ = cp_list() }
      #expect(try pagesMapped() - before < 50_000)
    }
  }
}

/// The size of the process, in pages.
private func pagesMapped() throws -> Int {
  let sizes = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
  return try #require(sizes.split(separator: " ").first.flatMap { Int($0) })
}

/// The addresses of all nine texts.
private struct Pointers: Hashable, Sendable {
  let addresses: [UInt]

  init() {
    let texts = [cp_list()] + Vocabulary.mnemos.map { cp_get($0) }
    addresses = texts.map { UInt(bitPattern: $0) }
  }
}
