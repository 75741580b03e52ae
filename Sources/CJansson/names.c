// SPDX-License-Identifier: MIT
/*
 * The names of jansson's by which the core writes JSON, for the linker alone. Linked with this instead of jansson, the library asks
 * for names without versions, as every jansson has them: those since 2.14 with versions, those before without. Linked with a
 * jansson of 2.14, it would ask for versions, and with an older one neither link a program nor load in silence.
 * A name that is not here cannot be called.
 */
#define NAME(name)                                                                                                               \
    void name(void);                                                                                                             \
    void name(void) {}

NAME(json_array)
NAME(json_array_append_new)
NAME(json_delete)
NAME(json_dump_callback)
NAME(json_false)
NAME(json_null)
NAME(json_object)
NAME(json_object_seed)
NAME(json_object_set_new_nocheck)
NAME(json_stringn_nocheck)
NAME(json_true)
