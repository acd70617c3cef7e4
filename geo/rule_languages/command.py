"""`airelib rules translate`: the rules of a bay from one language to another."""

from __future__ import annotations

from typing import TextIO

import click

from geo.rule_languages.translation import READABLE, RuleLanguage, read_text, write_text


@click.command("translate")
@click.argument("text", required=False)
@click.option(
    "--file",
    "source",
    type=click.File(encoding="utf-8-sig"),
    help="File to read instead of TEXT; - is standard input.",
)
@click.option(
    "--from",
    "given",
    type=click.Choice([language.value for language in READABLE]),
    required=True,
    help="Language of the text.",
)
@click.option(
    "--to",
    "wanted",
    type=click.Choice([language.value for language in RuleLanguage]),
    default=RuleLanguage.OPENING_HOURS.value,
    show_default=True,
    help="Language to write.",
)
def translate(text: str | None, source: TextIO | None, given: str, wanted: str) -> None:
    """Say the rules in TEXT in another language.

    What the rules leave out, such as rates, is told on standard error. A text that is not understood, or a rule
    that the other language has no words for, is refused with the piece named; exits with 2 then.
    """
    said = text if source is None else source.read()
    if said is None or (text is not None and source is not None):
        raise click.UsageError("give either TEXT or --file")
    read = read_text(said, RuleLanguage(given))
    for note in read.notes:
        click.echo(note, err=True)
    click.echo(write_text(read.rules, RuleLanguage(wanted)))
