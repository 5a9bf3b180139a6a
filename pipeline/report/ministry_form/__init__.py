"""Fills forms of the ministry with figures of the report; everything else in them stays unchanged.

A form is a workbook whose cells carry names, or a Word document whose content controls carry tags
(``KISI_Z1.2.value``, ``KISI_MS1.1.counts.reached``). Everything is checked before anything is written:
``plan_form`` finds all problems, ``fill_forms`` changes the parts of the places alone. A form that names a
municipality, or means the project only, is filled once; any other once per municipality of the roster.
Contract: results.md, ``formulare/``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from pipeline.definitions.spelling import for_file_name
from pipeline.engine.engine import Engine
from pipeline.engine.workers import in_lists
from pipeline.feedback import UNUSUAL
from pipeline.outcome import Outcome
from pipeline.reading.package import Refused, open_parts
from pipeline.report.ministry_form.figure_values import FigureValue, value_of
from pipeline.report.ministry_form.plan import FormError, FormPlan, kind_of
from pipeline.report.ministry_form.refusals import refuse_other_content, refuse_other_kinds, refused_text
from pipeline.rules import Rules
from pipeline.xlsx.package import Package

__all__ = [
    "FORMS_FOLDER",
    "UNREADABLE",
    "FillTask",
    "FilledForm",
    "FormError",
    "FormPlan",
    "check_together",
    "fill_batch",
    "fill_form",
    "fill_forms",
    "form_paths",
    "plan_each",
    "plan_form",
]

FORMS_FOLDER = "formulare"
BATCH = 20
OURS = "kisi_bericht"  # so the summary workbook is called
UNREADABLE = "Die Datei ist beschädigt oder ungewöhnlich aufgebaut und wird nicht gelesen."


def plan_form(name: str, data: bytes, rules: Rules) -> FormPlan:
    """Finds every place of a form. Raises FormError with all problems when one of them cannot be filled.

    ``name``: file name; a form that is filled once is written under it.
    """
    refuse_other_kinds(name)
    if name.lower().startswith(OURS):
        raise FormError([f"Der Dateiname darf nicht mit „{OURS}“ beginnen."])
    try:
        open_parts(data)
        package = Package(data)
        refuse_other_content(name, package)
        plan = _format(kind_of(name)).plan(name, data, rules)
        _format(plan.kind).fill(
            plan, ["x"] * len(plan.asked)
        )  # what cannot be filled is reported before anything else
    except Refused as refused:
        raise FormError([refused_text(name, refused.finding.rule, refused.finding.message)]) from None
    except UNUSUAL:
        raise FormError([UNREADABLE]) from None
    return plan


def plan_each(rules: Rules, batch: Sequence[tuple[str, bytes]]) -> list[FormPlan | list[str]]:
    """For a child process: the plan of each form, or its problems."""
    done: list[FormPlan | list[str]] = []
    for name, data in batch:
        try:
            done.append(plan_form(name, data, rules))
        except FormError as error:
            done.append(error.problems)
    return done


@dataclass(frozen=True)
class _Kind:
    """Functions for one kind of form (workbook or document)."""

    plan: Callable[[str, bytes, Rules], FormPlan]
    fill: Callable[[FormPlan, Sequence[FigureValue]], bytes]
    texts: Callable[[FormPlan, bytes], dict[str, str]]
    names: Callable[[bytes], set[str]]


def _format(kind: str) -> _Kind:
    """The functions for ``xlsx`` or ``docx``; they load openpyxl, which a report without forms does without."""
    if kind == "xlsx":
        from pipeline.report.ministry_form import fill_workbook as xlsx  # noqa: PLC0415

        return _Kind(xlsx.plan_workbook, xlsx.fill_workbook, xlsx.workbook_texts, xlsx.workbook_names)
    from pipeline.report.ministry_form import fill_document as docx  # noqa: PLC0415

    return _Kind(docx.plan_document, docx.fill_document, docx.document_texts, docx.document_names)


# --- filling ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FillTask:
    """A form with the values of its places; ``before``: the file that was written in the last run."""

    plan: FormPlan
    values: tuple[FigureValue, ...]
    before: bytes | None = None


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    """A figure whose text differs from the last run."""

    label: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A filled form and how it differs from the last run.

    ``names_then``: names that the form asked for then; None where there was none to read.
    """

    data: bytes
    names_then: frozenset[str] | None = None
    differences: tuple[ChangedFigure, ...] = ()


