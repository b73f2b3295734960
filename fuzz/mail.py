"""Fuzz target: any mail is read, told from automatic ones and judged; none without a right address of ours is ever published."""

import atheris
from driving import drive

with atheris.instrument_imports(include=["bridge"]):
    from bridge.letters import bounces, mime
    from bridge.testing import mailing
    from bridge.testing.threats import NEVER

NAMES = {b"ours@to.test": mailing.OURS, b"other@to.test": mailing.OTHER, b"bounces@to.test": mailing.BOUNCES}
"""What stands in inputs for addresses whose keys are new in each run."""


def once(octets: bytes) -> None:
    """Read as the daemon reads, walk through all gates."""
    for name, address in NAMES.items():
        octets = octets.replace(name, address.encode())
    verdict = mailing.judged(octets)
    if mailing.OURS.encode() not in octets.lower():
        assert verdict.startswith("! ") or _is_encoded(octets), verdict
    try:
        bounces.read_bounce(mime.read(octets))
    except mime.Unparsable:
        return


def _is_encoded(octets: bytes) -> bool:
    """Whether the address may be folded or encoded in its field, so that it does not stand there byte for byte."""
    return b"=?" in octets or b"\n " in octets or b"\n\t" in octets


def _seed(octets: bytes) -> bytes:
    for name, address in NAMES.items():
        octets = octets.replace(address.encode(), name)
    return octets


if __name__ == "__main__":
    drive("mail", once, map(_seed, [mailing.raw(), *(octets for _, _, octets in NEVER)]))
