"""The commands that a form may start, with checked arguments.

Nothing of a form reaches a command line but dates, keys of the roster, numbers of requirements, names of
files that are there, and switches.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath

from pipeline.desk.place import MADE, Place
from pipeline.desk.posted_form import PostedForm
from pipeline.disk.working_folder import COPIES, RECEIVED, RESULTS, RULES

_NUMBER = re.compile(r"(MS|[ZN])\d\.\d[a-z]?")
_AGS = re.compile(r"\d{8}")


class Unclear(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """What of an order cannot be done, in German."""


@dataclass(frozen=True)
class Order:
    """``done``: the view to look at afterwards."""

    title: str
    arguments: tuple[str, ...]
    done: str = "bericht"


Maker = Callable[[PostedForm, Place], Order]


def _day(form: PostedForm, field: str = "as_of") -> tuple[str, ...]:
    """``--as-of DATE``; nothing where the program shall choose."""
    text = form.get(field)
    if not text:
        return ()
    try:
        return ("--as-of", date.fromisoformat(text).isoformat())
    except ValueError:
        raise Unclear("Das Datum ist keines. Schreiben Sie es als JJJJ-MM-TT.") from None


def _report(form: PostedForm, place: Place) -> Order:
    switches = [s for s in ("--no-rows", "--no-feedback") if form.get(s.strip("-"))]
    switches += _forms(form, place)
    return Order("Bericht schreiben", ("report", RECEIVED, *_day(form), *switches))


def _forms(form: PostedForm, place: Place) -> list[str]:
    """The forms of the ministry that are chosen, of those that are there."""
    chosen = (name for name in place.forms() if form.get(f"form:{name}"))
    return [word for name in chosen for word in ("--form", name)]


def _written(form: PostedForm, place: Place, field: str) -> str:
    day = form.get(field)
    if day not in place.reports():
        raise Unclear("Diesen Bericht gibt es nicht.")
    return day


def _verify(form: PostedForm, place: Place) -> Order:
    if (package := form.get("package")) in place.packages():
        return Order("Archiv nachrechnen", ("verify", package))
    day = _written(form, place, "report")
    report = f"{RESULTS}/{day}/KISI_Bericht_{day}.xlsx"
    return Order("Bericht nachrechnen", ("verify", report, RECEIVED))


def _compare(form: PostedForm, place: Place) -> Order:
    old, new = (f"{RESULTS}/{_written(form, place, f)}" for f in ("old", "new"))
    return Order("Zwei Berichte vergleichen", ("compare", old, new))


def _pack(form: PostedForm, place: Place) -> Order:
    return Order(
        "Archiv packen",
        ("pack", f"{RESULTS}/{_written(form, place, 'report')}", RECEIVED, *_forms(form, place)),
    )


def _sample(form: PostedForm, place: Place) -> Order:
    seed = form.get("seed")
    if not re.fullmatch(r"[\w .,:-]{1,100}", seed) or seed.startswith("-"):
        raise Unclear("Geben Sie einen Text für die Auswahl an, etwa das Datum der Prüfung.")
    return Order("Stichprobe ziehen", ("sample", RECEIVED, "--seed", seed, *_day(form)))


def _explain(form: PostedForm, place: Place) -> Order:
    nr, ags = form.get("nr"), form.get("ags")
    if not _NUMBER.fullmatch(nr) or not _AGS.fullmatch(ags):
        raise Unclear("Nennen Sie eine Nummer wie Z1.2 oder MS1.2b.")
    arguments = ("explain", nr, "--commune", ags, RECEIVED, *_day(form))
    return Order(f"{nr} erklären", arguments, f"runde/{ags}")


def _mail(occasion: str, title: str) -> Maker:
    def make(form: PostedForm, place: Place) -> Order:
        every = ("--all",) if form.get("all") else ()
        return Order(title, ("mail", occasion, RECEIVED, *_day(form), *every), "versand")

    return make


def _plain(title: str, *arguments: str, done: str) -> Maker:
    return lambda form, place: Order(title, arguments, done)


def _template(form: PostedForm, place: Place) -> Order:
    own = ("--roster", f"{RULES}/kommunen.csv", "--out", COPIES) if form.get("own") else ()
    return Order("Vorlagen schreiben", ("template", *own), "vorlagen")


ORDERS: dict[str, Maker] = {
    "report": _report,
    "verify": _verify,
    "compare": _compare,
    "pack": _pack,
    "sample": _sample,
    "explain": _explain,
    "check": _plain("Mappen prüfen", "check", RECEIVED, done="eingang"),
    "doctor": _plain("Ist alles bereit?", "doctor", ".", done="runde"),
    "rules": _plain("Regeln prüfen", "rules", done="regeln"),
    "feedback": _mail("feedback", "Rückmeldungen entwerfen"),
    "reminder": _mail("reminder", "Erinnerungen entwerfen"),
    "templates": _mail("templates", "Vorlagen versenden"),
    "template": _template,
}


# --- of workbooks that were handed in with the form ---


def _new_folder() -> str:
    return f"{MADE}/{datetime.now().astimezone():%Y-%m-%d_%H-%M-%S}"


def migrate_order(files: list[str], form: PostedForm) -> Order:
    """One workbook becomes one, several a folder of them; two with one name are refused by the command."""
    out = _new_folder() + (f"/{PurePosixPath(files[0]).name}" if len(files) == 1 else "")
    return Order("Mappen übertragen", ("migrate", *files, "--out", out), "vorlagen")


def merge_order(files: list[str], form: PostedForm) -> Order:
    one, other = files
    out = f"{_new_folder()}/{PurePosixPath(one).stem}_zusammen.xlsx"
    switch = ("--renumber",) if form.get("renumber") else ()
    return Order("Zwei Mappen zusammenführen", ("merge", one, other, "--out", out, *switch), "vorlagen")


def read_sample_order(files: list[str], form: PostedForm) -> Order:
    return Order("Stichprobe auswerten", ("sample", "--read", files[0]))
