// SPDX-License-Identifier: MIT

import Testing

@testable import CallProp

@Suite("A property list while it is read")
struct PropertyListDraftTests {
  private func name(_ text: String) -> Name {
    let bytes = Array(text.utf8)
    return Name(bytes.span, at: bytes.span.extent)
  }

  @Test("Each mnemo is put into the set, strict or not", arguments: [true, false])
  func known(isStrict: Bool) throws {
    var draft = PropertyListDraft(isStrict: isStrict)
    #expect(draft.isStrict == isStrict)
    #expect(draft.set == PropertySet())
    var expected: [String] = []
    for mnemo in Vocabulary.mnemos.reversed() + Vocabulary.mnemos {
      try draft.insert(name(mnemo), at: Extent(start: 1, end: 2))
      expected.append(mnemo)
      #expect(draft.set.bits == expected.properties)
    }
    #expect(draft.unknown == nil)
  }

  @Test("Strict, a mnemo that is none of ours is refused, and the set stays as it was")
  func strict() throws {
    var draft = PropertyListDraft(isStrict: true)
    try draft.insert(name("li"), at: Extent(start: 0, end: 2))
    do throws(Failure) {
      try draft.insert(name("LI"), at: Extent(start: 3, end: 5))
      Issue.record("LI was taken")
    } catch {
      #expect(error.argument == .propertyList)
      #expect(error.problem == .unknownProperty)
      #expect(error.extent == Extent(start: 3, end: 5))
    }
    #expect(draft.set.bits == ["li"].properties)
    #expect(draft.unknown == nil)
  }

  @Test("Otherwise it grants nothing, and the first one is remembered")
  func notStrict() throws {
    var draft = PropertyListDraft(isStrict: false)
    for (place, mnemo) in ["lo", "xx", "ri", "yy", "xx", "qli"].enumerated() {
      try draft.insert(name(mnemo), at: Extent(start: place, end: place + 1))
    }
    #expect(draft.set.bits == ["lo", "ri", "qli"].properties)
    let unknown = try #require(draft.unknown)
    #expect(unknown.argument == .propertyList)
    #expect(unknown.problem == .unknownProperty)
    #expect(unknown.extent == Extent(start: 1, end: 2))
    #expect(unknown.position == 1)
  }
}
