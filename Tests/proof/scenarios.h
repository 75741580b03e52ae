/* SPDX-License-Identifier: MIT */
/**
 * \file scenarios.h
 * What is right, told by the vendor's sentences and not by the library: each call that can happen, and what lets it through.
 */
#ifndef SCENARIOS_H
#define SCENARIOS_H

#include <callprop.h>

/** A call that can happen, and the one property besides CP_ALL that lets it through. */
struct scenario {
    uint8_t leg, src, dst, callback;
    cp_properties required;
};

enum { SCENARIOS = 27 };
extern const struct scenario scenarios[SCENARIOS];

/** 0 when the call cannot happen. */
cp_properties required_by(cp_call call);

int is_permitted(cp_properties granted, cp_call call);

#endif
