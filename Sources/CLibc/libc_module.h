/* The C library that the core uses: Embedded Swift has no Glibc module. */
#include <string.h>
#include <sys/mman.h>
