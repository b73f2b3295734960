"""bridge model: what it is, training, measuring, going back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.output import Exit, complain, lines, say, table
from bridge.cli.shared import Config, Json, file_named, group, loaded, progress_of, stop, wait_for

if TYPE_CHECKING:
    from bridge.judges.examples import Example
    from bridge.judges.measuring import Measure

app = group("The model that labels posts: train it, measure it, look at it, go back to an earlier one.")

Labelled = Annotated[
    Path | None, typer.Option("--data", metavar="FILE", help="Labelled posts: JSON lines with text and label.")
]
Task = Annotated[str, typer.Option("--task", metavar="NAME", help="What is told apart, for example complaint.")]


@app.command()
def train(
    *,
    data: Labelled = None,
    task: Task = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="MODEL", help="Where the trained model goes.")] = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Train a model: on labelled posts in a file, or without --data on what agents taught by their work.

    Example: bridge model train --data complaints.jsonl --task complaint --out complaint.model

    From a file the model learns each text's label; where there is a configuration, also what its rules say of the text.
    From your own store it learns which posts were answered and which were not, and goes live
    only if it is not worse on a part of them that it has not seen. The daemon takes it up within seconds.
    """
    if data is None:
        _from_feedback(config, json=json)
    elif out is None or not task:
        stop(Exit.USAGE, "with --data, say what is learned with --task NAME and where the model goes with --out MODEL")
    else:
        _from_file(data, task, out=out, config=config, json=json)


@app.command()
def evaluate(
    data: Annotated[
        Path, typer.Option("--data", metavar="FILE", help="Labelled posts: JSON lines with text and label.")
    ],
    *,
    model: Annotated[
        Path | None,
        typer.Option("--model", metavar="MODEL", help="A model file; the shipped one where it is left out."),
    ] = None,
    task: Task = "",
    config: Config = None,
    json: Json = False,
) -> None:
    """Measure a model on labelled posts; the task `language` measures the language finder.

    Example: bridge model evaluate --data more-complaints.jsonl --model complaint.model --json
    """
    from bridge.app import modelling
    from bridge.judges.model import load, shipped

    examples = list(_examples(data))
    found = _configured(config)
    if task == modelling.LANGUAGE:
        _show(modelling.languages_evaluated(examples, found), json=json)
        return
    with _explained(model):
        chosen = load(model) if model else shipped()
    with _explained(data):
        _show(modelling.evaluated(examples, chosen, task, found), json=json)


@app.command()
def show(*, config: Config = None, json: Json = False) -> None:
    """Say which models label posts now, what they tell, and how they were made.

    Example: bridge model show
    """
    from bridge.app import labelling

    found, _place = loaded(config)
    models = () if found.bridge.model == "off" else labelling.stack(found)
    rows = [
        {
            "version": one.version,
            "tasks": [head.task for head in one.heads],
            "rules": one.asks_rules,
            "about": one.about,
        }
        for one in models
    ]
    if json:
        lines(rows)
    elif not rows:
        say("the model is switched off: posts get no labels")
    else:
        told = ((row["version"], row["tasks"], row["rules"], _about(row["about"])) for row in rows)
        table("Models, later ones over earlier ones", ("version", "trained for", "asks the rules", "made from"), told)


@app.command()
def rollback(*, config: Config = None) -> None:
    """Let the model before judge again; the shipped one where there was none.

    Example: bridge model rollback

    The daemon takes it up within seconds. Exit 1 where there is nothing to go back from.
    """
    from bridge.app import labelling

    found, _place = loaded(config)
    with _explained(labelling.models(found)):
        live = labelling.roll_back(labelling.models(found))
    if live is None:
        stop(Exit.NOT_FINE, "only the shipped model is in use: there is nothing to go back from")
    say(f"model {live.version} judges again" if live.version else "the shipped model judges alone again")


def _from_file(data: Path, task: str, *, out: Path, config: Path | None, json: bool) -> None:
    from bridge.app import modelling
    from bridge.judges import modelfile

    with _explained(data), progress_of("Training") as progress:
        made = modelling.trained(_examples(data), task, _configured(config), progress=progress)
    with _explained(out):
        modelfile.write(out, made.content)
    if json:
        lines([{"model": made.version, "task": task, "rows": made.rows, "out": str(out)}])
    else:
        say(f"model {made.version} learned {task} from {made.rows} posts: {out}")


def _from_feedback(config: Path | None, *, json: bool) -> None:
    from bridge.app import labelling, modelling
    from bridge.judges.modelfile import UnusableModel
    from bridge.judges.training import TooLittle

    found, _place = loaded(config)
    try:
        with progress_of("Training") as progress:
            came = wait_for(modelling.learned(found, progress=progress))
    except TooLittle as problem:
        stop(Exit.NOT_FINE, str(problem))
    except UnusableModel as problem:
        stop(Exit.NOT_FINE, f"{labelling.models(found)}: {problem}")
    if json:
        lines([came])
    else:
        what = (
            f"model {came.version} goes live; a daemon that runs takes it up within seconds"
            if came.version
            else "the new model is worse and was put away"
        )
        say(
            f"{what}: macro F1 {came.after.macro_f1:.3f}, before {came.before.macro_f1:.3f}, on {came.held_back} held-back posts"
        )
    if not came.version:
        raise typer.Exit(Exit.NOT_FINE)


def _configured(config: Path | None) -> Any:
    """The configuration that was named or stands at its usual place; None where there is none."""
    from bridge.app.place import place

    if config is None and not (place(None).configuration / "bridge.toml").is_file():
        return None
    return loaded(config)[0]


def _examples(data: Path) -> "Iterator[Example]":
    """The file's examples; a line that is none ends the command."""
    from bridge.judges.examples import examples

    with _explained(data), data.open("rb") as file:
        yield from examples(file)


@contextmanager
def _explained(what: Path | None) -> Iterator[None]:
    """Problems with a file that a person named, in one line."""
    from bridge.app.modelling import UnknownTask
    from bridge.judges.examples import UnusableExamples
    from bridge.judges.modelfile import UnusableModel
    from bridge.judges.training import TooLittle

    try:
        with file_named(what):
            yield
    except (UnusableModel, UnusableExamples, UnknownTask, TooLittle) as problem:
        stop(Exit.NOT_FINE, f"{what}: {problem}")


def _show(measure: "Measure", *, json: bool) -> None:
    if json:
        lines([measure])
        return
    if not measure.rows:
        complain("there are no posts in the file")
    say(
        f"{measure.task} on {measure.rows} posts: accuracy {measure.accuracy:.3f}, macro F1 {measure.macro_f1:.3f}, "
        f"calibration error {measure.calibration_error:.3f}"
    )
    shown = (
        (name, one.rows, *(f"{value:.3f}" for value in (one.precision, one.recall, one.f1)))
        for name, one in measure.classes.items()
    )
    table("Classes", ("class", "posts", "precision", "recall", "F1"), shown)


def _about(about: Any) -> str:
    return ", ".join(sorted(about["sources"])) if "sources" in about else f"{about.get('rows', '')} posts"
