# SPDX-License-Identifier: MIT
"""What a user might embed instead of callprop: one class a peer, each prepared as well as its API allows.

Policies are parsed, and inputs converted, before anything is measured; where a peer has several ways, the fastest
that was found stands here. The policy comes from callprop's own table, so what is compared is the engines.
"""

from __future__ import annotations

import json
import logging
import tempfile
from typing import Any

from workload import CALLS, STATUSES, Call, Case


class Decider:
    """Someone who decides on many cases."""

    name, how, explains = "", "", ""

    def prepare(self, case: Case) -> Any:
        """The case in the form that decide() takes."""
        raise NotImplementedError

    def decide(self, inputs: list[Any]) -> list[bool]:
        """The decisions on prepared cases."""
        raise NotImplementedError


# The rules, for the engines that evaluate expressions: a ? b : c, && and || are common to them.
RULES = """
leg == 'src'
  ? (src == 'extension' ? ('all' in granted || (dst == 'external' ? 'ro' : 'lo') in granted)
                        : src == 'queue' && callback && ('all' in granted || 'cq' in granted))
  : dst != 'external' && (src == 'external'
      ? ('all' in granted || (dst == 'queue' ? 'qri' : 'ri') in granted)
      : (src == 'extension' || (src == 'queue' && callback))
        && ('all' in granted || (dst == 'queue' ? 'qli' : 'li') in granted))
"""

POSSIBLE = [call for call in CALLS if call.required]


def lets_through(call: Call) -> list[str]:
    """The properties of which any one lets the call through."""
    return [call.required, "all"] if call.required else []


class Frozenset(Decider):
    """A dictionary from calls to properties, and a set for each status."""

    name, how, explains = "Python dict + frozenset", "by hand", "nothing"

    def __init__(self) -> None:
        self._required = {call.key: call.required or "" for call in CALLS}

    def prepare(self, case: Case) -> Any:
        return case.status.granted, case.call.key

    def decide(self, inputs: list[Any]) -> list[bool]:
        required = self._required
        return [
            (property := required[call]) in granted or ("all" in granted and property != "") for granted, call in inputs
        ]


class Cel(Decider):
    """cel-rust. A Context holds the variables in cel's own form."""

    name, how, explains = "common-expression-language", "compiled, Contexts made", "nothing"

    def __init__(self) -> None:
        import cel

        self._context = cel.Context
        self._program = cel.compile(RULES)

    def prepare(self, case: Case) -> Any:
        return self._context(variables={"granted": case.status.mnemos, **case.call.facts})

    def decide(self, inputs: list[Any]) -> list[bool]:
        execute = self._program.execute
        return [execute(context) for context in inputs]


class Zen(Decider):
    """zen-engine. Its decision graphs, alone or in batches, take 10 to 200 times as long as its expressions."""

    name, how, explains = "zen-engine", "compiled expression", "nothing"

    def __init__(self) -> None:
        import zen

        self._expression = zen.compile_expression(RULES.replace("&&", "and").replace("||", "or"))

    def prepare(self, case: Case) -> Any:
        return {"granted": case.status.mnemos, **case.call.facts}

    def decide(self, inputs: list[Any]) -> list[bool]:
        evaluate = self._expression.evaluate
        return [evaluate(context) for context in inputs]


class Casbin(Decider):
    """pycasbin. The fast enforcer looks at the two rules of the call alone."""

    name, how, explains = "pycasbin", "FastEnforcer, batch_enforce", "rule that matched"

    MODEL = """
[request_definition]
r = granted, call
[policy_definition]
p = property, call
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = p.property in r.granted
"""

    def __init__(self) -> None:
        import casbin

        logging.disable()  # it writes a line for every decision
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as model:
            model.write(self.MODEL)
            model.flush()
            self._enforcer = casbin.FastEnforcer(model.name, cache_key_order=[1])
        for call in POSSIBLE:
            self._enforcer.add_policies([[call.required, call.key], ["all", call.key]])

    def prepare(self, case: Case) -> Any:
        return case.status.granted, case.call.key

    def decide(self, inputs: list[Any]) -> list[bool]:
        decisions: list[bool] = self._enforcer.batch_enforce(inputs)
        return decisions


