-- SPDX-License-Identifier: MIT
-- The header as LuaJIT's FFI reads it: luajit decision.lua PREPROCESSED-HEADER
local ffi = require "ffi"
ffi.cdef(assert(io.open(arg[1])):read "*a")
local lib = ffi.load "libcallprop.so.1"

local call = ffi.new("cp_call", lib.CP_EXTERNAL, lib.CP_QUEUE, lib.CP_LEG_DST, 0)
local text = [[{"src":"external","dst":"queue","leg":"dst"}]]
local failure = ffi.new "cp_error"
local reason = ffi.new("char[?]", lib.CP_REASON_MAX)
lib.cp_reason(lib.CP_LI + lib.CP_LO, call, reason, lib.CP_REASON_MAX)
print(table.concat({
  lib.cp_permits(lib.CP_QRI + lib.CP_LI, call),
  lib.cp_permits(lib.CP_LI + lib.CP_LO, call),
  lib.cp_allows("qri,li", text, failure),
  lib.cp_allows("li,lo", text, nil),
  ffi.string(reason),
}, " "))
os.exit(failure.code == lib.CP_OK and 0 or 1)
