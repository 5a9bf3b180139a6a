"""Changes in the forms since the last run that filled them, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from pipeline.definitions.messages import number_of
from pipeline.outcome import Outcome
from pipeline.report.ministry_form import FilledForm, FormPlan, form_paths

SHOWN, NAMED = 20, 5  # lines of a form; figures on a line that stands for many


class FormHistory:
    """Compares each filled form with that of the last run: the one for the same date, else for the date
    before.

    Only reads: the results of a run do not depend on earlier ones.
    """

    def __init__(self, forms: Sequence[FormPlan], outcome: Outcome, out: Path) -> None:
        self._outcome = outcome
        self._forms = {path: (plan, ags) for path, plan, ags in form_paths(forms, outcome.rules)}
        self._dates = list(_dates(out, outcome.as_of)) if forms else []
        self._folder = out
        self._then: dict[str, date] = {}
        self._filled: dict[str, FilledForm] = {}

    def before(self, path: str) -> bytes | None:
        """The file of the last run at a path below the folder of results; None without one."""
        for day in self._dates:
            file = self._folder / day.isoformat() / path
            if file.is_file() and not file.is_symlink():
                self._then[path] = day
                return file.read_bytes()
        return None

    def add(self, path: str, filled: FilledForm) -> None:
        """Adds a form that was filled in this run."""
        if filled.names_then is not None:
            self._filled[path] = filled

    def lines(self) -> Iterator[str]:
        """German lines for each form whose names or figures have changed."""
        for plan in {id(p): p for p, _ in self._forms.values()}.values():
            paths = [path for path in self._filled if self._forms[path][0] is plan]
            asked = dict.fromkeys(line for path in paths for line in self._asked(path))
            lines = [*asked, *self._changed(paths)]
            if lines:
                yield self._heading(paths)
                yield from (f"  {line}" for line in lines[:SHOWN])
                if len(lines) > SHOWN:
                    yield f"  … und {len(lines) - SHOWN} weitere."

    def _heading(self, paths: Sequence[str]) -> str:
        name = self._forms[paths[0]][0].name
        then = max(self._then[p] for p in paths)
        if then == self._outcome.as_of:
            return f"{name}: gegenüber dem Formular des letzten Laufs zum {then:%d.%m.%Y} geändert:"
        return f"{name}: gegenüber dem Formular vom {then:%d.%m.%Y} geändert:"

    def _asked(self, path: str) -> Iterator[str]:
        """Names that the form has gained or lost."""
        now, then = set(self._forms[path][0].names), self._filled[path].names_then or frozenset()
        yield from (f"neuer Name: {name}" for name in sorted(now - then))
        yield from (f"Name entfallen: {name}" for name in sorted(then - now))

    def _changed(self, paths: Sequence[str]) -> Iterator[str]:
        """Each changed figure with both values; a line per form where that is too long."""
        found = {path: self._filled[path].differences for path in paths if self._filled[path].differences}
        short = sum(map(len, found.values())) <= SHOWN
        for path, differences in found.items():
            ags = self._forms[path][1]
            who = self._outcome.rules.by_ags[ags].name if ags else ""
            if short:
                before = f"{who}, " if who else ""
                yield from (f"{before}{d.label}: {d.then} → {d.now}" for d in differences)
                continue
            named = ", ".join(d.label for d in differences[:NAMED])
            more = f" und {len(differences) - NAMED} weitere" if len(differences) > NAMED else ""
            count = number_of(len(differences), "Angabe", "Angaben")
            yield f"{who or 'geändert'}, {count}: {named}{more}"


def _dates(out: Path, as_of: date) -> Iterator[date]:
    """Dates of results in ``out`` up to ``as_of``, latest first."""
    found = []
    for folder in out.iterdir() if out.is_dir() else ():
        try:
            found.append(date.fromisoformat(folder.name))
        except ValueError:
            continue
    yield from sorted((d for d in found if d <= as_of), reverse=True)
