"""A process that takes texts over SMPP and writes each page with its cursor into a file, as a store would; it is killed at any moment."""

import asyncio
import json
import os
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from bridge.channels import smpp
from bridge.ports import TemporaryProblem
from bridge.stanza import Secret
from bridge.testing.fittings import MovableClock, fittings


def stored(path: Path) -> list[dict]:
    """Whole pages; the last one may be torn."""
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith(b"\n")]


def store(path: Path, page: smpp.Page) -> None:
    """Durably, after what a crash tore is cut off."""
    content = path.read_bytes() if path.exists() else b""
    texts = {sighting.post.id: sighting.post.text for sighting in page.sightings}
    line = json.dumps({"cursor": page.cursor, "texts": texts}).encode() + b"\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    os.ftruncate(descriptor, content.rfind(b"\n") + 1)
    os.lseek(descriptor, 0, os.SEEK_END)
    os.write(descriptor, line)
    os.fsync(descriptor)
    os.close(descriptor)


async def main(port: int, password: str, place: Path) -> None:
    """Poll for ever."""
    clock = MovableClock()
    keys = {
        "host": "127.0.0.1",
        "port": port,
        "system_id": "acme",
        "password": Secret(password),
        "numbers": ("+4930123456",),
        "keep": place / "texts",
        "tls": False,
        "timeout": timedelta(seconds=5),
    }
    channel = smpp.build("sms", smpp.Settings.model_validate(keys), fittings(clock))
    while True:
        pages = stored(place / "store")
        with suppress(TemporaryProblem):
            page = await channel.poll(pages[-1]["cursor"] if pages else None)
            store(place / "store", page)
        clock.advance(timedelta(milliseconds=500))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
