/* SPDX-License-Identifier: MIT */
/* The header of callprop 1.0.0 as it was released, kept so that a program is built with it and run with today's library:
 * see test_built_with_1_0.py. Never changed, but for these two lines. */
/**
 * \file callprop.h
 * callprop 1.0: which calls does a PBX extension's status let through?
 *
 * A PBX gives every extension a status, and the status carries a property list: the kinds of call that
 * it lets through. This library lists the eight properties, decides whether a call is permitted, and
 * explains the decision to an operator.
 *
 * What holds for every function:
 *
 * - Memory: nothing that comes back is to be freed. It is either *borrowed* (owned by the library,
 *   read-only, valid for the life of the process, even after dlclose) or stands in the *caller's buffer*.
 *   Arguments are read during the call only, and never kept.
 * - It fails closed: a function that says "permitted" returns 1 for a well-formed, permitted call
 *   and 0 for everything else, errors included. `if (cp_allows(…))` is safe.
 * - Threads: any thread may call anything at any time, also after fork. For the sake of fork the library has jansson seed its
 *   hash tables when it is loaded (json_object_seed(0)); a host that wants a seed of its own sets it before.
 * - Signals: cp_required, cp_permits, cp_permits_many and cp_version are async-signal-safe; the rest are
 *   not, because jansson allocates.
 * - Text is NUL-terminated UTF-8 of at most CP_TEXT_MAX bytes. Case counts. White space is space, tab, CR and LF; it is
 *   ignored around items, keys and values, but not inside the strings of JSON.
 * - jansson's allocator belongs to the host, who may replace it with json_set_alloc_funcs at any time
 *   between calls. When another thread replaces it while a call is under way, that call gives up its JSON
 *   (a few hundred bytes, once) rather than free with one allocator what the other gave.
 *
 * What is not in this header is not API.
 */
#ifndef CALLPROP_H
#define CALLPROP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version --------------------------------------------------------------------------------------- */

/** The version of this header. Compare with cp_version(), the version of the loaded library. */
#define CP_VERSION_MAJOR 1
#define CP_VERSION_MINOR 0
#define CP_VERSION_PATCH 0
#define CP_VERSION_STRING "1.0.0"
/** For the preprocessor: `#if CP_VERSION_NUMBER >= 10200` is "1.2.0 or later". */
#define CP_VERSION_NUMBER (CP_VERSION_MAJOR * 10000 + CP_VERSION_MINOR * 100 + CP_VERSION_PATCH)

#if defined(__GNUC__)
#define CP_NODISCARD __attribute__((warn_unused_result))
#else
#define CP_NODISCARD
#endif

/**
 * The version of the loaded library, "MAJOR.MINOR.PATCH".
 * \return borrowed text, never NULL. Async-signal-safe. Since 1.0.
 */
const char *cp_version(void);

/* ---- Types ----------------------------------------------------------------------------------------- */

/** A set of properties: an OR of CP_ALL … CP_RO. 0 is the empty set. Other bits grant nothing. Since 1.0. */
typedef uint32_t cp_properties;

/** The eight properties, one bit each. cp_list() describes them. Since 1.0. */
enum {
    CP_ALL = 1 << 0, /**< `all`: All calls */
    CP_CQ = 1 << 1,  /**< `cq`:  Active calling (callbacks through a queue) */
    CP_LI = 1 << 2,  /**< `li`:  Internal incoming personal */
    CP_LO = 1 << 3,  /**< `lo`:  Internal outgoing */
    CP_QLI = 1 << 4, /**< `qli`: Internal queue incoming */
    CP_QRI = 1 << 5, /**< `qri`: External queue incoming */
    CP_RI = 1 << 6,  /**< `ri`:  External incoming personal */
    CP_RO = 1 << 7   /**< `ro`:  External outgoing */
};

/** What stands at one end of a call: the values of cp_call.src and cp_call.dst. Since 1.0. */
enum {
    CP_EXTENSION = 0, /**< a phone of the client (the tenant) */
    CP_EXTERNAL = 1,  /**< a number outside the client */
    CP_QUEUE = 2,     /**< a queue */
    CP_IVR = 3        /**< a voice menu */
};

/** On which leg our extension is: the values of cp_call.leg. Since 1.0. */
enum {
    CP_LEG_SRC = 0, /**< on the originating leg */
    CP_LEG_DST = 1  /**< on the leg that is rung */
};

/**
 * A call, as four facts. 4 bytes, no alignment. A value out of range makes it a call that cannot happen,
 * which nothing permits. Of the 64 calls in range, 27 can happen. Since 1.0.
 */
