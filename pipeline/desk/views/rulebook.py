"""Regeln: each requirement with wording and source, exemptions, withdrawals, and the files to edit."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from pipeline.definitions.messages import german_date
from pipeline.desk.desk_context import DeskContext
from pipeline.desk.page import Page
from pipeline.desk.place import Place
from pipeline.disk.working_folder import MAIL_TEXTS, RULES
from pipeline.rules import Rules
from pipeline.rules.loading.load import load_rules
from pipeline.rules.loading.yaml_lines import RulesError
from pipeline.rules.wording.in_words import exemption_place, withdrawn_file
from pipeline.rules.wording.rulebook import RuleLine, measure_lines, reading_lines


def rulebook_page(context: DeskContext, request: Request) -> Page:
    data: dict[str, Any] = {"files": _files(context.place), "problems": [], "rules": None}
    try:
        data["rules"] = _rule_entries(load_rules(context.place.rules))
    except RulesError as error:
        data["problems"] = list(map(str, error.problems))
    except OSError as error:
        data["problems"] = [f"Der Ordner {RULES} lässt sich nicht lesen (Systemfehler {error.errno})."]
    return Page("rulebook.html.j2", "regeln", "Regeln", data)


def _files(place: Place) -> list[str]:
    patterns = ("*.yaml", "*.csv", f"{MAIL_TEXTS}/*.j2")
    found = sorted(p for pattern in patterns for p in place.rules.glob(pattern))
    return [place.named(p) for p in found if place.file(place.named(p))]


def _rule_entries(rules: Rules) -> dict[str, Any]:
    return {
        "version": rules.project.version,
        "sha256": rules.sha256,
        "notes": list(map(str, rules.notes)),
        "plan": [
            {"stichtag": german_date(d.stichtag), "due": german_date(d.due)} for d in rules.reporting_dates
        ],
        "measures": [
            {
                "title": f"Projektmaßnahme {m.number}: {m.title}",
                "lines": [_line(line) for line in measure_lines(m, rules)],
            }
            for m in rules.measures
        ],
        "readings": [_line(line) for line in reading_lines(rules)],
        "exemptions": [
            {
                "rule": e.rule,
                "ags": e.ags,
                "place": exemption_place(e),
                "until": german_date(e.valid_until),
                "reason": e.reason,
                "by": e.decided_by,
            }
            for e in rules.exemptions
        ],
        "withdrawals": [
            {"file": withdrawn_file(w), "reason": w.reason, "by": w.by, "on": german_date(w.on)}
            for w in rules.withdrawals
        ],
    }


def _line(line: RuleLine) -> dict[str, Any]:
    names = ("nr", "kind", "text", "place", "decided", "parameter", "reading")
    return {name: getattr(line, name) for name in names}
