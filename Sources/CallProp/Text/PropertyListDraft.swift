// SPDX-License-Identifier: MIT

/// A property list while its mnemos are read one by one, from any of its forms. All forms obey the rules here.
struct PropertyListDraft {
  /// Whether a mnemo that is none of ours makes the whole list wrong. Otherwise it grants nothing.
  let isStrict: Bool
  private(set) var set = PropertySet()
  /// The first mnemo that is none of ours.
  private(set) var unknown: Failure?

  init(isStrict: Bool) {
    self.isStrict = isStrict
  }

  mutating func insert(_ mnemo: Name, at extent: Extent, mayBeNew: @autoclosure () -> Bool = true) throws(Failure) {
    if let property = Property(mnemo) {
      set.insert(property)
      return
    }
    let failure = Failure(.propertyList, .unknownProperty, at: extent)
    guard !isStrict, mayBeNew() else { throw failure }
    if unknown == nil { unknown = failure }
  }
}
