# SPDX-License-Identifier: MIT
"""What the CLI and the dialplan functions answer to right and wrong questions, and what the log says of them."""

from __future__ import annotations

import os
from dataclasses import dataclass

from lab import until
from pbx import Pbx


def no(what: str, name: str) -> str:
    """What is answered to whoever asks for what is not there."""
    more = "; one with an @ is that client's alone" if what == "status" else ""
    return f"no such {what}: '{name}' (callprop show {'statuses' if what == 'status' else what + 's'} lists them{more})"


NO_EXTENSION = no("extension", "999")
NO_PARTY = "src and dst are extension, external, queue or ivr"
NO_LEG = "leg is src or dst"
NO_WORD = "the last word may only be callback"


@dataclass
class Answer:
    question: str
    expected: str  # how the answer begins
    logged: str = ""


# After `callprop `.
CLI = [
    Answer("show properties x", "Usage: callprop show properties"),
    Answer("show statuses x", "Usage: callprop show statuses"),
    Answer("show extensions x", "Usage: callprop show extensions"),
    Answer("show denials x", "Usage: callprop show denials"),
    Answer("reload x", "Usage: callprop reload"),
    Answer("set status 101", "Usage: callprop set status"),
    Answer("set status 101 all x", "Usage: callprop set status"),
    Answer("set status 101 all", "Extension 101 has status all"),
    Answer("unset status", "Usage: callprop unset status"),
    Answer("unset status 101 all", "Usage: callprop unset status"),
    Answer("explain 101 external queue", "Usage: callprop explain"),
    Answer("explain 101 external queue dst callback x", "Usage: callprop explain"),
    Answer("explain 999 external queue dst", NO_EXTENSION),
    Answer("explain 101 nobody queue dst", NO_PARTY),
    Answer("explain 101 queue nobody dst", NO_PARTY),
    Answer("explain 101 external queue sideways", NO_LEG),
    Answer("explain 101 external queue dst back", NO_WORD),
    Answer("explain 101 external queue dst", '{"allowed":true'),
    Answer("explain 102 queue external src", "call cannot happen"),
]

# Evaluated by the CLI, which makes a channel for them that is nobody's. 101 has all, 102 nothing.
FUNCTIONS = [
    Answer("CALLPROP(101,external,extension,dst)", "1"),
    Answer("CALLPROP( 101 , external , extension , dst )", "1"),
    Answer("CALLPROP(101,queue,external,src,callback)", "1"),
    Answer("CALLPROP(101,queue,external,src)", "0"),
    Answer("CALLPROP(102,external,extension,dst)", "0"),
    Answer("CALLPROP(999,external,extension,dst)", "0", f"CALLPROP(999,…): {NO_EXTENSION}"),
    Answer("CALLPROP()", "0", "CALLPROP(,…): no such extension: ''"),
    Answer("CALLPROP(101,nobody,extension,dst)", "0", f"CALLPROP(101,…): {NO_PARTY}"),
    Answer("CALLPROP(101,external,,dst)", "0", f"CALLPROP(101,…): {NO_PARTY}"),
    Answer("CALLPROP(101,external,extension)", "0", f"CALLPROP(101,…): {NO_LEG}"),
    Answer("CALLPROP(101,external,extension,dst,back)", "0", f"CALLPROP(101,…): {NO_WORD}"),
    Answer("CALLPROP_EXPLAIN(102,external,extension,dst)", '{"allowed":false'),
    Answer("CALLPROP_EXPLAIN(999,external,extension,dst)", "", f"CALLPROP_EXPLAIN(999,…): {NO_EXTENSION}"),
    Answer("CALLPROP_EXPLAIN(101,ivr,extension,dst)", "", "CALLPROP_EXPLAIN: call cannot happen"),
    Answer("CALLPROP(101,external,extension,dst,callback,x)", "0", "CALLPROP(101,…): there are more than five words"),
    Answer(
        "CALLPROP_CALL(102)", "0", "denied: '102' is not what was dialled, ${EXTEN}, which CALLPROP_CALL() is about"
    ),
    Answer(
        "CALLPROP_DIRECT(102)", "0", "denied: '102' is not what was dialled, ${EXTEN}, which CALLPROP_DIRECT() is about"
    ),
    Answer("CALLPROP_CALL_AS(queue)", "0", "denied: where the call began is not known"),
    Answer("CALLPROP_CALL_AS()", "0", "denied: the kind is none of extension, external, queue and ivr"),
    Answer("CALLPROP_CALLBACK(1)", "", "denied: 's' is no callback"),
    Answer("CALLPROP_RING()", "0", "denied: this is neither the interface of an extension nor a trunk"),
    Answer(
        "CALLPROP_FORWARD(102)",
        "0",
        "denied: '102' is not what was dialled, ${EXTEN}, which CALLPROP_FORWARD() is about",
    ),
    Answer("CALLPROP_RETRIEVE(701)", "0", "denied: '701' is not what was dialled, ${EXTEN}"),
    Answer("CALLPROP_RETRIEVE_FROM()", "0", "denied: CALLPROP_RETRIEVE_FROM() is for Gosub(callprop,retrieve-from"),
    Answer("CALLPROP_ENTER(-)", "0", "denied: CALLPROP_ENTER() is for Gosub(callprop,client,1(client)) alone"),
    Answer("CALLPROP_PHONES(101)", "PJSIP/101"),
    Answer("CALLPROP_PHONES(999)", "", "CALLPROP_PHONES(999): no such extension in the client of this call"),
    Answer("CALLPROP_PICKUP(10x)", ""),
    Answer("CALLPROP_REJECT()", "1"),
    Answer("EXTENSION_STATUS(102)", "none"),
    Answer("EXTENSION_STATUS(102,source)", "run-time"),
    Answer("EXTENSION_STATUS(999,source)", "", f"EXTENSION_STATUS(999): {NO_EXTENSION}"),
    Answer("EXTENSION_STATUS(102,from)", "", "EXTENSION_STATUS(102,from): the second word may only be source"),
    Answer("EXTENSION_STATUS(102,source,x)", "", "EXTENSION_STATUS(102,source,x): the second word may only be source"),
    *(
        Answer(
            f"EXTENSION_STATUS(102,{word})", "", "EXTENSION_STATUS(102,…): for and a time are of a status that is set"
        )
        for word in ("for", "for,5m", "until,12:00")
    ),
    Answer("EXTENSION_STATUS(999)", "", f"EXTENSION_STATUS(999): {NO_EXTENSION}"),
]

