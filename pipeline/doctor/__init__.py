"""``kisi doctor``: checks whether everything is in place for the next report.

Changes nothing except recovering from a killed run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from pipeline.disk.working_folder import RECEIVED, RESULTS, TEMPLATES
from pipeline.doctor.copies import check_copies
from pipeline.doctor.doctor_check import DoctorCheck, Urgency, check_lines
from pipeline.doctor.environment import (
    check_cache,
    check_disk,
    check_leftovers,
    check_parts,
    check_versions,
    check_writing,
)
from pipeline.doctor.received import check_coming_deadlines, check_last_report, check_received
from pipeline.doctor.round import (
    check_archive,
    check_later,
    check_newer_round,
    check_round,
    check_withdrawal_use,
)
from pipeline.doctor.rules_and_templates import (
    check_exemption_use,
    check_roster,
    check_rules,
    check_templates,
)
from pipeline.outcome import Outcome
from pipeline.rules import Rules
from pipeline.rules.loading.load import load_rules
from pipeline.rules.loading.yaml_lines import RulesError

__all__ = ["DoctorCheck", "Urgency", "check_lines", "examine"]


def examine(
    folder: Path, rules_folder: Path, as_of: date, look: Callable[[Path, Rules], Outcome | None]
) -> Iterator[DoctorCheck]:
    """Yield all checks of a working folder.

    ``look`` runs the pipeline over the received files and returns None where no file names a planned
    Stichtag.
    """
    yield from check_versions()
    yield check_parts(folder)
    yield check_leftovers(folder)
    yield check_writing(folder / RESULTS)
    yield check_disk(folder / RESULTS, folder / RECEIVED)
    yield from check_cache(folder / RESULTS)
    try:
        rules = load_rules(rules_folder)
    except RulesError as error:
        yield check_rules(rules_folder, error)
        return
    yield check_rules(rules_folder, rules)
    yield check_roster(rules)
    yield from check_exemption_use(rules, as_of)
    yield check_templates(folder / TEMPLATES, rules)
    yield from check_copies(folder, rules)
    outcome = look(folder / RECEIVED, rules) if (folder / RECEIVED).is_dir() else None
    yield check_received(outcome)
    if outcome is not None:
        yield check_round(outcome)
        yield from check_newer_round(rules, outcome, as_of)
        yield from check_later(outcome)
        yield from check_withdrawal_use(outcome)
        yield from check_archive(outcome)
        yield check_last_report(folder / RESULTS, outcome)
    yield check_coming_deadlines(rules.at(as_of), as_of, outcome)