typedef struct cp_call {
    uint8_t src;      /**< who originates it: CP_EXTENSION … CP_IVR */
    uint8_t dst;      /**< what was dialled: CP_EXTENSION … CP_IVR */
    uint8_t leg;      /**< where our extension is: CP_LEG_SRC or CP_LEG_DST */
    uint8_t callback; /**< 1: the PBX calls src first, and connects dst when that answers; otherwise 0 */
} cp_call;

/** Limits and buffer sizes. They hold for the whole life of libcallprop.so.1. Since 1.0. */
enum {
    CP_TEXT_MAX = 65536,    /**< longest text that is read, in bytes without the NUL */
    CP_DEPTH_MAX = 32,      /**< deepest nesting of JSON that is read: a bound on the stack that a call needs */
    CP_PROPERTIES_MAX = 128, /**< a buffer size, in bytes, that suffices for every cp_properties_format() */
    CP_EXPLAIN_MAX = 1024   /**< a buffer size, in bytes, that suffices for every cp_explain() */
};

/* ---- Errors ---------------------------------------------------------------------------------------- */

/** What went wrong: the values of cp_error.code. Since 1.0. */
enum {
    CP_OK = 0,             /**< nothing: also after a plain denial */
    CP_ERROR_ARGUMENT = 1, /**< a NULL where a pointer is needed */
    CP_ERROR_LIMIT = 2,    /**< text over CP_TEXT_MAX, or JSON nested deeper than CP_DEPTH_MAX */
    CP_ERROR_SYNTAX = 3,   /**< malformed JSON, not UTF-8, an empty item, an item without `=` */
    CP_ERROR_TYPE = 4,     /**< a wrong JSON type; an unknown, missing or repeated key */
    CP_ERROR_PROPERTY = 5, /**< no such property */
    CP_ERROR_PARTY = 6,    /**< no such party, leg or callback value */
    CP_ERROR_CALL = 7,     /**< a call that cannot happen */
    CP_ERROR_MEMORY = 8    /**< jansson's allocator gave no memory */
};

/**
 * Why a call of this library failed; the caller's own, filled in by it. 160 bytes. Cleared at entry, so that
 * `code == CP_OK` means there was no error. Pass NULL when the reason is not wanted. Since 1.0.
 */
typedef struct cp_error {
    int32_t code;         /**< CP_OK or CP_ERROR_… */
    int32_t position;     /**< byte offset in the offending text, of the part that is wrong; in malformed JSON: where
                               reading stopped; of an empty item: where it ends. -1 when no single place is at fault */
    char text[128];       /**< for a log, in English: the argument, what is wrong, what would be right.
                               Printable ASCII; what it quotes from the input is escaped and cut short */
    uint8_t reserved[24]; /**< zero */
} cp_error;

/* ---- Simple calls: text and JSON ------------------------------------------------------------------- */

/**
 * All properties, as a JSON array of eight objects with the string members `mnemo`, `name` and `description`,
 * in the order of the bits: what a PBX's REST interface serves as `GET /extension/call_property/`.
 * \return borrowed JSON, the same pointer every time; NULL only when memory ran out (a later call tries again).
 * Thread-safe; not async-signal-safe. Since 1.0.
 */
CP_NODISCARD const char *cp_list(void);

/**
 * One property, as one object of cp_list(): `GET /extension/call_property/{mnemo}`.
 * \param mnemo e.g. "qli", exactly, without white space.
 * \return borrowed JSON, the same pointer every time; NULL when there is no such property, when mnemo is NULL,
 * or when memory ran out (cp_list() is NULL too then).
 * Thread-safe; not async-signal-safe. Since 1.0.
 */
CP_NODISCARD const char *cp_get(const char *mnemo);

/**
 * May the extension take part in the call?
 *
 * \param property_list the status's properties, in one of three forms:
 *   - a JSON array of mnemos: `["li","lo"]`
 *   - a JSON object with a member `property_list` that is such an array; its other members are ignored, so
 *     that a status can be passed on as the PBX's API answered it (numbers within a double's range, no NUL, no lone surrogate)
 *   - mnemos joined by commas: `li, lo`
 *   Empty text and `[]` are the empty set, which permits nothing. Repeats are harmless.
 * \param call the call, in one of two forms:
 *   - a JSON object: `{"src":"external","dst":"ivr","leg":"dst","callback":false}`
 *   - the same as `src=external,dst=ivr,leg=dst,callback=false`
 *   src and dst are `extension`, `external`, `queue` or `ivr`; leg is `src` or `dst`. callback may be left out (false);
 *   any other key that is missing, unknown or repeated is an error.
 * \param error filled in, or NULL.
 * \return 1 when permitted; 0 when denied and on every error. Errors: ARGUMENT (property_list or call is NULL), LIMIT, SYNTAX,
 * TYPE, PROPERTY, PARTY, CALL, MEMORY. property_list is read first: when both are wrong, the error is about it.
 * Thread-safe; not async-signal-safe. Since 1.0.
 */
