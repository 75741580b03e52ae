// SPDX-License-Identifier: MIT

import CCallProp
import CJansson
import Glibc

// The input is three lines: a plan, a property_list, and a call. Without memory, an explanation is the one that memory gives, or an
// error; and a decision takes none.
//
// The plan has a byte for each of jansson's allocations, and the last holds for all that follow: `x` fails; a digit d makes fail
// what is larger than 16 << d bytes, from here to the next digit.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let (plan, texts) = Bytes(start: data, count: size).splitAtLineFeed
  let (first, rest) = texts.splitAtLineFeed
  json_set_alloc_funcs({ Host.allocate($0) }, { Host.free($0) })
  withText(first) { list, listBytes in
    withText(rest) { call, callBytes in
      Host.follow(plan)
      decide(list, call)
      claim(Host.asked == 0, "a decision takes no memory: \(Host.asked) blocks")

      Host.follow(Bytes(rebasing: plan[..<0]))
      let right = Explanation(list, call)
      Host.follow(plan)
      let answer = Explanation(list, call)
      answer.error.claimTidy(isError: answer.error.code != 0, propertyList: listBytes.count, call: callBytes.count)
      answer.claimRightOrRefused(right)
      claim(cp_list() == nil || cp_get("li") != nil, "once there is a catalogue, it stays")
      claim(Host.live == 0, "nothing is kept: \(Host.live) blocks")
    }
  }
  return 0
}

/// Everything that reads text and writes no JSON.
private func decide(_ list: UnsafePointer<CChar>, _ call: UnsafePointer<CChar>) {
  var set: cp_properties = 0
  var facts = garbageCall
  var error = cp_error.garbage
  _ = cp_properties_parse(list, &set, nil)
  _ = cp_properties_parse_known(list, &set, &error)
  _ = cp_call_parse(call, &facts, &error)
  let isAllowed = cp_allows(list, call, &error)
  let isPermitted = error.code == 0 ? cp_permits(set, &facts) : 0
  claim(error.code != CP_ERROR_MEMORY && isAllowed == isPermitted, "and is right: \(error.words)")
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CP_REASON_MAX)) { buffer in
    _ = cp_reason(set, &facts, buffer.baseAddress, buffer.count)
    _ = cp_call_format(&facts, buffer.baseAddress, buffer.count)
    _ = cp_properties_format(set, buffer.baseAddress, buffer.count)
  }
}

/// What `cp_explain` returned, wrote, and reported.
private struct Explanation {
  let length: Int
  let text: [CChar]
  var error = cp_error.garbage

  init(_ list: UnsafePointer<CChar>, _ call: UnsafePointer<CChar>) {
    var buffer = [CChar](repeating: CChar(bitPattern: garbage), count: Int(CP_EXPLAIN_MAX))
    length = cp_explain(list, call, &buffer, buffer.count, &error)
    text = Array(buffer.prefix { $0 != 0 })
    claim(text.count == length, "the buffer holds the explanation, or the empty text")
    claim((length == 0) == (error.code != 0), "an explanation, or an error")
  }

  func claimRightOrRefused(_ right: Explanation) {
    claim(right.error.code != CP_ERROR_MEMORY, "where there is memory, it does not run out")
    if error.code == CP_ERROR_MEMORY {
      claim(right.error.code == 0, "an error in the texts needs no memory")
    } else {
      claim(error.isSame(as: right.error) && text == right.text, "what is not refused is right")
    }
  }
}

/// The host's allocator, which fails by plan. Behind each block stands a fence: jansson, which is not compiled for
/// AddressSanitizer, must not have written to it when the block comes back.
private enum Host {
  private nonisolated(unsafe) static var plan = Bytes(start: nil, count: 0)
  nonisolated(unsafe) static private(set) var asked = 0
  private nonisolated(unsafe) static var room = Int.max
  nonisolated(unsafe) static private(set) var live = 0

  private static let headSize = 16
  private static let fenceSize = 64

  static func follow(_ plan: Bytes) {
    self.plan = plan
    asked = 0
    room = .max
  }

  static func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    let number = min(asked, plan.count - 1)
    asked += 1
    switch number < 0 ? 0 : plan[number] {
    case UInt8(ascii: "x"): return nil
    case let digit where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit):
      room = 16 << Int(digit - UInt8(ascii: "0"))
    default: break
    }
    if size > room { return nil }
    guard let head = malloc(headSize + size + fenceSize) else { return nil }
    head.storeBytes(of: size, as: Int.self)
    let block = head + headSize
    memset(block, Int32(garbage), size)
    memset(block + size, fenceByte, fenceSize)
    poison(block + size, fenceSize)
    live += 1
    return block
  }

  static func free(_ memory: UnsafeMutableRawPointer?) {
    guard let block = memory else { return }
    let head = block - headSize
    let size = head.load(as: Int.self)
    let fence = block + size
    unpoison(fence, fenceSize)
    let isWhole = UnsafeRawBufferPointer(start: fence, count: fenceSize).allSatisfy { $0 == UInt8(fenceByte) }
    claim(isWhole, "nobody writes behind a block of \(size) bytes")
    live -= 1
    Glibc.free(head)
  }

  private static let fenceByte: Int32 = 0xFB
}

@_silgen_name("__asan_poison_memory_region") private func poison(_ start: UnsafeRawPointer, _ size: Int)
@_silgen_name("__asan_unpoison_memory_region") private func unpoison(_ start: UnsafeRawPointer, _ size: Int)
