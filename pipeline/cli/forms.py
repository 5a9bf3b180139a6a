"""Forms on the command line: form-fields, and what ``report`` and ``demo`` need for --form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import (
    RULES_OR_BUNDLED_OPTION,
    CommandError,
    Location,
    readable,
    rules_in,
    say,
    tell,
    writing,
)
from pipeline.cli.engine_options import protected

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.report.ministry_form import FormPlan
    from pipeline.report.ministry_form.catalogue import FormField
    from pipeline.rules import Rules


@click.command("form-fields")
@click.argument("number", required=False, metavar="[NR]")
@click.option(
    "--out",
    "table",
    type=Location(dir_okay=False),
    metavar="TABELLE",
    help="Schreibt die Liste als Tabelle: Datei mit der Endung .xlsx oder .csv.",
)
@click.option(
    "--samples",
    type=Location(file_okay=False),
    metavar="ORDNER",
    help="Schreibt die erfundenen Muster-Formulare in diesen Ordner.",
)
@RULES_OR_BUNDLED_OPTION
def form_fields(
    number: str | None, table: Path | None, samples: Path | None, rules_folder: Path | None
) -> None:
    """Nennt alle Namen, die ein Formular tragen kann.

    NR zeigt nur eine Anforderung, zum Beispiel Z1.2, MS1.1 oder N3.1. In Excel benennt der Name eine Zelle
    (Formeln → Namens-Manager), in Word ist er das Tag eines Inhaltssteuerelements.
    """
    from pipeline.disk.working_folder import RULES, own_or_bundled
    from pipeline.report.ministry_form import catalogue

    fields = list(catalogue.form_fields(rules_in(rules_folder or own_or_bundled(RULES))))
    if number is not None:
        fields = [f for f in fields if f.about.partition(" ")[0].upper().startswith(number.upper())]
        if not fields:
            raise CommandError(
                f"Eine Anforderung „{number}“ gibt es nicht. Nummern sehen so aus: Z1.2, MS1.1, N3.1."
            )
    if samples is not None:
        _write_samples(samples)
    if table is not None:
        _write_table(table, fields)
    if samples is None and table is None:
        say(_lines(fields))


def _lines(fields: Sequence[FormField]) -> Iterator[str]:
    """Each name with its kind, example and meaning, below the requirement that it is about."""
    yield "Name, Art, Beispiel, Bedeutung. Vor Angaben einer Kommune kann der AGS stehen: KISI_06440004.Z1.2.value."
    yield "Ohne AGS meinen sie im Formular einer Kommune diese, sonst das Projekt; KISI_project.… immer das Projekt."
    about: str | None = None
    width = max(len(f.written) for f in fields)
    for field in fields:
        if field.about != about:
            about = field.about
            yield from ("", about or "Allgemein")
        yield f"  {field.written:{width}}  {field.kind:7}  {_short(field.example):20}  {field.meaning} [{field.scope}]"


def _short(text: str) -> str:
    return text if len(text) <= 20 else text[:19] + "…"


def _write_samples(folder: Path) -> None:
    from pipeline.disk.publish import publish_files
    from pipeline.disk.working_folder import DOCS, bundled
    from pipeline.template.guides import samples

    with writing(folder):
        written = publish_files(folder, samples(bundled(DOCS)))
    say(f"geschrieben: {path}" for path in written)


def _write_table(file: Path, fields: Iterable[FormField]) -> None:
    from pipeline.disk.publish import publish_files
    from pipeline.report.ministry_form.catalogue_table import TABLE_WRITERS

    write = TABLE_WRITERS.get(file.suffix.lower())
    if write is None:
        raise CommandError(f"{file.name}: Die Datei muss auf .xlsx oder .csv enden.")
    with writing(file.parent):
        publish_files(file.parent, [(file.name, write(fields))])
    tell(f"geschrieben: {file}")


# --- for report and demo ------------------------------------------------------------------------------


def form_plans(files: Sequence[Path], rules: Rules, jobs: int | None) -> list[FormPlan]:
    """The plans of the forms; CommandError before anything is computed if one cannot be filled."""
    from pipeline.report.ministry_form import UNREADABLE, FormError, check_together, plan_each

    plans = []
    for file in files:
        with readable():
            data = file.read_bytes()
        plan = protected(partial(plan_each, rules), (file.name, data), jobs)
        if plan is None or isinstance(plan, list):
            raise not_filled(f"Das Formular {file.name} kann", plan or [UNREADABLE])
        plans.append(plan)
    try:
        check_together(plans, rules)
    except FormError as error:
        raise not_filled("Die Formulare können", error.problems) from None
    return plans


def sample_plans(rules: Rules, jobs: int | None, folder: Path) -> list[FormPlan]:
    """Plans of the sample forms, written into ``folder``; none under rules that lack their figures."""
    from pipeline.disk.publish import publish_files
    from pipeline.disk.working_folder import DOCS, bundled
    from pipeline.template.guides import samples

    try:
        return form_plans(publish_files(folder, samples(bundled(DOCS))), rules, jobs)
    except CommandError:
        return []


def not_filled(what: str, problems: Sequence[str]) -> CommandError:
    """The error for forms, with all problems; ``what`` names them with "kann" or "können"."""
    text = "\n".join(f"  {p}" for p in problems)
    return CommandError(f"{what} nicht ausgefüllt werden:\n{text}")


def filled_form_lines(forms: Sequence[FormPlan], target: Path) -> Iterator[str]:
    """Where the filled forms are, and how often each was filled."""
    from pipeline.report.ministry_form import FORMS_FOLDER

    for form in forms:
        if form.for_each:
            yield f"{form.name}, ausgefüllt für jede Kommune: {target / FORMS_FOLDER}"
        else:
            yield f"Formular: {target / form.name}"
