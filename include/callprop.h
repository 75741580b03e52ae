/* SPDX-License-Identifier: MIT */
/**
 * \file callprop.h
 * callprop 1.1: which calls does a PBX extension's status let through?
 *
 * A PBX gives every extension a status, and the status carries a property list: the kinds of call that
 * it lets through. This library lists the eight properties, decides whether a call is permitted, and
 * explains the decision to an operator.
 *
 * What holds for every function:
 *
 * - It fails closed. A function that says "permitted" returns 1 for a well-formed, permitted call, and 0 for everything
 *   else, errors included. In C, `if (cp_allows(…))` is safe. In a language where 0 is true (Lua, Ruby), compare with 1.
 * - Memory: nothing that comes back is to be freed. It is either *borrowed* (owned by the library, read-only, valid for the
 *   life of the process, even after dlclose) or stands in the *caller's buffer*. Arguments are read during the call only, and
 *   never kept.
 * - A decision, from text or from values, depends on nothing that the host could break: it takes no memory and no lock, and
 *   looks at no locale. Only cp_list(), cp_get() and cp_explain() take memory: jansson writes their JSON.
 * - Threads: any thread may call anything at any time, also after fork.
 * - Signals: everything but cp_list(), cp_get() and cp_explain() is async-signal-safe.
 * - Stack: cp_list(), cp_get() and cp_explain() need at most 8 KiB, everything else 2 KiB. So a thread with PTHREAD_STACK_MIN
 *   may call anything.
 * - Text is NUL-terminated UTF-8 of at most CP_TEXT_MAX bytes. A byte order mark in front is ignored. Case counts. White space
 *   is space, tab, CR and LF; it is ignored around items, keys and values, but not inside the strings of JSON.
 * - jansson belongs to the host as well. The host may give it another allocator (json_set_alloc_funcs) between calls, but not
 *   while cp_list(), cp_get() or cp_explain() runs in another thread. The library has jansson seed its hash tables when it is
 *   loaded (json_object_seed(0)). A host that wants a seed of its own sets it before. A program that exports functions of its
 *   own under jansson's names breaks these three, and no decision; under the name json_object_seed, it breaks loading.
 *
 * What is not in this header is not API.
 *
 * Which cp_call a situation is
 * ----------------------------
 * Ask once for each extension that takes part: for the one that makes the call (or forwards or transfers it) with leg=src, where
 * it is src; and for each phone before it rings with leg=dst. Where no extension takes part, do not ask. With leg=dst, `src` is
 * where the call began, also after a transfer or a forward (of a transferred call: the party that is transferred). `dst` is what last led to the phone: a queue counts also
 * behind a menu, a menu only when it leads straight to the phone. In the table, (src, dst, leg):
 *
 * - 101 calls 102: 101 (extension, extension, src); 102 (extension, extension, dst).
 * - Outside, menu, 102: 102 (external, ivr, dst).
 * - Outside, queue, agent; also outside, menu, queue, agent: the agent (external, queue, dst).
 * - A queue gives up, and 102 is rung instead: 102 (external, extension, dst).
 * - 101, menu, outside: 101 (extension, ivr, src), then 101 (extension, external, src).
 * - Ring group, paging, intercom: the caller with dst=extension; each phone (where the call began, extension, dst).
 * - 104 forwards to 103, or outside: 104 as if it were rung; then 104 (extension, extension or external, src); then 103 (where
 *   the call began, extension, dst).
 * - Blind transfer: who transfers, with leg=src towards the target; who is rung, with the party that is transferred as src.
 * - Attended transfer: the consultation is a call. Then the target, with the party that is transferred as src.
 * - Pickup; retrieving a parked call; an agent who stays on the line and gets the next call; joining two calls: who takes the call,
 *   as though it had rung him.
 * - A parked call comes back: who parked it (where the parked party's call began, extension, dst).
 * - Callback between two extensions: 101, rung first (extension, extension, src); 102 (extension, extension, dst); both with
 *   callback=1. Between an extension and an outside number: the extension alone. Of two outside numbers: nobody.
 * - Callback whose first leg is a queue: the agent who is rung (queue, what is connected then, src); that one, when it is an
 *   extension: (queue, extension, dst); both with callback=1.
 * - Another client of the same PBX: external, for both, also when the call never leaves the machine.
 * - An own outside number dialled from inside: as the PBX carries it. Connected inside, it is an internal call. Sent out and
 *   back, it is a call to outside (`ro`) and then one from outside (`ri`).
 * - Trunk to trunk; outside, menu, outside: no extension, so there is nothing to ask. The PBX must have a rule of its own.
 * - Conference room: a number inside, whoever is in it. A room that calls 102 is a callback, in which 102 is rung first.
 * - Voice mail answers for 102: 102 is not rung. Ask for the caller only.
 * - A service of the PBX (feature codes, one's own voice mail): not a call, do not ask.
 * - Listening in and barging: the PBX's own permission, do not ask.
 * - Emergency numbers: do not ask, ever.
 * - An extension without a status: the host's choice. "" denies everything, "all" permits everything.
 * - A status changes during a call: it counts from the next decision on.
 */