def fill_batch(batch: Sequence[FillTask]) -> list[FilledForm | None]:
    """For a child process: each form with its values filled in."""
    return [_filled(task) for task in batch]


def _filled(task: FillTask) -> FilledForm:
    kind = _format(task.plan.kind)
    data = kind.fill(task.plan, task.values)
    if task.before is None:
        return FilledForm(data)
    try:
        open_parts(task.before)
        refuse_other_content(task.plan.name, Package(task.before))
        names, then = kind.names(task.before), kind.texts(task.plan, task.before)
    except (FormError, Refused, *UNUSUAL):  # somebody has put something else in its place
        return FilledForm(data)
    now = kind.texts(task.plan, data)
    differing = (ChangedFigure(label, then[label], now[label]) for label in now if label in then)
    return FilledForm(data, frozenset(names), tuple(d for d in differing if d.then != d.now))


def form_paths(plans: Sequence[FormPlan], rules: Rules) -> Iterator[tuple[str, FormPlan, str | None]]:
    """(path below the folder of results, form, AGS or None) of every filled form.

    A form for the project keeps its name. One per municipality is called ``06440004_Buedingen.xlsx`` in
    ``formulare``; with several of one kind the form's own name follows.
    """
    several = [p.kind for p in plans if p.for_each]
    for plan in plans:
        if not plan.for_each:
            yield plan.name, plan, None
            continue
        own = for_file_name(plan.name[: -len(plan.kind) - 1])
        more = f"_{own}" if several.count(plan.kind) > 1 else ""
        for member in rules.roster:
            name = f"{member.ags}_{for_file_name(member.name)}{more}.{plan.kind}"
            yield f"{FORMS_FOLDER}/{name}", plan, member.ags


def check_together(plans: Sequence[FormPlan], rules: Rules) -> None:
    """Raises FormError where two forms would be written under one name."""
    paths = [path.lower() for path, _, _ in form_paths(plans, rules)]
    if len(set(paths)) < len(paths):
        raise FormError(["Zwei Formulare heißen gleich; geben Sie ihnen verschiedene Namen."])


def fill_forms(
    plans: Sequence[FormPlan],
    outcome: Outcome,
    engine: Engine | None = None,
    before: Callable[[str], bytes | None] = lambda _: None,
) -> Iterator[tuple[str, FilledForm]]:
    """(path below the folder of results, filled form) of everything that is filled.

    ``engine`` does the work, without one this process. ``before``: the file at a path in the last run, if
    any. Raises FormError for a form that ended the process which filled it.
    """
    wanted = list(form_paths(plans, outcome.rules))
    tasks = (_task(plan, outcome, ags, before(path)) for path, plan, ags in wanted)
    work = engine.each(fill_batch, lambda _: None) if engine else partial(map, fill_batch)
    filled = chain.from_iterable(work(in_lists(tasks, BATCH)))
    for (path, plan, _), one in zip(wanted, filled, strict=True):
        if one is None:
            raise FormError([f"{plan.name}: {UNREADABLE}"])
        yield path, one


def fill_form(plan: FormPlan, outcome: Outcome, ags: str | None = None) -> bytes:
    """One filled form: for a municipality, or for the project."""
    return _filled(_task(plan, outcome, ags)).data


def _task(plan: FormPlan, outcome: Outcome, ags: str | None, before: bytes | None = None) -> FillTask:
    values = tuple(value_of(one.name, outcome, ags) if one else None for one in plan.asked)
    return FillTask(plan, values, before)
