// SPDX-License-Identifier: MIT

import CCallProp
import CJansson
import Glibc

// The input is three lines: a plan, a property_list, and a call. Without memory, an answer is the one that memory gives, or a refusal.
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
      for function in [allows, parsesProperties, parsesCall] {
        Host.follow(Bytes(rebasing: plan[..<0]))
        let right = function(list, call)
        Host.follow(plan)
        let answer = function(list, call)
        answer.error.claimTidy(isError: answer.error.code != 0, propertyList: listBytes.count, call: callBytes.count)
        answer.claimRightOrRefused(right)
      }
      Host.follow(plan)
      claimExplanationOrNothing(list, call)
      claim(cp_list() == nil || cp_get("li") != nil, "once there is a catalogue, it stays")
      claim(Host.live == 0, "nothing is kept: \(Host.live) blocks")
    }
  }
  return 0
}

/// What a function returned, wrote to `out`, and reported.
private struct Answer {
  var result: CInt = 0
  var out = garbageProperties
  var error = cp_error.garbage

  func claimRightOrRefused(_ right: Answer) {
    if error.code == 0 {
      claim(result == right.result && out == right.out && right.error.code == 0, "what is not refused is right")
    } else {
      claim(result == 0 && out == garbageProperties, "what is refused is no permission, and out is untouched")
      let codes = [right.error.code, Int32(CP_ERROR_MEMORY)]
      claim(codes.contains(error.code), "memory is short, or it errs as it does with memory: \(error.words)")
    }
  }
}

private func allows(_ list: UnsafePointer<CChar>, _ call: UnsafePointer<CChar>) -> Answer {
  var answer = Answer()
  answer.result = cp_allows(list, call, &answer.error)
  return answer
}

private func parsesProperties(_ list: UnsafePointer<CChar>, _ call: UnsafePointer<CChar>) -> Answer {
  var answer = Answer()
  answer.result = cp_properties_parse(list, &answer.out, &answer.error)
  return answer
}

private func parsesCall(_ list: UnsafePointer<CChar>, _ call: UnsafePointer<CChar>) -> Answer {
  var answer = Answer()
  var facts = garbageCall
  answer.result = cp_call_parse(call, &facts, &answer.error)
  answer.out = facts.bits
  return answer
}

private func claimExplanationOrNothing(_ list: UnsafePointer<CChar>, _ call: UnsafePointer<CChar>) {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CP_EXPLAIN_MAX)) { buffer in
    var error = cp_error()
    let length = cp_explain(list, call, buffer.baseAddress, buffer.count, &error)
    claim((length == 0) == (error.code != 0), "an explanation, or an error")
    claim(buffer.firstIndex(of: 0) == length, "the buffer holds the explanation, or the empty text")
    claim(length == 0 || buffer[length - 1] == CChar(UInt8(ascii: "}")), "an explanation is whole")
  }
}

/// The host's allocator, which fails by plan. Behind each block stands a fence: jansson, which is not compiled for
/// AddressSanitizer, must not have written to it when the block comes back.
private enum Host {
  private nonisolated(unsafe) static var plan = Bytes(start: nil, count: 0)
  private nonisolated(unsafe) static var next = 0
  private nonisolated(unsafe) static var room = Int.max
  nonisolated(unsafe) static private(set) var live = 0

  private static let headSize = 16
  private static let fenceSize = 64

  static func follow(_ plan: Bytes) {
    self.plan = plan
    next = 0
    room = .max
  }

  static func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    let number = min(next, plan.count - 1)
    next += 1
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
