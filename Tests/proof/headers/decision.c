/* SPDX-License-Identifier: MIT */
/* A decision that permits and one that denies, on values and on text, and why, in what all versions of C and C++ have in
 * common. */
#include <callprop.h>

#include <stdio.h>

int main(void)
{
    static const char text[] = "{\"src\":\"external\",\"dst\":\"queue\",\"leg\":\"dst\"}";
    const cp_call call = {CP_EXTERNAL, CP_QUEUE, CP_LEG_DST, 0};
    int party = CP_EXTERNAL;
    const cp_call made = cp_call_make(party, CP_QUEUE, CP_LEG_DST, 0),
                  wrapped = cp_call_make(party + 256, CP_QUEUE, CP_LEG_DST, 0);
    char reason[CP_REASON_MAX];
    cp_error error;

    if (cp_required(&wrapped) != 0)
        return 1;
    printf("%d %d ", cp_permits(CP_QRI | CP_LI, &call), cp_permits(CP_LI | CP_LO, &made));
    printf("%d %d ", cp_allows("qri,li", text, &error), cp_allows("li,lo", text, NULL));
    cp_reason(CP_LI | CP_LO, &made, reason, sizeof reason);
    puts(reason);
    return error.code != CP_OK;
}
