# SPDX-License-Identifier: MIT
"""The header as cffi reads it: decision.py PREPROCESSED-HEADER"""

import sys
from pathlib import Path

from cffi import FFI

ffi = FFI()
ffi.cdef(Path(sys.argv[1]).read_text())
lib = ffi.dlopen("libcallprop.so.1")

call = ffi.new("cp_call *", [lib.CP_EXTERNAL, lib.CP_QUEUE, lib.CP_LEG_DST, 0])
text = b'{"src":"external","dst":"queue","leg":"dst"}'
error = ffi.new("cp_error *")
reason = ffi.new("char[]", lib.CP_REASON_MAX)
lib.cp_reason(lib.CP_LI | lib.CP_LO, call, reason, lib.CP_REASON_MAX)
print(
    lib.cp_permits(lib.CP_QRI | lib.CP_LI, call),
    lib.cp_permits(lib.CP_LI | lib.CP_LO, call),
    lib.cp_allows(b"qri,li", text, error),
    lib.cp_allows(b"li,lo", text, ffi.NULL),
    ffi.string(reason).decode(),
)
sys.exit(error.code != lib.CP_OK)
