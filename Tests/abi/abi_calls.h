/* SPDX-License-Identifier: MIT */
/**
 * \file abi_calls.h
 * Each call that can happen, and what it needs.
 */
#ifndef ABI_CALLS_H
#define ABI_CALLS_H

#include <callprop.h>

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/** The calls that can happen, and what each needs: written down from the vendor's description. */
static const struct {
    cp_call call;
    cp_properties required;
    const char *text;
} calls_that_happen[] = {
    /* The extension calls inside its client. */
    {{CP_EXTENSION, CP_EXTENSION, CP_LEG_SRC, 0}, CP_LO, "src=extension,dst=extension,leg=src"},
    {{CP_EXTENSION, CP_QUEUE, CP_LEG_SRC, 0}, CP_LO, "src=extension,dst=queue,leg=src"},
    {{CP_EXTENSION, CP_IVR, CP_LEG_SRC, 0}, CP_LO, "src=extension,dst=ivr,leg=src"},
    {{CP_EXTENSION, CP_EXTENSION, CP_LEG_SRC, 1}, CP_LO, "src=extension,dst=extension,leg=src,callback=true"},
    {{CP_EXTENSION, CP_QUEUE, CP_LEG_SRC, 1}, CP_LO, "src=extension,dst=queue,leg=src,callback=true"},
    {{CP_EXTENSION, CP_IVR, CP_LEG_SRC, 1}, CP_LO, "src=extension,dst=ivr,leg=src,callback=true"},
    /* The extension calls an outside number. */
    {{CP_EXTENSION, CP_EXTERNAL, CP_LEG_SRC, 0}, CP_RO, "src=extension,dst=external,leg=src"},
    {{CP_EXTENSION, CP_EXTERNAL, CP_LEG_SRC, 1}, CP_RO, "src=extension,dst=external,leg=src,callback=true"},
    /* The extension is rung through the queue that is a callback's first leg. */
    {{CP_QUEUE, CP_EXTENSION, CP_LEG_SRC, 1}, CP_CQ, "src=queue,dst=extension,leg=src,callback=true"},
    {{CP_QUEUE, CP_EXTERNAL, CP_LEG_SRC, 1}, CP_CQ, "src=queue,dst=external,leg=src,callback=true"},
    {{CP_QUEUE, CP_QUEUE, CP_LEG_SRC, 1}, CP_CQ, "src=queue,dst=queue,leg=src,callback=true"},
    {{CP_QUEUE, CP_IVR, CP_LEG_SRC, 1}, CP_CQ, "src=queue,dst=ivr,leg=src,callback=true"},
    /* The extension itself is rung, from inside. */
    {{CP_EXTENSION, CP_EXTENSION, CP_LEG_DST, 0}, CP_LI, "src=extension,dst=extension,leg=dst"},
    {{CP_EXTENSION, CP_IVR, CP_LEG_DST, 0}, CP_LI, "src=extension,dst=ivr,leg=dst"},
    {{CP_EXTENSION, CP_EXTENSION, CP_LEG_DST, 1}, CP_LI, "src=extension,dst=extension,leg=dst,callback=true"},
    {{CP_EXTENSION, CP_IVR, CP_LEG_DST, 1}, CP_LI, "src=extension,dst=ivr,leg=dst,callback=true"},
    {{CP_QUEUE, CP_EXTENSION, CP_LEG_DST, 1}, CP_LI, "src=queue,dst=extension,leg=dst,callback=true"},
    {{CP_QUEUE, CP_IVR, CP_LEG_DST, 1}, CP_LI, "src=queue,dst=ivr,leg=dst,callback=true"},
    /* The extension is rung through a queue, from inside. */
    {{CP_EXTENSION, CP_QUEUE, CP_LEG_DST, 0}, CP_QLI, "src=extension,dst=queue,leg=dst"},
    {{CP_EXTENSION, CP_QUEUE, CP_LEG_DST, 1}, CP_QLI, "src=extension,dst=queue,leg=dst,callback=true"},
    {{CP_QUEUE, CP_QUEUE, CP_LEG_DST, 1}, CP_QLI, "src=queue,dst=queue,leg=dst,callback=true"},
    /* The extension itself is rung, from outside. */
    {{CP_EXTERNAL, CP_EXTENSION, CP_LEG_DST, 0}, CP_RI, "src=external,dst=extension,leg=dst"},
    {{CP_EXTERNAL, CP_IVR, CP_LEG_DST, 0}, CP_RI, "src=external,dst=ivr,leg=dst"},
    {{CP_EXTERNAL, CP_EXTENSION, CP_LEG_DST, 1}, CP_RI, "src=external,dst=extension,leg=dst,callback=true"},
    {{CP_EXTERNAL, CP_IVR, CP_LEG_DST, 1}, CP_RI, "src=external,dst=ivr,leg=dst,callback=true"},
    /* The extension is rung through a queue, from outside. */
    {{CP_EXTERNAL, CP_QUEUE, CP_LEG_DST, 0}, CP_QRI, "src=external,dst=queue,leg=dst"},
    {{CP_EXTERNAL, CP_QUEUE, CP_LEG_DST, 1}, CP_QRI, "src=external,dst=queue,leg=dst,callback=true"},
};
typedef char there_are_27[COUNT(calls_that_happen) == 27 ? 1 : -1];

static int same_call(const cp_call *a, const cp_call *b)
{
    return a->src == b->src && a->dst == b->dst && a->leg == b->leg && a->callback == b->callback;
}

/** What the call needs; 0 when it cannot happen, also because a byte is out of range. */
static cp_properties expected_required(const cp_call *call)
{
    size_t i;

    for (i = 0; i < COUNT(calls_that_happen); i++)
        if (same_call(call, &calls_that_happen[i].call))
            return calls_that_happen[i].required;
    return 0;
}

#endif
