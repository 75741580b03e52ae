# SPDX-License-Identifier: MIT
"""What looks like a call that an office puts through, and is none: somebody else's phone does it, it has gone on since, or AMI does it."""

from __future__ import annotations

from office_calls import Row, look_at
from office_day import BOTH, OFFICE, STAFF, TWO_CLIENTS
from setups import Setup

BOTH_CALLS = "104 calls 101; is 101+104; 101 calls 0305555; is 101+104 101+trunk"
ACROSS = "acme-102 calls 101; is acme-101+acme-102; acme-101 calls 0302222101; is acme-101+acme-102 acme-101+beta-101"
# fmt: off
ROWS = [
    Row("permitted: 101 puts 104 through to outside, by either call", "104 lo, 101 li ro", f"{BOTH_CALLS}; 101c joins 101p; is 104+trunk; stays"),
    Row("103 logs in at the phone that does so", "104 lo, 101 li ro, 103 li lo",
        f"{BOTH_CALLS}; cli callprop login PJSIP/101 103; 101c joins 101p; is; cli callprop logout PJSIP/101", denials="104"),
    *(Row(f"103, who has the number outside {how}, puts 104 through, who is with 101", f"104 lo, 101 li lo ro, 103 {granted}",
          f"{steps}; is 103+trunk; 104 calls 101; is 101+104 103+trunk; {who} joins 101p; is", denials="104")
      for how, granted, who, steps in (
          ("from 101", "li", "103", "101 calls 0305555; 101 calls 103; 101c1 joins 101c0"),
          ("out of the parking lot", "ri", "103c", "101 calls 0305555; 101 blind 700; wait 0.8; 103 calls 701"),
          ("by keys of 101", "lo", "103c", "103 calls 101; is 101+103; 101 keys *20305555; is 101+trunk; 101p hangs"))),
    Row("101 (no ro by then) puts 104 in the place of 103, who has the number outside", "104 lo, 101 li lo ro, 103 li ri",
        "101 calls 0305555; 101 calls 103; 101c0 joins 101c1; is 103+trunk; 104 calls 101; is 101+104 103+trunk;"
        " cli callprop set status 101 li; 101p joins 103p; is", denials="104"),
    Row("AMI connects 104 with outside, whom 101 has called", "104 lo, 101 li ro", f"{BOTH_CALLS}; ami Bridge Channel1={{104}} Channel2={{trunk}}; is", denials="104"),
    Row("permitted: AMI connects 104 (ri) with outside, whom 101 has called", "104 lo ri, 101 li ro", f"{BOTH_CALLS}; ami Bridge Channel1={{104}} Channel2={{trunk}}; is 104+trunk; stays"),
]
CLIENTS = [
    Row("AMI connects acme's 102 with beta's 101, whom acme's 101 has called", "101@acme li ro, 102@acme lo, 101@beta ri",
        f"{ACROSS}; ami Bridge Channel1={{acme-102}} Channel2={{beta-101}}; is", denials="102@acme"),
    Row("AMI connects outside, which has called acme's 102, with what acme's 101 has called", "101@acme ro, 102@acme ri, 101@beta ri",
        "acme-101 calls 0302222101; is acme-101+beta-101; trunk calls 0301111102; is acme-101+beta-101 acme-102+trunk;"
        " ami Bridge Channel1={trunk} Channel2={beta-101}; is", denials="beta"),
]
# fmt: on
SETUPS = [
    Setup("office, denied", look_at(ROWS, STAFF), OFFICE),
    Setup("office, denied, clients", look_at(CLIENTS, BOTH), TWO_CLIENTS),
]
