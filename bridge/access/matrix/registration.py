"""The registration file by which a homeserver learns of the application service, as YAML without a library: JSON is a part of it."""

import json
import re

from bridge.access.matrix.names import Namespace


def registration(space: Namespace, *, listen: str, as_token: str, hs_token: str) -> str:
    """The file; it holds both secrets, so only the homeserver may read it."""
    ours = rf"{re.escape(space.prefix)}.*:{re.escape(space.server)}"
    return (
        f"id: {json.dumps(space.prefix.rstrip('_.-'))}\n"
        f"url: {json.dumps(f'http://{listen}')}\n"
        f"as_token: {json.dumps(as_token)}\n"
        f"hs_token: {json.dumps(hs_token)}\n"
        f"sender_localpart: {json.dumps(f'{space.prefix}bot')}\n"
        "rate_limited: false\n"
        "namespaces:\n"
        f"  users: [{{exclusive: true, regex: {json.dumps('@' + ours)}}}]\n"
        f"  aliases: [{{exclusive: true, regex: {json.dumps('#' + ours)}}}]\n"
        "  rooms: []\n"
    )