class Cedar(Decider):
    """cedarpy. One policy on attributes is faster than groups of properties or of calls."""

    name, how, explains = "cedarpy", "PolicySet, Entities, batch", "policy ids"

    POLICY = "permit(principal, action, resource) when { principal.granted.containsAny(resource.required) };"

    def __init__(self) -> None:
        import cedarpy

        statuses = [self._entity("Status", str(status.bits), {"granted": status.mnemos}) for status in STATUSES]
        calls = [self._entity("Call", call.key, {"required": lets_through(call)}) for call in CALLS]
        self._authorize = cedarpy.is_authorized_batch
        self._policies = cedarpy.PolicySet.from_str(self.POLICY)
        self._entities = cedarpy.Entities.from_json_str(json.dumps(statuses + calls))

    @staticmethod
    def _entity(kind: str, name: str, attributes: Any) -> Any:
        return {"uid": {"type": kind, "id": name}, "attrs": attributes, "parents": []}

    def prepare(self, case: Case) -> Any:
        return {
            "principal": {"type": "Status", "id": str(case.status.bits)},
            "action": {"type": "Action", "id": "takePart"},
            "resource": {"type": "Call", "id": case.call.key},
        }

    def decide(self, inputs: list[Any]) -> list[bool]:
        return [result.allowed for result in self._authorize(inputs, self._policies, self._entities)]


class Rego(Decider):
    """rego-cpp. A bundle is the compiled policy; without one a decision takes 15 times as long."""

    name, how, explains = "regopy (rego-cpp)", "Bundle, Inputs made", "what the policy returns"

    POLICY = """
package callprop
permitted if { data.required[input.call] in input.granted }
permitted if { data.required[input.call]; "all" in input.granted }
"""

    def __init__(self) -> None:
        import regopy

        self._input = regopy.Input
        self._interpreter = regopy.Interpreter()
        self._interpreter.add_data({"required": {call.key: call.required for call in POSSIBLE}})
        self._interpreter.add_module("callprop", self.POLICY)
        self._bundle = self._interpreter.build("data.callprop.permitted")

    def prepare(self, case: Case) -> Any:
        return self._input({"granted": case.status.mnemos, "call": case.call.key})

    def decide(self, inputs: list[Any]) -> list[bool]:
        decisions = []
        for value in inputs:
            self._interpreter.set_input(value)
            results = self._interpreter.query_bundle(self._bundle).results
            decisions.append(bool(results and results[0].expressions and results[0].expressions[0] is True))
        return decisions


class CelPython(Decider):
    """cel-python. A table as a variable is faster than the rules, which its compiling runner does not take."""

    name, how, explains = "cel-python", "CompiledRunner, table made", "nothing"

    def __init__(self) -> None:
        import celpy
        from celpy.adapter import json_to_cel

        logging.disable()
        self._convert = json_to_cel
        self._table = json_to_cel({call.key: lets_through(call) for call in CALLS})
        environment = celpy.Environment(runner_class=celpy.CompiledRunner)
        self._program = environment.program(environment.compile("table[call].exists(m, m in granted)"))

    def prepare(self, case: Case) -> Any:
        granted, call = self._convert(case.status.mnemos), self._convert(case.call.key)
        return {"granted": granted, "call": call, "table": self._table}

    def decide(self, inputs: list[Any]) -> list[bool]:
        evaluate = self._program.evaluate
        return [bool(evaluate(context)) for context in inputs]


PEERS: tuple[type[Decider], ...] = (Frozenset, Cel, Zen, Cedar, Casbin, Rego, CelPython)
