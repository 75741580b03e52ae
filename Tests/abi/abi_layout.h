/* SPDX-License-Identifier: MIT */
/* What a program that was compiled against callprop 1.x has built in, and so can never change: sizes, offsets and
 * numbers. FACT is a compile-time assertion of the language that includes this. */

FACT(sizeof(cp_properties) == 4)
FACT((cp_properties)-1 > 0)

FACT(sizeof(cp_call) == 4)
FACT(offsetof(cp_call, src) == 0)
FACT(offsetof(cp_call, dst) == 1)
FACT(offsetof(cp_call, leg) == 2)
FACT(offsetof(cp_call, callback) == 3)
FACT(sizeof(((cp_call *)0)->src) == 1)
FACT(sizeof(((cp_call *)0)->dst) == 1)
FACT(sizeof(((cp_call *)0)->leg) == 1)
FACT(sizeof(((cp_call *)0)->callback) == 1)
FACT(ALIGNMENT_OF(cp_call) == 1)

FACT(sizeof(cp_error) == 160)
FACT(offsetof(cp_error, code) == 0)
FACT(offsetof(cp_error, position) == 4)
FACT(offsetof(cp_error, text) == 8)
FACT(offsetof(cp_error, reserved) == 136)
FACT(sizeof(((cp_error *)0)->code) == 4)
FACT(sizeof(((cp_error *)0)->position) == 4)
FACT(sizeof(((cp_error *)0)->text) == 128)
FACT(sizeof(((cp_error *)0)->reserved) == 24)
FACT(ALIGNMENT_OF(cp_error) == 4)

FACT(CP_ALL == 1)
FACT(CP_CQ == 2)
FACT(CP_LI == 4)
FACT(CP_LO == 8)
FACT(CP_QLI == 16)
FACT(CP_QRI == 32)
FACT(CP_RI == 64)
FACT(CP_RO == 128)

FACT(CP_EXTENSION == 0)
FACT(CP_EXTERNAL == 1)
FACT(CP_QUEUE == 2)
FACT(CP_IVR == 3)
FACT(CP_LEG_SRC == 0)
FACT(CP_LEG_DST == 1)

FACT(CP_TEXT_MAX == 65536)
FACT(CP_DEPTH_MAX == 32)
FACT(CP_PROPERTIES_MAX == 128)
FACT(CP_EXPLAIN_MAX == 1024)
FACT(CP_REASON_MAX == 256)
FACT(CP_CALL_MAX == 64)

FACT(CP_OK == 0)
FACT(CP_ERROR_ARGUMENT == 1)
FACT(CP_ERROR_LIMIT == 2)
FACT(CP_ERROR_SYNTAX == 3)
FACT(CP_ERROR_TYPE == 4)
FACT(CP_ERROR_PROPERTY == 5)
FACT(CP_ERROR_PARTY == 6)
FACT(CP_ERROR_CALL == 7)
FACT(CP_ERROR_MEMORY == 8)

FACT(CP_VERSION_MAJOR == 1)
FACT(CP_VERSION_NUMBER == CP_VERSION_MAJOR * 10000 + CP_VERSION_MINOR * 100 + CP_VERSION_PATCH)

#if CP_VERSION_NUMBER < 10000 || CP_VERSION_NUMBER >= 20000
#error "CP_VERSION_NUMBER is to be 1.x, and usable by the preprocessor"
#endif
