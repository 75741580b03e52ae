/* SPDX-License-Identifier: MIT */
/**
 * \file scenarios.c
 * See scenarios.h.
 */
#include "scenarios.h"

enum { SRC = CP_LEG_SRC, DST = CP_LEG_DST, DIRECT = 0, CALLBACK = 1 };

const struct scenario scenarios[SCENARIOS] = {
    /* li: calls to the extension itself that come from the same client; a voice menu on the way does not count. */
    {DST, CP_EXTENSION, CP_EXTENSION, DIRECT, CP_LI},
    {DST, CP_EXTENSION, CP_IVR, DIRECT, CP_LI},
    /* li: in a callback, the dst extension of two extensions of one PBX. */
    {DST, CP_EXTENSION, CP_EXTENSION, CALLBACK, CP_LI},
    {DST, CP_EXTENSION, CP_IVR, CALLBACK, CP_LI},
    /* li: after a callback through a queue, the agent who answered is inside the client. */
    {DST, CP_QUEUE, CP_EXTENSION, CALLBACK, CP_LI},
    {DST, CP_QUEUE, CP_IVR, CALLBACK, CP_LI},
    /* lo: calls that the extension makes inside the same client. */
    {SRC, CP_EXTENSION, CP_EXTENSION, DIRECT, CP_LO},
    {SRC, CP_EXTENSION, CP_QUEUE, DIRECT, CP_LO},
    {SRC, CP_EXTENSION, CP_IVR, DIRECT, CP_LO},
    /* lo: in a callback, the src extension of two extensions of one PBX. */
    {SRC, CP_EXTENSION, CP_EXTENSION, CALLBACK, CP_LO},
    {SRC, CP_EXTENSION, CP_QUEUE, CALLBACK, CP_LO},
    {SRC, CP_EXTENSION, CP_IVR, CALLBACK, CP_LO},
    /* qli: calls through a queue that began inside the same client. */
    {DST, CP_EXTENSION, CP_QUEUE, DIRECT, CP_QLI},
    {DST, CP_EXTENSION, CP_QUEUE, CALLBACK, CP_QLI},
    {DST, CP_QUEUE, CP_QUEUE, CALLBACK, CP_QLI},
    /* qri: calls through a queue that began outside. */
    {DST, CP_EXTERNAL, CP_QUEUE, DIRECT, CP_QRI},
    {DST, CP_EXTERNAL, CP_QUEUE, CALLBACK, CP_QRI},
    /* ri: calls to the extension itself that began outside, also when the caller reached it through a voice menu. */
    {DST, CP_EXTERNAL, CP_EXTENSION, DIRECT, CP_RI},
    {DST, CP_EXTERNAL, CP_IVR, DIRECT, CP_RI},
    /* ri: in a callback, an external src connected with a dst extension. */
    {DST, CP_EXTERNAL, CP_EXTENSION, CALLBACK, CP_RI},
    {DST, CP_EXTERNAL, CP_IVR, CALLBACK, CP_RI},
    /* ro: calls that the extension makes to outside numbers. */
    {SRC, CP_EXTENSION, CP_EXTERNAL, DIRECT, CP_RO},
    /* ro: in a callback, a src extension connected with an external dst. */
    {SRC, CP_EXTENSION, CP_EXTERNAL, CALLBACK, CP_RO},
    /* cq: callbacks only, the extension is rung through a queue, which is the first leg. */
    {SRC, CP_QUEUE, CP_EXTENSION, CALLBACK, CP_CQ},
    {SRC, CP_QUEUE, CP_EXTERNAL, CALLBACK, CP_CQ},
    {SRC, CP_QUEUE, CP_QUEUE, CALLBACK, CP_CQ},
    {SRC, CP_QUEUE, CP_IVR, CALLBACK, CP_CQ},
};

cp_properties required_by(cp_call call)
{
    int i;

    for (i = 0; i < SCENARIOS; i++)
        if (scenarios[i].src == call.src && scenarios[i].dst == call.dst && scenarios[i].leg == call.leg &&
            scenarios[i].callback == call.callback)
            return scenarios[i].required;
    return 0;
}

int is_permitted(cp_properties granted, cp_call call)
{
    cp_properties required = required_by(call);

    return required != 0 && (granted & (required | CP_ALL)) != 0;
}
