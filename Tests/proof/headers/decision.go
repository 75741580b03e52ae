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
	call := C.cp_call{src: C.CP_EXTERNAL, dst: C.CP_QUEUE, leg: C.CP_LEG_DST}
	text := C.CString(`{"src":"external","dst":"queue","leg":"dst"}`)
	var failure C.cp_error
	fmt.Println(
		C.cp_permits(C.CP_QRI|C.CP_LI, &call),
		C.cp_permits(C.CP_LI|C.CP_LO, &call),
		C.cp_allows(C.CString("qri,li"), text, &failure),
		C.cp_allows(C.CString("li,lo"), text, nil))
	if failure.code != C.CP_OK {
		os.Exit(1)
	}
}
