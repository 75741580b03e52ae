// SPDX-License-Identifier: MIT

import CCallProp
import Testing

@testable import CallProp

/// A function that writes like `snprintf`.
private struct Writer: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String
  let write: @Sendable (UnsafeMutablePointer<CChar>?, Int) -> Int

  var testDescription: String { name }

  static let all = [
    Writer(name: "Buffer", text: "lo,li") { start, size in
      var buffer = Buffer(start, size: size)
      let li = Array("li".utf8)
      buffer.append("lo")
      buffer.append("")
      buffer.append(",")
      buffer.append(li.span)
      return buffer.finished()
    },
    Writer(name: "Buffer, of nothing", text: "") { start, size in Buffer(start, size: size).finished() },
    Writer(name: "cp_properties_format", text: "li,qri,ro") { start, size in
      cp_properties_format(["li", "qri", "ro"].properties, start, size)
    },
    Writer(name: "cp_properties_format of the empty set", text: "") { start, size in
      cp_properties_format(0, start, size)
    },
    Writer(name: "cp_call_format", text: "src=external,dst=ivr,leg=dst,callback=false") { start, size in
      withUnsafePointer(to: cp_call(src: 1, dst: 3, leg: 1, callback: 0)) { cp_call_format($0, start, size) }
    },
    Writer(name: "cp_call_format of NULL", text: "") { start, size in cp_call_format(nil, start, size) },
    Writer(
      name: "cp_reason",
      text: "Permitted: an outside number calls this extension through a voice menu, allowed by all (All calls)."
    ) { start, size in
      withUnsafePointer(to: cp_call(src: 1, dst: 3, leg: 1, callback: 0)) { cp_reason(1, $0, start, size) }
    },
    Writer(
      name: "cp_reason of NULL", text: "Denied: this call cannot happen: a value of it is out of range."
    ) { start, size in cp_reason(1, nil, start, size) },
    Writer(
      name: "cp_explain",
      text: #"{"allowed":true,"call":{"src":"queue","dst":"ivr","leg":"src","callback":true},"required":"cq","#
        + #""granted":["cq"],"matched":"cq","reason":"Permitted: a callback rings this extension first, through a queue, "#
        + #"then connects it with a voice menu, allowed by cq (Active calling)."}"#
    ) { start, size in
      cp_explain("cq", "src=queue,dst=ivr,leg=src,callback=true", start, size, nil)
    },
  ]
}

@Suite("Buffers are written like snprintf writes them")
struct BufferTests {
  @Test("Whatever the size, with a NUL, and not a byte behind", arguments: Writer.all)
  fileprivate func sizes(writer: Writer) {
    let whole = writer.text.utf8.map { CChar($0) }
    for size in 0...whole.count + 3 {
      var buffer = [CChar](repeating: 0x7A, count: whole.count + 8)
      #expect(writer.write(&buffer, size) == whole.count, "\(size)")
      let expected = size == 0 ? [] : whole.prefix(size - 1) + [0]
      #expect(buffer == expected + [CChar](repeating: 0x7A, count: buffer.count - expected.count), "\(size)")
    }
  }

  @Test("A huge size is as good as any large one, also over SSIZE_MAX", arguments: Writer.all)
  fileprivate func hugeSizes(writer: Writer) {
    let whole = writer.text.utf8.map { CChar($0) }
    let sizes: [UInt] = [
      65_536, 1 << 31, 1 << 32, 1 << 62, 1 << 63 - 1, 1 << 63, 1 << 63 + 1, 3 << 62, .max - 1, .max,
    ]
    for size in sizes {
      // With room for whatever may be written instead.
      var buffer = [CChar](repeating: 0x7A, count: 2 * Int(CP_EXPLAIN_MAX))
      #expect(writer.write(&buffer, Int(bitPattern: size)) == whole.count, "\(size)")
      let rest = [CChar](repeating: 0x7A, count: buffer.count - whole.count - 1)
      #expect(buffer == whole + [0] + rest, "\(size)")
    }
  }

  @Test("Without a buffer and with size 0, there is the length alone", arguments: Writer.all)
  fileprivate func noBuffer(writer: Writer) {
    #expect(writer.write(nil, 0) == writer.text.utf8.count)
  }

  @Test("Only where there is a size and no buffer, the buffer is missing")
  func missing() {
    for size in [1, 2, Int.max, Int.min, -1] {
      #expect(Buffer(nil, size: size).isMissing, "\(size)")
    }
    #expect(!Buffer(nil, size: 0).isMissing)
    var byte: CChar = 0x7A
    for size in [0, 1, Int.max, -1] { #expect(!Buffer(&byte, size: size).isMissing) }
    #expect(byte == 0x7A)
  }

  @Test("NULL with a size is 0 from each function, an error from cp_explain", arguments: [1, 64, Int.max, -1, Int.min])
  func null(size: Int) {
    #expect(cp_properties_format(.max, nil, size) == 0)
    #expect(cp_call_format([cp_call()], nil, size) == 0)
    #expect(cp_reason(.max, [cp_call()], nil, size) == 0)
    for (list, call) in [("li", "src=external,dst=queue,leg=dst"), ("xx", "src=x")] {
      var error = cp_error.garbage
      #expect(cp_explain(list, call, nil, size, &error) == 0)
      #expect(
        Complaint(error)
          == Complaint(code: CP_ERROR_ARGUMENT, position: -1, text: "buffer is NULL; expected a buffer, or size 0"))
      #expect(error.isTidy)
    }
  }
}
