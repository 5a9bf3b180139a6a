"""Checks the machine and the working folder: versions, folders, write permission, space, remains of killed
runs.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.disk.publish import is_interrupted, output_lock, recover_interrupted_run
from pipeline.disk.unwritable import CannotWrite
from pipeline.disk.working_folder import RECEIVED, RESULTS, RULES, TEMPLATES
from pipeline.doctor.doctor_check import DoctorCheck, Urgency
from pipeline.engine.cache import CACHE_FILE
from pipeline.reading.containers.source import path_of
from pipeline.report.manifest import LIBRARIES, versions
from pipeline.submissions import receive

_GIGABYTE = 10**9
_LEAST_FREE = _GIGABYTE // 2
_COPIES = 5  # a report holds copies and rows of what was received, beside the old one until it is exchanged


def check_versions() -> Iterator[DoctorCheck]:
    """Versions of program and libraries."""
    found = versions()
    program = f"kisi {found['kisi']}, Vorlage {found['template']}"
    yield DoctorCheck(Urgency.GOOD, "Programm", f"{program}, Python {found['python']} ({platform.system()})")
    yield DoctorCheck(Urgency.GOOD, "Bibliotheken", ", ".join(f"{name} {found[name]}" for name in LIBRARIES))


def check_parts(folder: Path) -> DoctorCheck:
    missing = [name for name in (RULES, RECEIVED, RESULTS) if not (folder / name).is_dir()]
    if not missing:
        return DoctorCheck(Urgency.GOOD, "Arbeitsordner", f"{folder} mit {RULES}, {RECEIVED} und {RESULTS}")
    what = f"In {folder} fehlt: {', '.join(missing)}."
    return DoctorCheck(Urgency.FAULT, "Arbeitsordner", what, f"kisi init {folder} legt an, was fehlt.")


def check_leftovers(folder: Path) -> DoctorCheck:
    """Recovers what killed runs have left in the folders that commands write to."""
    places = [folder, *(folder / name for name in (RESULTS, TEMPLATES, RECEIVED))]
    found = [place for place in places if is_interrupted(place)]
    for place in found:
        recover_interrupted_run(place)
    still = ", ".join(str(place) for place in found if is_interrupted(place))
    if still:
        remedy = "Warten Sie, bis der Lauf fertig ist. Läuft keiner, starten Sie kisi doctor noch einmal."
        return DoctorCheck(Urgency.TODO, "Abgebrochene Läufe", f"Unfertiges in {still}.", remedy)
    if found:
        return DoctorCheck(
            Urgency.GOOD, "Abgebrochene Läufe", "Ein Lauf war abgebrochen; der Rest ist aufgeräumt."
        )
    return DoctorCheck(Urgency.GOOD, "Abgebrochene Läufe", "kein Rest")


def check_writing(results: Path) -> DoctorCheck:
    if not results.is_dir():
        return DoctorCheck(Urgency.INFO, "Schreibrecht", f"nicht geprüft, denn {results} gibt es nicht")
    try:
        with output_lock(results):
            return DoctorCheck(Urgency.GOOD, "Schreibrecht", f"{results} ist beschreibbar")
    except CannotWrite as error:
        return DoctorCheck(
            Urgency.FAULT, "Schreibrecht", str(error), "Ohne Schreibrecht entsteht kein Bericht."
        )


def check_disk(results: Path, received: Path) -> DoctorCheck:
    place = next(p for p in (results, *results.absolute().parents) if p.exists())
    free = shutil.disk_usage(place).free
    files = {path_of(source) for _, source in receive(received).files} if received.is_dir() else ()
    size = sum(path.stat().st_size for path in files)
    wanted = max(_LEAST_FREE, _COPIES * size)
    text = f"{_gigabytes(free)} frei"
    if free >= wanted:
        return DoctorCheck(Urgency.GOOD, "Speicherplatz", text)
    return DoctorCheck(
        Urgency.TODO, "Speicherplatz", text, f"Schaffen Sie Platz: {_gigabytes(wanted)} sollten es sein."
    )


def check_cache(results: Path) -> Iterator[DoctorCheck]:
    """Yield where the cache of results lies and its size, as it holds data from the workbooks."""
    cache = results / CACHE_FILE
    if cache.exists():
        text = f"{cache} ({_gigabytes(cache.stat().st_size)}) enthält Daten aus den Mappen; Löschen schadet nicht"
        yield DoctorCheck(Urgency.INFO, "Zwischenspeicher", text)


def _gigabytes(size: int) -> str:
    if size < _GIGABYTE // 10:
        return f"{size / 10**6:.1f} MB".replace(".", ",")
    return f"{size / _GIGABYTE:.1f} GB".replace(".", ",")
