# SPDX-License-Identifier: MIT
"""The package's values as fields of what people build with: read as the API sends them, written as the library writes them, and
whole however they are made."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import callprop
from callprop import Call, Decision, Error, Leg, Party, Properties
from expected import ALL_CALLS, ALL_SETS, MNEMOS, bits, can_happen, permitted
from test_any_input import call_of, good_calls, good_statuses, mnemos_of, near_calls, texts, values

RING = {"src": "external", "dst": "ivr", "leg": "dst"}
DECIDED = [
    ("ri", RING),
    ("li,lo", RING),
    ("all", {**RING, "dst": "queue"}),
    ("", {"src": "queue", "dst": "ivr", "leg": "src", "callback": True}),
]


@dataclasses.dataclass
class Status:
    """What a program might keep."""

    granted: Properties
    name: str = "Lunch"


# ---- Decisions, and the forms without a framework


@pytest.mark.parametrize(("granted", "call"), DECIDED)
def test_a_decision_writes_the_librarys_object(granted: str, call: Any) -> None:
    decision = callprop.explain(granted, call)
    wanted = json.loads(callprop.explain_json(granted, call))
    assert decision.to_dict() == dict(decision) == callprop.to_plain(decision) == wanted  # type: ignore[call-overload]
    assert [*decision.to_dict()] == [*decision.keys()] == [*wanted]
    assert json.loads(json.dumps({"answer": [decision]}, default=callprop.to_plain)) == {"answer": [wanted]}
    assert callprop.from_plain(Decision, wanted) == callprop.from_plain(Decision, decision) == decision
    again = pickle.loads(pickle.dumps(decision))
    assert again == copy.deepcopy(decision) == decision and hash(again) == hash(decision) and decision != wanted
    assert repr(decision).startswith(f"Decision(allowed={decision.allowed}, call=Call(src='")
    for change in (
        lambda: setattr(decision, "allowed", True),
        lambda: setattr(decision, "more", 1),
        lambda: delattr(decision, "allowed"),
    ):
        with pytest.raises(dataclasses.FrozenInstanceError):
            change()


def test_a_decision_that_the_library_does_not_make_is_not_read() -> None:
    good = callprop.explain("li", RING).to_dict()
    wrong = {
        "allowed": [True, 0, None],
        "required": ["li", 64],
        "matched": ["ri", "all", ""],
        "granted": [["ri"], 4],
        "call": [None, {}],
    }
    for name, changed in wrong.items():
        for value in changed:
            with pytest.raises((Error, TypeError)):
                callprop.from_plain(Decision, {**good, name: value})
        with pytest.raises(Error):
            callprop.from_plain(
                Decision, {key: value for key, value in good.items() if key != name} if name != "matched" else {}
            )
    assert callprop.from_plain(Decision, {**good, "reason": "another version's sentence"}).to_dict() == good
    with pytest.raises(TypeError, match=r"^decision: expected an object or a Decision, not str"):
        callprop.from_plain(Decision, "denied")


def test_values_become_plain_inside_of_containers_too() -> None:
    plain = callprop.to_plain(
        {"a": [Status(Properties.LI), (Properties(0),)], Party.IVR: Leg.DST, "b": callprop.get("ri"), "n": 1.5}
    )
    assert plain == {
        "a": [{"granted": ["li"], "name": "Lunch"}, [[]]],
        "ivr": "dst",
        "b": dataclasses.asdict(callprop.get("ri")),
        "n": 1.5,
    }
    assert type(plain["ivr"]) is str and json.loads(json.dumps(plain)) == plain
    assert [callprop.to_plain(value) for value in (None, True, 1, "x", [])] == [None, True, 1, "x", []]
    for stranger in (object(), {1}, Status, b"x"):
        with pytest.raises(TypeError, match=r"^to_plain: expected a value of callprop, or a container, not "):
            callprop.to_plain(stranger)
    for kind in (int, list, Party, "Properties"):
        with pytest.raises(TypeError, match=r"^from_plain: expected Properties, Call or Decision, not "):
            callprop.from_plain(kind, ["li"])  # type: ignore[type-var]
    for granted in ALL_SETS:
        assert callprop.from_plain(Properties, callprop.to_plain(Properties(bits(granted)))) == Properties(
            bits(granted)
        )


@pytest.mark.third_party
def test_numpys_own_bools_are_bools() -> None:
    import numpy

    assert Call("queue", "ivr", "dst", numpy.bool_(True)) == Call("queue", "ivr", "dst", True)
    assert type(Call("queue", "ivr", "dst", numpy.bool_(True)).callback) is bool
    with pytest.raises(Error, match=r'no such callback value: "1" \(int64\); expected True or False'):
        Call("queue", "ivr", "dst", numpy.int64(1))
    with pytest.raises(TypeError):
        Properties(numpy.bool_(True))
    assert Properties(numpy.uint32(12)) is Properties.LI | Properties.LO
    with pytest.raises(Error):
        Properties(numpy.int32(-1))


# ---- pydantic and FastAPI


@pytest.mark.third_party
class TestPydantic:
    """Fields, results and their schemas."""

    def test_fields_read_what_the_api_sends_and_write_mnemos(self) -> None:
        from pydantic import BaseModel

        class Model(BaseModel):
            granted: Properties
            call: Call

        for granted in ALL_SETS:
            mnemos = [mnemo for mnemo in MNEMOS if mnemo in granted]
            for form in (mnemos, ",".join(mnemos), Properties(bits(granted)), {"id": 1, "property_list": mnemos}):
                model = Model(granted=form, call=RING)  # type: ignore[arg-type]
                assert model.granted is Properties(bits(granted)) and callprop.allows(
                    model.granted, model.call
                ) is permitted(granted, ALL_CALLS[0]._replace(src="external", dst="ivr", leg="dst", callback=False))
            written = {"granted": mnemos, "call": {**RING, "callback": False}}
            assert model.model_dump() == json.loads(model.model_dump_json()) == written
            assert Model.model_validate_json(model.model_dump_json()) == model
        for wrong in (4, 1, True, 1.0, None, "lx", "4", [4], [None], {"all": 1}, Properties):
            with pytest.raises(
                ValueError, match=r"1 validation error for Model\ngranted\n  Value error, property_list"
            ):
                Model(granted=wrong, call=RING)  # type: ignore[arg-type]
        for wrong in (1, None, {**RING, "src": "ivr"}, {**RING, "callback": "true"}, {**RING, "x": 1}, "src=ivr"):
            with pytest.raises(ValueError, match=r"1 validation error for Model\ncall\n  Value error, call"):
                Model(granted="li", call=wrong)  # type: ignore[arg-type]

    def test_every_call_is_read_whole(self) -> None:
        from pydantic import TypeAdapter

        adapter = TypeAdapter(Call)
        for call in filter(can_happen, ALL_CALLS):
            read = adapter.validate_json(json.dumps(call._asdict()))
            assert read == Call(*call) and all(
                callprop.allows([mnemo], read) is permitted([mnemo], call) for mnemo in MNEMOS
            )
            assert adapter.validate_python(str(read)) == adapter.validate_python(read) == read
            assert json.loads(adapter.dump_json(read)) == call._asdict()

    @pytest.mark.parametrize(("granted", "call"), DECIDED)
    def test_a_decision_is_written_as_the_library_does_and_decided_anew_when_read(
        self, granted: str, call: Any
    ) -> None:
        from pydantic import TypeAdapter, ValidationError

        adapter, decision = TypeAdapter(Decision), callprop.explain(granted, call)
        assert json.loads(adapter.dump_json(decision)) == json.loads(callprop.explain_json(granted, call))
        assert adapter.validate_json(adapter.dump_json(decision)) == decision
        with pytest.raises(ValidationError, match=r"decision: allowed is not what is decided"):
            adapter.validate_python({**decision.to_dict(), "allowed": not decision.allowed})

    def test_the_schema_of_a_call_shows_the_form_of_its_text(self) -> None:
        from pydantic import TypeAdapter

        _, text = TypeAdapter(Call).json_schema()["anyOf"]
        keys = [pair.partition("=")[0] for pair in str(Call(**RING)).split(",")]  # type: ignore[arg-type]
        assert text == {"type": "string", "description": ",".join(f"{key}=…" for key in keys)}

    def test_the_schemas_are_kept_by_what_is_written(self) -> None:
        import jsonschema_rs
        from pydantic import TypeAdapter

        for kind, value in (
            (Properties, Properties.LI),
            (Call, Call(**RING)),
            (Decision, callprop.explain("li", RING)),
        ):  # type: ignore[arg-type]
            adapter: Any = TypeAdapter(kind)
            for mode in ("validation", "serialization"):
                schema = adapter.json_schema(mode=mode)
                jsonschema_rs.validate(schema, json.loads(adapter.dump_json(value)))
                for wrong in (64, True, None, ["lx"], {"src": "external"}):
                    with pytest.raises(ValueError):
                        jsonschema_rs.validate(schema, wrong)

    @given(values | texts | good_statuses)
    def test_any_value_as_a_field_grants_what_it_says(self, given_value: Any) -> None:
        from pydantic import TypeAdapter, ValidationError

        mnemos = mnemos_of(given_value)
        try:
            read = TypeAdapter(Properties).validate_python(given_value)
        except ValidationError:
            assert mnemos is None
            return
        assert mnemos is not None and read.bits == bits(mnemos)

    @given(values | texts | good_calls | near_calls)
    def test_any_value_as_a_call_is_what_it_says(self, given_value: Any) -> None:
        from pydantic import TypeAdapter, ValidationError

        wanted = call_of(given_value)
        try:
            read = TypeAdapter(Call).validate_python(given_value)
        except ValidationError:
            assert wanted is None
            return
        assert wanted is not None and read == Call(*wanted)


@pytest.mark.third_party
def test_fastapi_answers_with_decisions_and_refuses_what_is_wrong() -> None:
    from fastapi import Body, FastAPI
    from fastapi.testclient import TestClient

    application = FastAPI()

    @application.post("/decide")
    def decide(granted: Properties = Body(), call: Call = Body()) -> Decision:  # noqa: B008
        return callprop.explain(granted, call)

    @application.post("/untyped")
    def untyped(granted: Properties = Body(), call: Call = Body()):  # type: ignore[no-untyped-def]  # noqa: B008
        return {"answer": callprop.explain(granted, call)}

    @application.get("/mnemos")
    def mnemos(granted: Properties) -> Properties:
        return granted

    # The annotations of functions inside of functions are text, which FastAPI cannot look up.
    client = TestClient(application, raise_server_exceptions=True)
    for granted, call in DECIDED:
        body = {"granted": granted.split(",") if granted else [], "call": call}
        wanted = json.loads(callprop.explain_json(granted, call))
        assert client.post("/decide", json=body).json() == wanted
        assert client.post("/untyped", json=body).json() == {"answer": wanted}
    assert client.get("/mnemos", params={"granted": "lo,li"}).json() == ["li", "lo"]
    assert client.get("/mnemos", params={"granted": "4"}).status_code == 422
    for body in (
        {"granted": 4, "call": RING},
        {"granted": [], "call": {**RING, "src": "ivr"}},
        {"granted": [], "call": 1},
    ):
        assert client.post("/decide", json=body).status_code == 422
    schema = client.get("/openapi.json").json()
    assert "qri" in json.dumps(schema["paths"]["/decide"])


# ---- msgspec, attrs and cattrs


@pytest.mark.third_party
class TestMsgspec:
    """By its hooks; a call also without."""

    def test_structures_read_and_write_sets_calls_and_decisions(self) -> None:
        import msgspec

        kind = msgspec.defstruct("kind", [("granted", Properties), ("call", Call), ("decision", Decision)])
        for granted, call in DECIDED:
            decision = callprop.explain(granted, call)
            written = {
                "granted": [*decision.granted.mnemos],
                "call": decision.call.to_dict(),
                "decision": decision.to_dict(),
            }
            for library in (msgspec.json, msgspec.msgpack):
                read: Any = library.decode(library.encode(written), type=kind, dec_hook=callprop.from_plain)
                assert (read.granted, read.call, read.decision) == (decision.granted, decision.call, decision)
                assert library.decode(library.encode(read, enc_hook=callprop.to_plain)) == written
                assert callprop.allows(read.granted, read.call) is decision.allowed
        for wrong in (4, True, "lx", ["lx"], None):
            with pytest.raises(msgspec.ValidationError, match=r"property_list.*at `\$.granted`"):
                msgspec.convert({**written, "granted": wrong}, kind, dec_hook=callprop.from_plain)

    def test_a_set_is_no_number_without_hooks_either(self) -> None:
        import msgspec

        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(b"1", type=Properties)
        with pytest.raises(TypeError):
            msgspec.json.encode(Properties.LI)

    @given(values | good_calls | near_calls, st.booleans())
    def test_any_value_as_a_call_is_what_it_says(self, given_value: Any, is_strict: bool) -> None:
        import msgspec

        try:
            read = msgspec.convert(given_value, Call, strict=is_strict)
            facts = callprop.required(read)
        except (msgspec.ValidationError, Error):
            return
        # What msgspec makes of text ("false") when it is told to be lax is what the text says.
        assert facts and isinstance(given_value, dict)
        plain = {key: value for key, value in given_value.items() if key in ("src", "dst", "leg", "callback")}
        if is_strict or isinstance(plain.get("callback", False), bool):
            wanted = call_of(plain)
            assert wanted is not None and read == Call(*wanted)
        else:
            assert str(plain["callback"]).lower() in (("1", "true") if read.callback else ("0", "false"))


@pytest.mark.third_party
def test_cattrs_reads_and_writes_by_hooks_and_makes_no_true_of_text() -> None:
    import attrs
    import cattrs

    converter = cattrs.Converter()
    plain_call = {**RING, "callback": False}
    assert converter.structure(plain_call, Call) == Call(**plain_call)  # type: ignore[arg-type]
    for wrong in ("false", "true", 1, None, []):
        with pytest.raises(Exception, match=r"While structuring Call"):
            converter.structure({**plain_call, "callback": wrong}, Call)
    for kind in (Properties, Call, Decision):
        converter.register_structure_hook(kind, lambda value, kind: callprop.from_plain(kind, value))
        converter.register_unstructure_hook(kind, callprop.to_plain)

    @attrs.frozen
    class Kept:
        granted: Properties = attrs.field(converter=Properties.parse)
        decision: Decision

    Kept.__annotations__.update(granted=Properties, decision=Decision)
    attrs.resolve_types(Kept, {}, {"Properties": Properties, "Decision": Decision})
    decision = callprop.explain("li,lo", RING)
    kept = Kept(["li", "lo"], decision)
    assert kept.granted == Properties.LI | Properties.LO
    written = converter.unstructure(kept)
    assert written == {"granted": ["li", "lo"], "decision": decision.to_dict()}
    assert converter.structure(written, Kept) == kept
    with pytest.raises(Exception, match=r"While structuring Kept"):
        converter.structure({**written, "granted": 4}, Kept)
    assert converter.unstructure(Status(Properties.LI)) == {"granted": ["li"], "name": "Lunch"}
