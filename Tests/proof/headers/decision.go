// SPDX-License-Identifier: MIT

// The header as cgo reads it.
package main

// #cgo pkg-config: callprop
// #include <callprop.h>
// #include <stdlib.h>
import "C"

import (
	"fmt"
	"os"
)

func main() {
	call := C.cp_call_make(C.CP_EXTERNAL, C.CP_QUEUE, C.CP_LEG_DST, 0)
	text := C.CString(`{"src":"external","dst":"queue","leg":"dst"}`)
	var failure C.cp_error
	var reason [C.CP_REASON_MAX]C.char
	C.cp_reason(C.CP_LI|C.CP_LO, &call, &reason[0], C.CP_REASON_MAX)
	fmt.Println(
		C.cp_permits(C.CP_QRI|C.CP_LI, &call),
		C.cp_permits(C.CP_LI|C.CP_LO, &call),
		C.cp_allows(C.CString("qri,li"), text, &failure),
		C.cp_allows(C.CString("li,lo"), text, nil),
		C.GoString(&reason[0]))
	if failure.code != C.CP_OK {
		os.Exit(1)
	}
}
