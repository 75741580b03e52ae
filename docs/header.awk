# SPDX-License-Identifier: MIT
# doxygen reads callprop.h through this. What a paragraph of the header says of memory, threads and signals is one of its own in the
# manual, and a list inside of a parameter ends where the indentation says so.

/^ \*   - / { in_list = 1 }
in_list && /^ \*   [^ -]/ { print " *   ."; in_list = 0 }
!/^ \*   / { in_list = 0 }

/^ \*/ && match($0, /Takes no memory\.|Thread-safe|Async-signal-safe/) {
    before = substr($0, 1, RSTART - 1)
    if (before !~ /^ \* *$/)
        print before
    print " *"
    print " * " substr($0, RSTART)
    next
}
{ print }
