"""What ticket systems put around an agent's words, taken off before the words are looked for."""

import re
from dataclasses import dataclass, replace

from bridge.letters.mime import Mail

_MAX_LOOK = 400_000
"""Characters of a body; a longer one is no agent's answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapping:
    """How one ticket system sends an answer: the header field that only it writes, what stands above and below."""

    name: str
    field: str
    """Lower-case name of a field that every mail of the system carries; it picks the template and proves nothing."""
    above: re.Pattern[str]
    below: re.Pattern[str]


WRAPPINGS = (
    Wrapping(
        name="roundup",
        field="x-roundup-version",
        above=re.compile(r"\s*[^\n]{1,200} <[^\s<>]{1,254}> added the comment:\s*?\n\s*"),
        below=re.compile(
            r"(?<!\n)\n*(?:\n-{10}\n(?:[^\n:]{1,60}: [^\n]*(?:\n|\Z))+)?\n*"
            r"(?:\n_{20,}\n[^\n]{1,300}\n<https?://[^\s<>]{1,500}>\n_{20,}\s*)?\Z"
        ),
    ),
)


def unwrapped(mail: Mail) -> Mail:
    """The mail with nothing but the agent's part of its text; the same mail where no template fits.

    Only for senders that are ticket systems: a person's mail may look like anything.
    """
    wrapping = next((wrapping for wrapping in WRAPPINGS if wrapping.field in mail.fields), None)
    place = next((number for number, part in enumerate(mail.parts) if part.content_type == "text/plain"), None)
    if wrapping is None or place is None:
        return mail
    words = _inside(wrapping, mail.parts[place].text or "")
    if words is None:
        return mail
    others = [part for part in mail.parts if not part.content_type.startswith("text/")]
    return replace(mail, parts=(replace(mail.parts[place], text=words), *others))


def _inside(wrapping: Wrapping, text: str) -> str | None:
    """What stands between the two ends of a wrapping; None where either is missing."""
    above = wrapping.above.match(text[:_MAX_LOOK])
    if above is None or len(text) > _MAX_LOOK:
        return None
    below = wrapping.below.search(text, above.end())
    return text[above.end() : below.start()] if below else None
