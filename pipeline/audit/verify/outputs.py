"""Recomputes every file beside a report: page, results, rows, annotated copies and letters, drafts, forms.

Equal bytes need no further look, else the content is compared; files that could not be recomputed are listed.
Folders that are missing were not handed on and are no difference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from pipeline.audit.verify.documents import SAME, FileComparison, FilePair
from pipeline.audit.verify.drafts import compare_drafts, drafts_anew, lying_drafts
from pipeline.disk.publish import MANIFEST
from pipeline.dispatch.mail_text import WordingError
from pipeline.dispatch.write_drafts import DISPATCH_FOLDER, LIST
from pipeline.engine.engine import Engine
from pipeline.outcome import Outcome
from pipeline.report.ergebnis import ERGEBNIS, ergebnis_text
from pipeline.report.feedback_files import FEEDBACK_FOLDER, files_back, letter_contexts, made_copies
from pipeline.report.feedback_places import feedback_places
from pipeline.report.html import OVERVIEW_FILE, overview_html
from pipeline.report.ministry_form import FORMS_FOLDER, FormError, FormPlan, fill_forms
from pipeline.report.row_files import DATA_FOLDER, write_data
from pipeline.report.validation import VALIDATION_FILE, validation_text
from pipeline.report.write import report_file

NamedFiles = Iterator[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Workers:
    """Run in child processes what might crash or hang.

    ``compare``: two files whose bytes differ; ``plan``: examines a form (both None where the child died or
    the file cannot be used). ``engine`` makes annotated copies and fills forms, without one this process.
    """

    compare: Callable[[FilePair], FileComparison | None]
    plan: Callable[[str, bytes], FormPlan | None]
    engine: Engine | None = None


@dataclass(slots=True)
class Outputs:
    """German lines on what was found, and which files were recomputed."""

    differences: list[str] = field(default_factory=list)
    uncompared: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    recomputed: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class ResultFolder:
    """The folder of results, the outputs and forms in its manifest, and folders where an empty form may be."""

    folder: Path
    outputs: Mapping[str, str]
    forms: Mapping[str, str]
    near: tuple[Path, ...] = ()
    rules_folder: Path | None = None


def compare_outputs(beside: ResultFolder, outcome: Outcome, workers: Workers) -> Outputs:
    """Compares everything in the folder of results but the report itself and the manifest."""
    found = Outputs()
    families: list[tuple[str, Callable[[], NamedFiles]]] = [
        (ERGEBNIS, lambda: _ergebnis(outcome)),
        (VALIDATION_FILE, lambda: _validation(outcome)),
        (OVERVIEW_FILE, lambda: _overview(outcome)),
        (DATA_FOLDER, lambda: _rows(outcome)),
        (FEEDBACK_FOLDER, lambda: _feedback(outcome, workers.engine)),
    ]
    for top, make in families:
        if (beside.folder / top).exists():
            _compare_family(top, make(), beside, workers, found)
    _forms(beside, outcome, workers, found)
    _mails(beside, outcome, workers, found)
    known = {report_file(outcome.as_of), MANIFEST}
    for name in sorted(beside.outputs.keys() - found.recomputed - known):
        if (beside.folder / name).is_file() and PurePosixPath(name).parts[0] != DISPATCH_FOLDER:
            found.uncompared.append(f"{name}: nur die Prüfsumme ist verglichen.")
    return found


def _compare_family(
    top: str, made: NamedFiles, beside: ResultFolder, workers: Workers, found: Outputs
) -> None:
    same: list[str] = []
    for name, computed in made:
        found.recomputed.add(name)
        path = beside.folder / name
        if not path.is_file():
            if name not in beside.outputs:  # else the manifest names it
                found.differences.append(f"{name}: fehlt.")
        elif (given := path.read_bytes()) != computed:
            answer = workers.compare(FilePair(name, given, computed))
            if answer is None:
                found.differences.append(
                    f"{name}: lässt sich nicht lesen, der Inhalt ist nicht der nachgerechnete."
                )
            elif answer.lines:
                found.differences += answer.lines
            else:
                same.append(name)
    if same:
        more = f" und {len(same) - 1} weitere" if len(same) > 1 else ""
        found.notes.append(f"{same[0]}{more}: {SAME}.")
    if (beside.folder / top).is_dir():
        strange = sorted(
            n for n in beside.outputs if PurePosixPath(n).parts[:1] == (top,) and n not in found.recomputed
        )
        found.differences += (
            f"{n}: gehört nicht zum Bericht." for n in strange if (beside.folder / n).is_file()
        )
        found.recomputed |= set(strange)


# --- what the files should be ---------------------------------------------------------------------------


def _ergebnis(outcome: Outcome) -> NamedFiles:
    yield ERGEBNIS, ergebnis_text(outcome).encode()


def _validation(outcome: Outcome) -> NamedFiles:
    yield VALIDATION_FILE, validation_text(outcome).encode()


def _overview(outcome: Outcome) -> NamedFiles:
    yield OVERVIEW_FILE, overview_html(outcome).encode()


def _rows(outcome: Outcome) -> NamedFiles:
    """The tables of rows, written to a temporary folder."""
    with TemporaryDirectory() as work:
        folder = Path(work) / DATA_FOLDER
        write_data(outcome, folder)
        for path in sorted(folder.iterdir()):
            yield f"{DATA_FOLDER}/{path.name}", path.read_bytes()


def _feedback(outcome: Outcome, engine: Engine | None) -> NamedFiles:
    files = files_back(outcome)
    back = [s for s, _ in files]
    places = feedback_places(s.workbook.file for s in back)
    made = made_copies(files, outcome.rules, letter_contexts(back, outcome), engine)
    for submission, (copy, letter) in zip(back, made, strict=True):
        place = places[submission.workbook.file]
        if copy is not None:
            yield f"{FEEDBACK_FOLDER}/{place.copy}", copy
        yield f"{FEEDBACK_FOLDER}/{place.letter}", letter.encode("utf-8", "surrogatepass")


def _mails(beside: ResultFolder, outcome: Outcome, workers: Workers, found: Outputs) -> None:
    """Compares the drafts, which the manifest does not list."""
    names = lying_drafts(beside.folder)
    if not names:
        return
    if beside.rules_folder is None:
        found.notes.append(f"{DISPATCH_FOLDER}: Die Entwürfe sind nicht verglichen.")
        return

    def compare(name: str, given: bytes, computed: bytes) -> list[str]:
        answer = workers.compare(FilePair(name, given, computed))
        return list(answer.lines) if answer else [f"{name}: lässt sich nicht lesen."]

    try:
        anew = drafts_anew(names, outcome, beside.rules_folder, workers.engine)
        found.differences += compare_drafts(beside.folder, names, anew, compare)
    except WordingError as error:
        found.uncompared.append(f"{DISPATCH_FOLDER}: Die Entwürfe sind nicht nachgerechnet. {error}")
    found.notes.append(
        f"{DISPATCH_FOLDER}: Die Entwürfe sind nachgerechnet, die Liste der Empfänger ({LIST}) nicht; sie hängt davon ab, "
        "was früher entworfen wurde."
    )


# --- forms ----------------------------------------------------------------------------------------------


def _forms(beside: ResultFolder, outcome: Outcome, workers: Workers, found: Outputs) -> None:
    """Fills the forms again, from empty ones that are found by name and SHA-256."""
    plans: list[FormPlan] = []
    for name, sha256 in sorted(beside.forms.items()):
        data = find_by_hash(name, sha256, beside.near)
        plan = workers.plan(name, data) if data is not None else None
        if plan is not None:
            plans.append(plan)
        else:
            found.uncompared.append(
                f"Formular {name}: Das leere Formular von damals liegt nicht bei Mappen, Regeln oder Bericht; was daraus "
                "ausgefüllt wurde, ist nur nach der Prüfsumme verglichen."
            )
    complete = len(plans) == len(beside.forms)
    try:
        made = [(name, filled.data) for name, filled in fill_forms(plans, outcome, workers.engine)]
    except FormError as error:
        found.uncompared += (f"Formular nicht ausgefüllt: {problem}" for problem in error.problems)
        return
    for name, data in made:
        _compare_family(name, iter([(name, data)]), beside, workers, found)
    if complete and beside.forms:
        strange = [
            n
            for n in beside.outputs
            if PurePosixPath(n).parts[:1] == (FORMS_FOLDER,) and n not in found.recomputed
        ]
        found.differences += (
            f"{n}: gehört nicht zum Bericht." for n in sorted(strange) if (beside.folder / n).is_file()
        )
        found.recomputed |= set(strange)
    elif beside.forms:  # reported above, once for all that a form became
        found.recomputed |= {n for n in beside.outputs if _of_a_form(n, beside.forms)}


def _of_a_form(name: str, forms: Mapping[str, str]) -> bool:
    return name in forms or PurePosixPath(name).parts[:1] == (FORMS_FOLDER,)


def find_by_hash(name: str, sha256: str, near: Sequence[Path]) -> bytes | None:
    """A file of that name and content in one of the folders or one level below, None if there is none."""
    if PurePosixPath(name).name != name:
        return None
    for folder in near:
        for path in (folder / name, *sorted(folder.glob("*/"))):
            file = path if path.name == name else path / name
            try:
                data = file.read_bytes() if file.is_file() else b""
            except OSError:
                continue
            if hashlib.sha256(data).hexdigest() == sha256:
                return data
    return None