CP_NODISCARD int cp_allows(const char *property_list, const char *call, cp_error *error);

/**
 * The decision of cp_allows(), explained, as one JSON object:
 *
 *     {"allowed":false,
 *      "call":{"src":"external","dst":"queue","leg":"dst","callback":false},
 *      "required":"qri", "granted":["li","lo"], "matched":null,
 *      "reason":"Denied: … one sentence for an operator …"}
 *
 * `required` is the one property, besides `all`, that lets the call through. `granted` is the set in the order of the bits.
 * `matched` is the property that let the call through (`all` when only that did), or null.
 *
 * \param property_list as for cp_allows().
 * \param call as for cp_allows().
 * \param error filled in, or NULL.
 * \param buffer the caller's buffer; gets at most size bytes, the NUL included, cut off where it is too small. May be NULL
 *   only when size is 0. On an error it gets the empty text.
 * \param size its size in bytes; CP_EXPLAIN_MAX always suffices.
 * \return the length of the whole text in bytes without the NUL, like snprintf (cut off when >= size); 0 on an error, which is
 * ARGUMENT for the buffer, looked at first, or one of those of cp_allows(). A denial is not an error. Thread-safe; not async-signal-safe. Since 1.0.
 */
size_t cp_explain(const char *property_list, const char *call, char *buffer, size_t size, cp_error *error);

/* ---- Fast calls: parse once, decide in nanoseconds ------------------------------------------------- */

/**
 * Reads a property list.
 * \param property_list as for cp_allows().
 * \param out gets the set; untouched on an error.
 * \param error filled in, or NULL.
 * \return 1, or 0 on an error: ARGUMENT (property_list or out is NULL), LIMIT, SYNTAX, TYPE, PROPERTY, MEMORY.
 * Thread-safe; not async-signal-safe. Since 1.0.
 */
CP_NODISCARD int cp_properties_parse(const char *property_list, cp_properties *out, cp_error *error);

/**
 * Writes a set as mnemos joined by commas, in the order of the bits: `li,lo`. cp_properties_parse() reads it back.
 * \param set the set; bits that are no property are left out.
 * \param buffer the caller's buffer; gets at most size bytes, the NUL included, cut off where it is too small. May be NULL
 *   only when size is 0.
 * \param size its size in bytes; CP_PROPERTIES_MAX always suffices.
 * \return the length of the whole text in bytes without the NUL, like snprintf; 0 for the empty set, and when buffer is NULL but size
 * is not 0. Thread-safe; not async-signal-safe by promise. Since 1.0.
 */
size_t cp_properties_format(cp_properties set, char *buffer, size_t size);

/**
 * Reads a call.
 * \param call as for cp_allows().
 * \param out gets the call, one that can happen; untouched on an error.
 * \param error filled in, or NULL.
 * \return 1, or 0 on an error: ARGUMENT (call or out is NULL), LIMIT, SYNTAX, TYPE, PARTY, CALL (it cannot happen), MEMORY.
 * Thread-safe; not async-signal-safe. Since 1.0.
 */
CP_NODISCARD int cp_call_parse(const char *call, cp_call *out, cp_error *error);

/**
 * The one property, besides CP_ALL, that lets the call through.
 * \param call the call, read and not kept; NULL is a call that cannot happen.
 * \return one of CP_CQ … CP_RO; 0 when the call cannot happen. Never allocates. Thread-safe and async-signal-safe. Since 1.0.
 */
CP_NODISCARD cp_properties cp_required(const cp_call *call);

/**
 * May an extension whose status grants this set take part in the call?
 * \param granted the set; bits that are no property grant nothing.
 * \param call the call, read and not kept; NULL is a call that cannot happen.
 * \return 1 when the call can happen and granted holds CP_ALL or cp_required(call); otherwise 0.
 * Never allocates. Thread-safe and async-signal-safe. Since 1.0.
 */
CP_NODISCARD int cp_permits(cp_properties granted, const cp_call *call);

/**
 * cp_permits() for n pairs: permitted[i] = cp_permits(granted[i], &calls[i]).
 * \param granted n sets, at any alignment; read and not kept.
 * \param calls n calls, at any alignment; read and not kept.
 * \param n the number of elements; 0 does nothing.
 * \param permitted the caller's n bytes, each of which becomes 0 or 1; must not overlap the others.
 * \return how many are 1; 0, with nothing written, when n is not 0 and one of the arrays is NULL.
 * Never allocates. Thread-safe and async-signal-safe. Since 1.0.
 */
size_t cp_permits_many(const cp_properties *granted, const cp_call *calls, size_t n, uint8_t *permitted);

#ifdef __cplusplus
}
#endif

#endif
