/* SPDX-License-Identifier: MIT */
/* A decision, and its explanation, in a process that has two other JSON libraries, linked before jansson, with functions of the same names. */
#define _GNU_SOURCE
#include <callprop.h>

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    const char *status = "{\"id\":2,\"name\":\"Lunch\",\"property_list\":[\"li\",\"ri\"]}";
    const char *permitted = "{\"src\":\"external\",\"dst\":\"ivr\",\"leg\":\"dst\",\"callback\":false}";
    const char *denied = "{\"src\":\"external\",\"dst\":\"queue\",\"leg\":\"dst\",\"callback\":false}";
    char explanation[CP_EXPLAIN_MAX];
    cp_error error;
    Dl_info info;
    void *first = dlsym(RTLD_DEFAULT, "json_object_iter_next");

    if (first == NULL || dladdr(first, &info) == 0 || strstr(info.dli_fname, "jansson") != NULL) {
        fputs("beside_json: the other libraries do not come before jansson, so this shows nothing\n", stderr);
        return 2;
    }
    return !(cp_allows(status, permitted, &error) == 1 && error.code == CP_OK && cp_allows(status, denied, &error) == 0 &&
        error.code == CP_OK && cp_list() != NULL &&
        cp_explain(status, denied, explanation, sizeof explanation, &error) == strlen(explanation) &&
        strstr(explanation, "\"required\":\"qri\"") != NULL);
}
