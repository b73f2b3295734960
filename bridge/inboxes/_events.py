"""What a connector may tell us: events of docs/inboxes/webhook.md, checked whole before anything is done, and their OpenAPI document."""

from typing import Annotated, Any, Literal

import msgspec

from bridge.inboxes._porch import UNREADABLE

Schema = Literal["bridge.chat/1"]
Id = Annotated[
    str, msgspec.Meta(min_length=1, max_length=200, description="The same whenever the same event is sent again.")
]
Address = Annotated[
    str, msgspec.Meta(min_length=1, max_length=254, description="`conversation.address` of the message.")
]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]
MessageId = Annotated[str, msgspec.Meta(max_length=200, description="`id` of the message that it answers.")]
Link = Annotated[
    str, msgspec.Meta(min_length=1, max_length=2_000, description="Below a place that `files_from` names.")
]
Corrected = Annotated[str, msgspec.Meta(max_length=200, description="`id` of the earlier answer whose place it takes.")]
Mailbox = Annotated[
    str, msgspec.Meta(min_length=3, max_length=320, pattern=r"^[^@\s<>,;:\"()\[\]\\]{1,64}@[A-Za-z0-9.-]{1,253}$")
]


class Agent(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Who speaks, as the contact centre has authenticated them."""

    id: Mailbox
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""


class _Event(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True, tag_field="type"):
    schema: Schema
    id: Id
    conversation: Address
    agent: Agent | None = None


class Answer(_Event, frozen=True, tag="answer"):
    """Words for the customer, with commands on their first lines as in a mail."""

    text: Text
    answers: MessageId = ""
    corrects: Corrected = ""
    files: Annotated[tuple[Link, ...], msgspec.Meta(max_length=10, description="Pictures and films to go out.")] = ()


class Close(_Event, frozen=True, tag="close"):
    """The agent is done with the conversation."""


class Away(_Event, frozen=True, tag="away"):
    """Nobody is there: the conversation moves to the desk that `away_to` names."""


class Joined(_Event, frozen=True, tag="joined"):
    """An agent takes the conversation."""


class Left(_Event, frozen=True, tag="left"):
    """An agent leaves the conversation."""


class Typing(_Event, frozen=True, tag="typing"):
    """An agent is writing."""


Event = Answer | Close | Away | Joined | Left | Typing

_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


class Mistaken(Exception):
    """It is no event of ours; `status` is 400 where it is no JSON and 422 where it is another one, and the text tells the place."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


def event(body: bytes) -> Event:
    """The event in a body; raises Mistaken."""
    try:
        return _DECODER.decode(body)
    except msgspec.ValidationError as problem:
        raise Mistaken(_plain(str(problem)), 422) from None
    except UNREADABLE:
        raise Mistaken("the body is no JSON", 400) from None


def openapi() -> dict[str, Any]:
    """The OpenAPI document, from the same types that check the events."""
    (event_schema,), components = msgspec.json.schema_components([Event], ref_template="#/components/schemas/{name}")
    answers = {
        "200": _answer("Stored: what became of it.", _object({"outcome": {"type": "string"}})),
        "202": _answer("Noted; nothing follows from it.", _object({"outcome": {"const": "noted"}})),
        **{
            str(status): _answer(what, _object({"error": {"type": "string"}}))
            for status, what in (
                (400, "The body is no JSON."),
                (401, "Timestamp or signature is wrong; nothing was read."),
                (408, "The body did not come in time."),
                (413, "The body is too large."),
                (415, "The body is compressed."),
                (422, "It is no event, or says too little."),
                (503, "Not stored yet: send it again under the same id."),
            )
        },
    }
    signed = [_header("Bridge-Timestamp", r"^\d{1,11}$"), _header("Bridge-Signature", "^v1=[0-9a-f]{64}$")]
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Bridge: events of a chat", "version": "1"},
        "paths": {
            "/v1/events": {
                "post": {
                    "summary": "Tell what an agent said or did.",
                    "operationId": "event",
                    "parameters": signed,
                    "requestBody": {"required": True, "content": {"application/json": {"schema": event_schema}}},
                    "responses": answers,
                }
            }
        },
        "components": {"schemas": components},
    }
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document))
    return plain


def _plain(problem: str) -> str:
    """The place of a mistake without what stands there: values may be private."""
    what, _, place = problem.rpartition(" - at ")
    kind = "is missing" if "missing required field" in what else "is not as it should be"
    return f"{place.strip('`') or 'the event'} {kind}"


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _answer(what: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": what, "content": {"application/json": {"schema": schema}}}


def _header(name: str, pattern: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "schema": {"type": "string", "pattern": pattern}}
