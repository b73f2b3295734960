"""Draws docs/licences.md from what the installed dependencies say of themselves; run it after adding one."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).parent / "licences.md"

INTRODUCTION = """\
# Licences

The bridge is GPL-3.0-or-later.
These are its direct dependencies as they stand in `pyproject.toml`, with the licence that each declares.
MIT, BSD, Apache-2.0, MPL-2.0, LGPL-3.0 and GPL-3.0 are compatible with it.

| package | needed for | licence |
| --- | --- | --- |
"""

COMPATIBLE = re.compile(r"MIT|BSD|Apache|MPL|Mozilla|GPL-3|GPLv3|LGPL|ISC|PSF|Unlicense", re.IGNORECASE)


STATED = {"atheris": "Apache-2.0", "matrix-synapse": "AGPL-3.0-or-later"}
"""Licences that stand in a package's sources and not in its description, or of a program that need not be installed here."""


def dependencies() -> dict[str, str]:
    """Names of all direct dependencies, and the extra that wants them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {"": project["dependencies"], **project["optional-dependencies"]}
    found: dict[str, str] = {}
    for extra, requirements in wanted.items():
        for requirement in requirements:
            name = re.split(r"[\[<>=!~ ;]", requirement, maxsplit=1)[0]
            if name != "bridge":
                found.setdefault(name, extra or "everything")
    return found


def licence(name: str) -> str:
    """What a package says of its licence."""
    if name in STATED:
        return STATED[name]
    about = metadata.metadata(name)
    expression = about.get("License-Expression")
    classifiers = [
        c.rpartition("::")[2].strip() for c in about.get_all("Classifier") or [] if c.startswith("License ::")
    ]
    stated = (about.get("License") or "").strip().partition("\n")[0]
    return expression or ", ".join(c for c in classifiers if c != "OSI Approved") or stated[:60] or "not stated"


def page() -> str:
    """The whole page, in alphabetical order."""
    rows = sorted(dependencies().items(), key=lambda row: row[0].lower())
    return INTRODUCTION + "".join(f"| {name} | {extra} | {licence(name)} |\n" for name, extra in rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
