"""The whole triage call on one core, one post at a time: language, labels, the shipped rules, the verdict with its reasons.

The posts are the corpus's own short texts (BRIDGE_CORPUS), each judged once; memory is what loading and judging add.
`languages alone` is the same call with the model switched off; `TF-IDF` is scikit-learn's, with logistic regression and
nothing else: no language, no rules, no reasons.
"""

import gc
import json
import os
import resource
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

from bridge.app.explaining import plain_post
from bridge.config.rule_files import RuleFiles
from bridge.core.model import Post
from bridge.core.rules import RuleSet, compile_rules
from bridge.judges.labeller import LanguageOnly, ModelLabeller
from bridge.judges.model import shipped
from bridge.judges.rules import Labeller, RulesJudge
from bridge.ports import Circumstances

ROOT = Path(__file__).parents[1]
CORPUS = Path(os.environ.get("BRIDGE_CORPUS", ROOT.parent / "shared" / "corpus")) / "triage"
PEER_POSTS = 1_000
"""Posts that the peer judges."""
FILES = ("brand_relevance", "gratitude", "lid_sentences", "purchase_intent", "crisis_informative", "sentiment_african")


def posts() -> list[Post]:
    """Short posts as people write them, in many languages."""
    lines = (line for name in FILES for line in (CORPUS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    return [plain_post(json.loads(line)["text"], "") for line in lines]


def rules() -> RuleSet:
    """The example's rules, with the example's lists."""
    lists = {f"lists/{file.name}": file.read_text(encoding="utf-8") for file in (ROOT / "config/lists").glob("*.txt")}
    files = RuleFiles(lists=lists, zone=ZoneInfo("UTC"))
    for file in sorted((ROOT / "config/rules.d").glob("*.toml")):
        files.add(file.name, tomllib.loads(file.read_text(encoding="utf-8")))
    return compile_rules(files.rules, files.routes)


def rate(judge: RulesJudge, given: list[Post]) -> int:
    """Posts each second of CPU time."""
    begun = time.process_time()
    for post in given:
        judge.judge(post, Circumstances(now=post.at, thread_open=False))
    return round(len(given) / (time.process_time() - begun))


def memory() -> float:
    """The most that the process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure() -> dict[str, dict[str, float]]:
    """All results."""
    given, compiled = posts(), rules()
    before, begun = memory(), time.process_time()
    made: dict[str, Labeller] = {"model": ModelLabeller((shipped(),), ()), "languages alone": LanguageOnly(())}
    RulesJudge(compiled, made["model"]).judge(
        plain_post("Hello there", ""), Circumstances(now=given[0].at, thread_open=False)
    )
    loading = time.process_time() - begun
    gc.freeze()  # as the daemon does once everything is loaded
    found = {name: {"posts_per_second": float(rate(RulesJudge(compiled, one), given))} for name, one in made.items()}
    found["model"] |= {"loading_seconds": loading, "added_megabytes": memory() - before}
    return found | peer(given)


def peer(given: list[Post]) -> dict[str, dict[str, float]]:
    """scikit-learn's TF-IDF and logistic regression in the same run, where the peers' environment is there (PEERS)."""
    if "PEERS" not in os.environ:
        return {}
    rows = [json.loads(line) for line in (CORPUS / "brand_relevance.jsonl").read_text(encoding="utf-8").splitlines()]
    asked = {
        "texts": [row["text"] for row in rows],
        "labels": [row["label"] for row in rows],
        "posts": [post.text for post in given[:: len(given) // PEER_POSTS]],
    }
    program = [str(Path(os.environ["PEERS"]) / "bin" / "python"), str(ROOT / "bench" / "tfidf.py")]
    alone = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(program, input=json.dumps(asked), capture_output=True, text=True, env=alone, check=True)
    return {"TF-IDF": json.loads(done.stdout)}


def main() -> None:
    """Print a table, or JSON with `--json`."""
    results = measure()
    if "--json" in sys.argv[1:]:
        print(json.dumps(results))
        return
    for case, values in results.items():
        for name, value in values.items():
            print(f"{case:18} {name:18} {value:12,.3f}")


if __name__ == "__main__":
    main()
