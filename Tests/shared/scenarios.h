/* SPDX-License-Identifier: MIT */
/**
 * \file scenarios.h
 * What is right, told by the vendor's sentences and not by the library: each call that can happen, told once, and what lets it
 * through. The tests in C and in Swift know decisions from here and from nowhere else; Tests/abi/expected.py is the other oracle, in
 * rules, for the tests in Python.
 */
#ifndef SCENARIOS_H
#define SCENARIOS_H

#include <callprop.h>

#include <string.h>

/** Something that happens in an office, and the one property besides CP_ALL that the extension's status must hold for it. */
struct scenario {
    const char *story;
    const char *text;
    cp_call call;
    cp_properties required;
};

enum { SCENARIOS = 27 };

static const struct scenario scenarios[] = {
    /* li: calls to the extension itself that come from the same client; a voice menu on the way does not count. */
    {"A colleague dials the extension", "src=extension,dst=extension,leg=dst", {CP_EXTENSION, CP_EXTENSION, CP_LEG_DST, 0},
        CP_LI},
    {"A colleague reaches the extension through a voice menu", "src=extension,dst=ivr,leg=dst",
        {CP_EXTENSION, CP_IVR, CP_LEG_DST, 0}, CP_LI},
    /* li: in a callback, the dst extension of two extensions of one PBX. */
    {"A callback rings a colleague, and connects the extension when the colleague answers",
        "src=extension,dst=extension,leg=dst,callback=true", {CP_EXTENSION, CP_EXTENSION, CP_LEG_DST, 1}, CP_LI},
    {"A callback rings a colleague, and connects a voice menu that leads to the extension",
        "src=extension,dst=ivr,leg=dst,callback=true", {CP_EXTENSION, CP_IVR, CP_LEG_DST, 1}, CP_LI},
    /* li: after a callback through a queue, the agent who answered is inside the client. */
    {"The agent whom a callback rang through a queue is connected with the extension",
        "src=queue,dst=extension,leg=dst,callback=true", {CP_QUEUE, CP_EXTENSION, CP_LEG_DST, 1}, CP_LI},
    {"The agent whom a callback rang through a queue is connected with a voice menu that leads to the extension",
        "src=queue,dst=ivr,leg=dst,callback=true", {CP_QUEUE, CP_IVR, CP_LEG_DST, 1}, CP_LI},
    /* lo: calls that the extension makes inside the same client. */
    {"The extension dials a colleague", "src=extension,dst=extension,leg=src", {CP_EXTENSION, CP_EXTENSION, CP_LEG_SRC, 0},
        CP_LO},
    {"The extension dials a queue of its client", "src=extension,dst=queue,leg=src", {CP_EXTENSION, CP_QUEUE, CP_LEG_SRC, 0},
        CP_LO},
    {"The extension dials a voice menu of its client", "src=extension,dst=ivr,leg=src", {CP_EXTENSION, CP_IVR, CP_LEG_SRC, 0},
        CP_LO},
    /* lo: in a callback, the src extension of two extensions of one PBX. */
    {"A callback rings the extension, and connects a colleague when it answers",
        "src=extension,dst=extension,leg=src,callback=true", {CP_EXTENSION, CP_EXTENSION, CP_LEG_SRC, 1}, CP_LO},
    {"A callback rings the extension, and connects a queue when it answers", "src=extension,dst=queue,leg=src,callback=true",
        {CP_EXTENSION, CP_QUEUE, CP_LEG_SRC, 1}, CP_LO},
    {"A callback rings the extension, and connects a voice menu when it answers", "src=extension,dst=ivr,leg=src,callback=true",
        {CP_EXTENSION, CP_IVR, CP_LEG_SRC, 1}, CP_LO},
    /* qli: calls through a queue that began inside the same client. */
    {"A colleague dials the extension's queue", "src=extension,dst=queue,leg=dst", {CP_EXTENSION, CP_QUEUE, CP_LEG_DST, 0},
        CP_QLI},
    {"A callback rings a colleague, and connects the extension's queue", "src=extension,dst=queue,leg=dst,callback=true",
        {CP_EXTENSION, CP_QUEUE, CP_LEG_DST, 1}, CP_QLI},
    {"The agent whom a callback rang through a queue is connected with the extension's queue",
        "src=queue,dst=queue,leg=dst,callback=true", {CP_QUEUE, CP_QUEUE, CP_LEG_DST, 1}, CP_QLI},
    /* qri: calls through a queue that began outside. */
    {"A customer outside dials the extension's queue", "src=external,dst=queue,leg=dst", {CP_EXTERNAL, CP_QUEUE, CP_LEG_DST, 0},
        CP_QRI},
    {"A callback rings a customer outside, and connects the extension's queue", "src=external,dst=queue,leg=dst,callback=true",
        {CP_EXTERNAL, CP_QUEUE, CP_LEG_DST, 1}, CP_QRI},
    /* ri: calls to the extension itself that began outside, also when the caller reached it through a voice menu. */
    {"A customer outside dials the extension's own number", "src=external,dst=extension,leg=dst",
        {CP_EXTERNAL, CP_EXTENSION, CP_LEG_DST, 0}, CP_RI},
    {"A customer outside reaches the extension through a voice menu", "src=external,dst=ivr,leg=dst",
        {CP_EXTERNAL, CP_IVR, CP_LEG_DST, 0}, CP_RI},
    /* ri: in a callback, an external src connected with a dst extension. */
    {"A callback rings a customer outside, and connects the extension when the customer answers",
        "src=external,dst=extension,leg=dst,callback=true", {CP_EXTERNAL, CP_EXTENSION, CP_LEG_DST, 1}, CP_RI},
    {"A callback rings a customer outside, and connects a voice menu that leads to the extension",
        "src=external,dst=ivr,leg=dst,callback=true", {CP_EXTERNAL, CP_IVR, CP_LEG_DST, 1}, CP_RI},
    /* ro: calls that the extension makes to outside numbers. */
    {"The extension dials an outside number", "src=extension,dst=external,leg=src", {CP_EXTENSION, CP_EXTERNAL, CP_LEG_SRC, 0},
        CP_RO},
    /* ro: in a callback, a src extension connected with an external dst. */
    {"A callback rings the extension, and connects an outside number when it answers",
        "src=extension,dst=external,leg=src,callback=true", {CP_EXTENSION, CP_EXTERNAL, CP_LEG_SRC, 1}, CP_RO},
    /* cq: callbacks only, the extension is rung through a queue, which is the first leg. */
    {"A callback rings the extension through a queue, to connect it with a colleague",
        "src=queue,dst=extension,leg=src,callback=true", {CP_QUEUE, CP_EXTENSION, CP_LEG_SRC, 1}, CP_CQ},
    {"A callback rings the extension through a queue, to connect it with a customer outside",
        "src=queue,dst=external,leg=src,callback=true", {CP_QUEUE, CP_EXTERNAL, CP_LEG_SRC, 1}, CP_CQ},
    {"A callback rings the extension through a queue, to connect it with another queue",
        "src=queue,dst=queue,leg=src,callback=true", {CP_QUEUE, CP_QUEUE, CP_LEG_SRC, 1}, CP_CQ},
    {"A callback rings the extension through a queue, to connect it with a voice menu", "src=queue,dst=ivr,leg=src,callback=true",
        {CP_QUEUE, CP_IVR, CP_LEG_SRC, 1}, CP_CQ},
};
typedef char each_scenario_is_there[sizeof scenarios / sizeof scenarios[0] == SCENARIOS ? 1 : -1];

static inline int is_same_call(cp_call a, cp_call b) { return memcmp(&a, &b, sizeof a) == 0; }

/** What the call needs; 0 when it cannot happen, also because a byte is out of range. */
static inline cp_properties required_by(cp_call call)
{
    int i;

    for (i = 0; i < SCENARIOS; i++)
        if (is_same_call(scenarios[i].call, call))
            return scenarios[i].required;
    return 0;
}

static inline int is_permitted(cp_properties granted, cp_call call)
{
    cp_properties required = required_by(call);

    return required != 0 && (granted & (required | CP_ALL)) != 0;
}

#endif
