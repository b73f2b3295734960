"""Chat documents made by hand, for desks whose messages are no mails."""

import json
from base64 import b32encode
from hashlib import sha256

from bridge.core.proxies import Sealed


def parcel(name: str, *, body: bytes) -> Sealed:
    """A notice in a conversation of its own, with the bytes as its text; the same for the same name."""
    tag = b32encode(sha256(name.encode()).digest()).decode().lower()[:26]
    message_id, address = f"<{tag}@bridge.test>", f"reply+k1.{tag[:16]}.{tag}@bridge.test"
    document = {
        "schema": "bridge.chat/1",
        "id": message_id,
        "made": "2026-03-01T12:00:00+00:00",
        "desk": "support",
        "type": "notice",
        "conversation": {"id": tag[:16], "address": address, "visibility": "public", "subject": "Help"},
        "audience": "ticket",
        "to": "",
        "reason": "test",
        "subject": name,
        "text": body.decode("latin-1"),
    }
    return Sealed(
        key=f"tell:{name}",
        message_id=message_id,
        sender="",
        recipients=(address,),
        content=json.dumps(document).encode(),
        text="",
    )
