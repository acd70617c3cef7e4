"""`airelib what-if`: what given rules would do at one bay of a study."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from geo.words import TimeRule

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("what-if")
@click.option("--data", required=True, type=FOLDER, help="Folder with the files of a study.")
@click.option("--bay", "bay_id", required=True, help="Identifier of the bay.")
@click.option(
    "--rules",
    "rules_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON list of rules in the form of `rules` in bays.geojson; `[]` shares the bay all day.",
)
@click.option("--weights", type=FILE, help="Points per unit; default: those of the product.")
@click.option(
    "--double-park-share",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="Share of refused deliveries that stand in the lane; 1 gives an upper figure.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of all draws.")
@click.option("--out", type=FILE, help="File to write; left out, the answer is printed.")
def what_if(data: Path, bay_id: str, rules_file: Path, out: Path | None, **asked: object) -> None:
    """Say what rules would change at one bay: outcomes now and new with 90 % intervals, gain and its chance."""
    from geo.study.folder import open_study, read_weights_file
    from geo.study.words import Weights
    from geo.whatif.answer import Terms
    from geo.whatif.one_bay import Question, answered

    rules = _rules(rules_file)
    weights = asked["weights"]
    terms = Terms(
        read_weights_file(weights) if isinstance(weights, Path) else Weights(),
        int(str(asked["seed"])),
        float(str(asked["double_park_share"])),
    )
    question = Question(bay_id, rules, terms)
    with open_study(data) as opened:
        text = answered(opened, question).model_dump_json(indent=1)
    if out is None:
        click.echo(text)
        return
    beside = out.with_name(out.name + ".part")
    beside.write_text(text + "\n", encoding="utf-8")
    beside.replace(out)
    click.echo(f"{out}: what {len(rules)} rules would change at bay {bay_id}")


def _rules(path: Path) -> tuple[TimeRule, ...]:
    from geo.errors import InvalidFile
    from geo.rules import read_rules

    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InvalidFile(f"{path}: {error}: wanted a JSON list of rules") from error
    return read_rules(content)
