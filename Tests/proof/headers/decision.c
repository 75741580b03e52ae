/* SPDX-License-Identifier: MIT */
/* A decision that permits and one that denies, on values and on text, in what all versions of C and C++ have in common. */
#include <callprop.h>
#include <callprop.h>

#include <stdio.h>

int main(void)
{
    static const char text[] = "{\"src\":\"external\",\"dst\":\"queue\",\"leg\":\"dst\"}";
    const cp_call call = {CP_EXTERNAL, CP_QUEUE, CP_LEG_DST, 0};
    cp_error error;

    printf("%d %d ", cp_permits(CP_QRI | CP_LI, &call), cp_permits(CP_LI | CP_LO, &call));
    printf("%d %d\n", cp_allows("qri,li", text, &error), cp_allows("li,lo", text, NULL));
    return error.code != CP_OK;
}
