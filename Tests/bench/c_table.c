/* SPDX-License-Identifier: MIT */
/* The floor: the same table lookup, written in C, behind a shared library of its own. It holds the same 64 entries as
   DecisionTable.swift; bench.c checks that the two decide alike before it measures. */
#include <stdint.h>
#include <stddef.h>

typedef struct { uint8_t src, dst, leg, callback; } c_call;

enum { CQ = 0x03, LI = 0x05, LO = 0x09, QLI = 0x11, QRI = 0x21, RI = 0x41, RO = 0x81 };

static const uint8_t table[64] = {
    LO, 0, 0, 0, RO, 0, 0, 0, LO, 0, 0, 0, LO, 0, 0, 0,
    LI, RI, 0, 0, 0, 0, 0, 0, QLI, QRI, 0, 0, LI, RI, 0, 0,
    LO, 0, CQ, 0, RO, 0, CQ, 0, LO, 0, CQ, 0, LO, 0, CQ, 0,
    LI, RI, LI, 0, 0, 0, 0, 0, QLI, QRI, QLI, 0, LI, RI, LI, 0,
};

int c_permits(uint32_t granted, const c_call *call)
{
    if (!call || call->src > 3 || call->dst > 3 || call->leg > 1 || call->callback > 1)
        return 0;
    return (granted & table[call->src | call->dst << 2 | call->leg << 4 | call->callback << 5]) != 0;
}