# What is completed, and by what.
COMPLETIONS = {
    ("callprop explain 10", "10"): {"101", "102", "103", "104", "107", "108", "109"},
    ("callprop explain 101 external i", "i"): {"ivr"},
    ("callprop explain 101 external queue d", "d"): {"dst"},
    ("callprop explain 101 external queue dst ", ""): {"callback"},
    ("callprop explain 101 external queue dst callback ", ""): set(),
    ("callprop set status 101 all ", ""): {"until", "for"},
    ("callprop set status 101 all until ", ""): set(),
    ("callprop unset status 10", "10"): {"101", "102", "103", "104", "107", "108", "109"},
    ("callprop unset status 101 ", ""): set(),
    ("callprop reload ", ""): set(),
    ("callprop show denials ", ""): set(),
    ("callprop show properties ", ""): set(),
    ("callprop show statuses ", ""): set(),
    ("callprop show extensions ", ""): set(),
    ("callprop login PJSIP/10", "PJSIP/10"): {f"PJSIP/{n}" for n in ("101", "102", "103", "104", "107", "108", "109")},
    ("callprop login PJSIP/101 10", "10"): {"101", "102", "103", "104", "107", "108", "109"},
    ("callprop login PJSIP/101 101 ", ""): set(),
    ("callprop logout PJSIP/101", "PJSIP/101"): {"PJSIP/101"},
    ("callprop logout PJSIP/101 ", ""): set(),
    ("callprop show phones ", ""): set(),
}


def logged(pbx: Pbx, before: int, *texts: str) -> bool:
    return until(lambda: all(text in pbx.log()[before:] for text in texts))


def cli(pbx: Pbx, answer: Answer) -> object:
    seen = pbx.rx(f"callprop {answer.question}")
    return answer.expected if seen.startswith(answer.expected) else seen


def function(pbx: Pbx, answer: Answer) -> object:
    before = len(pbx.log())
    seen = pbx.rx(f'dialplan eval function "{answer.question}"').partition("Result: ")[2].strip()
    same = seen.startswith(answer.expected) if answer.expected else not seen
    if same and answer.logged and not logged(pbx, before, answer.logged):
        return f"{seen}, and the log has not: {answer.logged}"
    return answer.expected if same else seen


def completion(pbx: Pbx, text: str, word: str) -> set[str]:
    matches = [match for match in pbx.rx(f'_command matchesarray "{text}" "{word}"').split() if match != "_EOF_"]
    # The first of several is what they have in common.
    common = os.path.commonprefix(matches)  # noqa: RUF071 (of texts, not of paths)
    return {match for match in matches if match != common or matches.count(match) > 1} or {*matches}
