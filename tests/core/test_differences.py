"""What changed between two texts, as a mail shows it."""

import pytest

from bridge.core.differences import differences


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("same", "same", ""),
        ("", "new", "{+new+}"),
        ("old", "", "[-old-]"),
        ("We are late.", "We are very late.", "We are {+very +}late."),
        ("One.\nTwo.", "One.\nThree.", "One.\n[-Two.-]{+Three.+}"),
        ("a\n\nb", "a b", "a[-\n\n-]{+ +}b"),
        ("x " * 600, "y", ""),
    ],
)
def test_what_is_gone_and_what_is_new(before: str, after: str, shown: str) -> None:
    assert differences(before, after) == shown