#ifndef CALLPROP_H
#define CALLPROP_H

/* A tool that reads declarations only (cffi, LuaJIT) gets them from `cc -E -P -undef -DCP_DECLARATIONS_ONLY callprop.h`. */
#ifndef CP_DECLARATIONS_ONLY
#include <stddef.h>
#include <stdint.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version --------------------------------------------------------------------------------------- */

/** The version of this header. Compare with cp_version(), the version of the loaded library. */
#define CP_VERSION_MAJOR 1
#define CP_VERSION_MINOR 1
#define CP_VERSION_PATCH 0
#define CP_VERSION_STRING "1.1.0"
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

/** At which end of the call our extension is: the values of cp_call.leg. Since 1.0. */
enum {
    CP_LEG_SRC = 0, /**< at src: it makes the call; in a callback, it is rung first */
    CP_LEG_DST = 1  /**< at dst: the call comes to it; in a callback, it is connected after src has answered */
};

/**
 * A call, as four facts. 4 bytes, no alignment. Set all four members: a call that is all zeros is a valid one (an extension
 * calls an extension). A value out of range makes it a call that cannot happen, which nothing permits. Of the 64 calls in
 * range, 27 can happen. The table at the head of this file says which call a situation is. cp_call_make() makes one from ints.
 * Since 1.0.
 */
typedef struct cp_call {
    uint8_t src;      /**< where the call began: CP_EXTENSION … CP_IVR */
    uint8_t dst;      /**< what was dialled: CP_EXTENSION … CP_IVR */
    uint8_t leg;      /**< where our extension is: CP_LEG_SRC or CP_LEG_DST */
    uint8_t callback; /**< 1: the PBX calls src first, and connects dst when that answers; otherwise 0 */
} cp_call;

/** Limits and buffer sizes. They hold for the whole life of libcallprop.so.1. Since 1.0, unless it says otherwise. */
enum {
    CP_TEXT_MAX = 65536,     /**< longest text that is read, in bytes without the NUL */
    CP_DEPTH_MAX = 32,       /**< deepest nesting of JSON that is read */
    CP_PROPERTIES_MAX = 128, /**< a buffer size, in bytes, that suffices for every cp_properties_format() */
    CP_EXPLAIN_MAX = 1024,   /**< a buffer size, in bytes, that suffices for every cp_explain() */
    CP_REASON_MAX = 256,     /**< a buffer size, in bytes, that suffices for every cp_reason(). Since 1.1 */
    CP_CALL_MAX = 64         /**< a buffer size, in bytes, that suffices for every cp_call_format(). Since 1.1 */
};

/* ---- Errors ---------------------------------------------------------------------------------------- */

