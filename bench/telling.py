"""How a benchmark tells what it found: as JSON for the table of all, or by lines for a person."""

import json
import sys
from collections.abc import Mapping


def tell(results: Mapping[str, Mapping[str, float]]) -> None:
    """Print JSON with `--json`, else a line for each figure."""
    if "--json" in sys.argv[1:]:
        print(json.dumps(results))
        return
    width = max((len(name) for name in results), default=0)
    for name, figures in results.items():
        for what, value in figures.items():
            print(f"{name:{width}}  {what:40} {value:12,.2f}")
