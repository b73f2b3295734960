"""How deep lines are quoted: what is looked at only where it can matter gives what is found by looking everywhere."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bridge.letters import levels
from bridge.letters.draft import Draft, Kind

LINES = st.lists(
    st.sampled_from([
        "", ">", "> a", ">> b:", ">From here", "> wrote:", "Jane <jane@acme", "| c", " | d", "On Mon, 2 Mar 2026 at 10:00, Jane wrote:", "```", "JD> x", "> ```", "own", ">:", "＞ e", "&gt; f", ">> Reply above <<",
        '>>>>> "Jane" == Jane Doe writes:', "Jane> g",
    ]),
    max_size=10,
)  # fmt: skip


def thorough(lines: Sequence[str], kinds: Sequence[Kind | None]) -> Draft:
    """Every look at every line."""
    found = [levels._level(line) for line in lines]
    depth = [max(level, int(kind is Kind.QUOTE)) for (level, _), kind in zip(found, kinds, strict=True)]
    draft = Draft(lines=lines, bare=[bare for _, bare in found], depth=depth, marks=[None] * len(lines))
    levels._read_initials(draft)
    levels._read_barred(draft)
    levels._spare_code(draft)
    for place, line in enumerate(lines):
        looked_at = line[:6] == ">From " or (line[:1] == ">" and line.rstrip()[-1:] in levels._COLONS)
        if draft.depth[place] == 1 and looked_at and (levels._is_escaped(draft, place) or levels._closes_address(draft, place)):  # fmt: skip
            draft.depth[place] = 0
            draft.bare[place] = line[1:] if line.startswith(">From ") else line
    return draft


@given(LINES, st.data())
def test_levels_are_those_of_the_thorough_look(lines: list[str], data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from([None, Kind.QUOTE]), min_size=len(lines), max_size=len(lines)))
    assert levels.levelled(lines, kinds) == thorough(lines, kinds)
