# SPDX-License-Identifier: MIT
"""callprop.replay: what would a status have done with last month's calls?

Call records are read by an adapter of their format, and grouped by status and facts in DuckDB or Spark; callprop decides each group once.
``pip install callprop[replay]``, and ``callprop replay --help``; in a program:

    from callprop.replay.run import Replay

Each call is permitted, refused or *not known*. What the records cannot tell is never counted as one of the other two.
"""
