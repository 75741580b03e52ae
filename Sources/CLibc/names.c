// SPDX-License-Identifier: MIT
/*
 * The names of the C library that the core may call, for the linker alone, where it builds for another kind of machine. Linked with
 * this, one file serves glibc and musl: it asks for names without versions, which musl has not, and needs no loader by name, in which
 * glibc keeps __stack_chk_guard and which musl calls otherwise. A name that is not here cannot be called.
 */
#define NAME(name)                                                                                                               \
    void name(void);                                                                                                             \
    void name(void) {}

NAME(memcmp)
NAME(memcpy)
NAME(memmove)
NAME(memset)
NAME(munmap)
NAME(strnlen)

/* i386 has them elsewhere, and is built without the check. */
#if !defined(__i386__)
NAME(__stack_chk_fail)
extern unsigned long __stack_chk_guard;
unsigned long __stack_chk_guard;
#endif

#if __SIZEOF_POINTER__ == 8
NAME(mmap)
#else
/* Of musl the only one, with offsets of 64 bits; musl's loader knows it by this name too. */
NAME(mmap64)
#endif

#if defined(__arm__)
NAME(__aeabi_memclr)
NAME(__aeabi_memclr4)
NAME(__aeabi_memclr8)
NAME(__aeabi_memcpy)
NAME(__aeabi_memcpy4)
NAME(__aeabi_memcpy8)
NAME(__aeabi_memmove)
NAME(__aeabi_memset)
#endif
