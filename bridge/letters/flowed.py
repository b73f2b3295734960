"""format=flowed (RFC 3676): lines that a client broke softly become the paragraphs that were typed."""

_SIGNATURE = "-- "


def unflowed(text: str, *, delsp: bool) -> str:
    """The text with soft breaks joined within one quote depth; `delsp` drops the space before a soft break (4.2)."""
    done: list[str] = []
    paragraph = ""
    depth = -1
    for line in text.split("\n"):
        level, rest = _unquoted(line)
        soft = rest.endswith(" ") and rest != _SIGNATURE
        if depth >= 0 and (level != depth or rest == _SIGNATURE):
            done.append(_quoted(depth, paragraph))
            paragraph, depth = "", -1
        paragraph = paragraph + rest if depth >= 0 else rest
        depth = level
        if soft:
            paragraph = paragraph[:-1] if delsp else paragraph
        else:
            done.append(_quoted(depth, paragraph))
            paragraph, depth = "", -1
    if depth >= 0:
        done.append(_quoted(depth, paragraph))
    return "\n".join(done)


def _unquoted(line: str) -> tuple[int, str]:
    """Quote depth and the line unstuffed (RFC 3676, 4.4 and 4.5)."""
    rest = line.lstrip(">")
    return len(line) - len(rest), rest.removeprefix(" ")


def _quoted(depth: int, text: str) -> str:
    return f"{'>' * depth} {text}" if depth else text