/** What went wrong: the values of cp_error.code. Since 1.0. */
enum {
    CP_OK = 0,             /**< nothing: also after a plain denial */
    CP_ERROR_ARGUMENT = 1, /**< a NULL where a pointer is needed */
    CP_ERROR_LIMIT = 2,    /**< text over CP_TEXT_MAX, or JSON nested deeper than CP_DEPTH_MAX */
    CP_ERROR_SYNTAX = 3,   /**< JSON that is malformed or not UTF-8, an empty item, an item without `=` */
    CP_ERROR_TYPE = 4,     /**< a wrong JSON type; an unknown, missing or repeated key */
    CP_ERROR_PROPERTY = 5, /**< no such property */
    CP_ERROR_PARTY = 6,    /**< no such party, leg or callback value */
    CP_ERROR_CALL = 7,     /**< a call that cannot happen */
    CP_ERROR_MEMORY = 8    /**< jansson's allocator gave no memory: cp_explain() alone */
};

/**
 * Why a call of this library failed; the caller's own, filled in by it. 160 bytes. Cleared at entry, so that
 * `code == CP_OK` means there was no error. Pass NULL when the reason is not wanted. Since 1.0.
 */
typedef struct cp_error {
    int32_t code;         /**< CP_OK or CP_ERROR_… */
    int32_t position;     /**< byte offset in the offending text of the first byte that is wrong: in malformed JSON, the first
                               one with which the text can no longer become JSON; of a name or value that is refused, its
                               first one; of an empty item, where it ends. -1 when no single place is at fault */
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
 * A Kamailio function, where 0 ends the script and -1 is false, returns `cp_allows(…) ? 1 : -1`.
 *
 * \param property_list the status's properties, in one of three forms:
 *   - a JSON array of mnemos: `["li","lo"]`
 *   - a JSON object with a member `property_list` that is such an array. Its other members are ignored (only their syntax
 *     counts), so that a status can be passed on as the PBX's API answered it. Of a list of statuses, pass one
 *   - mnemos joined by commas: `li, lo`
 *   Empty text and `[]` are the empty set, which permits nothing. Repeats are harmless. A mnemo that is not one of the eight is
 *   an error: see cp_properties_parse_known().
 * \param call the call, in one of two forms:
 *   - a JSON object: `{"src":"external","dst":"ivr","leg":"dst","callback":false}`
 *   - the same as `src=external,dst=ivr,leg=dst,callback=false`
 *   src and dst are `extension`, `external`, `queue` or `ivr`; leg is `src` or `dst`. callback is `true` or `false` (in JSON a
 *   boolean), and may be left out (false). Otherwise a missing key is an error, and so is an unknown or repeated one.
 * \param error filled in, or NULL.
 * \return 1 when permitted; 0 when denied and on every error. Errors: ARGUMENT (property_list or call is NULL), LIMIT, SYNTAX,
 * TYPE, PROPERTY, PARTY, CALL. property_list is read first: when both are wrong, the error is about it.
 * Takes no memory. Thread-safe and async-signal-safe. Since 1.0.
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
 * `matched` is the property that let the call through (`all` when only that did), or null. `reason` is that of cp_reason().
 *
 * \param property_list as for cp_allows().
 * \param call as for cp_allows().
 * \param error filled in, or NULL.
 * \param buffer the caller's buffer; gets at most size bytes, the NUL included, cut off where it is too small. May be NULL
 *   only when size is 0. On an error it gets the empty text.
 * \param size its size in bytes; CP_EXPLAIN_MAX always suffices.
 * \return the length of the whole text in bytes without the NUL, like snprintf (cut off when >= size); 0 on an error, which is
 * ARGUMENT for the buffer, looked at first, one of those of cp_allows(), or MEMORY. A denial is not an error.
 * Thread-safe; not async-signal-safe. Since 1.0.
 */
size_t cp_explain(const char *property_list, const char *call, char *buffer, size_t size, cp_error *error);

/* ---- Fast calls: parse once, decide in nanoseconds ------------------------------------------------- */

/**
 * Reads a property list.
 * \param property_list as for cp_allows().
 * \param out gets the set; untouched on an error.
 * \param error filled in, or NULL.
 * \return 1, or 0 on an error: ARGUMENT (property_list or out is NULL), LIMIT, SYNTAX, TYPE, PROPERTY.
 * Takes no memory. Thread-safe and async-signal-safe. Since 1.0.
 */
CP_NODISCARD int cp_properties_parse(const char *property_list, cp_properties *out, cp_error *error);

/**
 * Reads a property list that may be of a newer PBX: a mnemo that is not one of the eight grants nothing, and is reported,
 * where cp_properties_parse() refuses the whole list. Between commas, what does not look like a mnemo (ASCII letters, digits,
 * `_` and `-`) is refused here too: any text has commas.
 * \param property_list as for cp_allows().
 * \param out gets the set of the mnemos that are known; untouched on an error.
 * \param unknown filled in, or NULL. After a 1, its code is CP_OK when every mnemo was known; otherwise it is
 *   CP_ERROR_PROPERTY, about the first one that was not.
 * \return 1, or 0 on an error: ARGUMENT (property_list or out is NULL), LIMIT, SYNTAX, TYPE, PROPERTY (what cannot be a mnemo).
 * Takes no memory. Thread-safe and async-signal-safe. Since 1.1.
 */
CP_NODISCARD int cp_properties_parse_known(const char *property_list, cp_properties *out, cp_error *unknown);

/**
 * Writes a set as mnemos joined by commas, in the order of the bits: `li,lo`. cp_properties_parse() reads it back.
 * \param set the set; bits that are no property are left out.
 * \param buffer the caller's buffer; gets at most size bytes, the NUL included, cut off where it is too small. May be NULL
 *   only when size is 0.
 * \param size its size in bytes; CP_PROPERTIES_MAX always suffices.
 * \return the length of the whole text in bytes without the NUL, like snprintf; 0 for the empty set, and when buffer is NULL but size
 * is not 0. Takes no memory. Thread-safe and async-signal-safe. Since 1.0.
 */
size_t cp_properties_format(cp_properties set, char *buffer, size_t size);

/**
 * Reads a call.
 * \param call as for cp_allows().
 * \param out gets the call, one that can happen; untouched on an error.
 * \param error filled in, or NULL.
 * \return 1, or 0 on an error: ARGUMENT (call or out is NULL), LIMIT, SYNTAX, TYPE, PARTY, CALL (it cannot happen).
 * Takes no memory. Thread-safe and async-signal-safe. Since 1.0.
 */
CP_NODISCARD int cp_call_parse(const char *call, cp_call *out, cp_error *error);

/**
 * Writes a call as `src=…,dst=…,leg=…,callback=…`. cp_call_parse() reads it back, when the call can happen.
 * \param call the call, read and not kept.
 * \param buffer the caller's buffer; gets at most size bytes, the NUL included, cut off where it is too small. May be NULL
 *   only when size is 0.
 * \param size its size in bytes; CP_CALL_MAX always suffices.
 * \return the length of the whole text in bytes without the NUL, like snprintf; 0, and the empty text, when call is NULL or a
 * value of it is out of range; 0 when buffer is NULL but size is not 0.
 * Takes no memory. Thread-safe and async-signal-safe. Since 1.1.
 */
size_t cp_call_format(const cp_call *call, char *buffer, size_t size);

/**
 * The one property, besides CP_ALL, that lets the call through.
 * \param call the call, read and not kept; NULL is a call that cannot happen.
 * \return one of CP_CQ … CP_RO; 0 when the call cannot happen. Takes no memory. Thread-safe and async-signal-safe. Since 1.0.
 */
CP_NODISCARD cp_properties cp_required(const cp_call *call);

/**
 * May an extension whose status grants this set take part in the call?
 * \param granted the set; bits that are no property grant nothing.
 * \param call the call, read and not kept; NULL is a call that cannot happen.
 * \return 1 when the call can happen and granted holds CP_ALL or cp_required(call); otherwise 0.
 * Takes no memory. Thread-safe and async-signal-safe. Since 1.0.
 */
CP_NODISCARD int cp_permits(cp_properties granted, const cp_call *call);

/**
 * Why cp_permits() decides as it does: one sentence for an operator, that of cp_explain(), such as
 * "Denied: an outside number calls this extension, which needs ri (External incoming personal) or all; the status grants
 * neither." For a call that cannot happen, it says so.
 * \param granted the set; bits that are no property grant nothing.
 * \param call the call, read and not kept; NULL is a call that cannot happen.
 * \param buffer the caller's buffer; gets at most size bytes, the NUL included, cut off where it is too small. May be NULL
 *   only when size is 0.
 * \param size its size in bytes; CP_REASON_MAX always suffices.
 * \return the length of the whole sentence in bytes without the NUL, like snprintf; 0 when buffer is NULL but size is not 0.
 * The text is printable ASCII. Takes no memory. Thread-safe and async-signal-safe. Since 1.1.
 */
size_t cp_reason(cp_properties granted, const cp_call *call, char *buffer, size_t size);

/**
 * cp_permits() for n pairs: permitted[i] = cp_permits(granted[i], &calls[i]).
 * \param granted n sets, at any alignment; read and not kept.
 * \param calls n calls, at any alignment; read and not kept.
 * \param n the number of elements; 0 does nothing.
 * \param permitted the caller's n bytes, each of which becomes 0 or 1; must not overlap the others.
 * \return how many are 1; 0, with nothing written, when n is not 0 and one of the arrays is NULL.
 * Takes no memory. Thread-safe and async-signal-safe. Since 1.0.
 */
size_t cp_permits_many(const cp_properties *granted, const cp_call *calls, size_t n, uint8_t *permitted);

/**
 * cp_required() for n calls: required[i] = cp_required(&calls[i]).
 * \param calls n calls, at any alignment; read and not kept.
 * \param n the number of elements; 0 does nothing.
 * \param required the caller's n sets, at any alignment, each of which becomes one property, or 0 where the call cannot happen;
 *   must not overlap the calls.
 * \return how many calls can happen; 0, with nothing written, when n is not 0 and one of the arrays is NULL.
 * Takes no memory. Thread-safe and async-signal-safe. Since 1.1.
 */
size_t cp_required_many(const cp_call *calls, size_t n, cp_properties *required);

#ifndef CP_DECLARATIONS_ONLY
#if defined(__cplusplus) || (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L)
#define CP_INLINE static inline
#elif defined(__GNUC__)
#define CP_INLINE static __inline__
#else
#define CP_INLINE static
#endif
#ifdef __cplusplus
#define CP_BYTE(value) static_cast<uint8_t>(value)
#else
#define CP_BYTE(value) ((uint8_t)(value))
#endif

/**
 * A call from ints. A value that no byte holds becomes one that is out of range, where a cast would make 256 a CP_EXTENSION.
 * \param src CP_EXTENSION … CP_IVR
 * \param dst CP_EXTENSION … CP_IVR
 * \param leg CP_LEG_SRC or CP_LEG_DST
 * \param callback 0 or 1
 * \return the call; one that cannot happen when a value is out of range. Inline: nothing to link. Thread-safe and
 * async-signal-safe. Since 1.1.
 */
CP_NODISCARD CP_INLINE cp_call cp_call_make(int src, int dst, int leg, int callback)
{
    cp_call call = {255, 255, 255, 255};

    if (src >= 0 && src < 255)
        call.src = CP_BYTE(src);
    if (dst >= 0 && dst < 255)
        call.dst = CP_BYTE(dst);
    if (leg >= 0 && leg < 255)
        call.leg = CP_BYTE(leg);
    if (callback >= 0 && callback < 255)
        call.callback = CP_BYTE(callback);
    return call;
}

#undef CP_BYTE
#undef CP_INLINE
#endif

#ifdef __cplusplus
}
#endif

#endif
