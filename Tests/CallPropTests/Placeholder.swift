import Testing
@testable import CallProp
@Test func tableIsThere() { #expect(Call(src: .extension, dst: .ivr, leg: .src, callback: false).required == .lo) }
