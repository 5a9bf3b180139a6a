"""``kisi compare``: differences between two published reports, in German lines for the project lead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from pipeline.definitions.messages import german_date, number_of
from pipeline.report.published import compare_reports, read_published
from pipeline.report.published.facts import Difference, Fact

ABSENT = "nicht angegeben"


def comparison_lines(old: Path, new: Path) -> tuple[list[str], bool]:
    """Return (lines, whether anything differs). Raises NotAReport when one of both is no report."""
    before, now = read_published(old), read_published(new)
    found = compare_reports(before, now)
    lines = [
        f"Bericht zum {german_date(before.as_of)} ({old}), verglichen mit dem zum {german_date(now.as_of)} ({new}):",
        *_lines(found, {**before.names, **now.names}),
    ]
    lines += [_without_values(path) for path, one in ((old, before), (new, now)) if not one.has_rule_values]
    count = number_of(len(found), "Unterschied", "Unterschiede") if found else "Kein Unterschied"
    return [*lines, "", f"{count}."], bool(found)


def _without_values(path: Path) -> str:
    return (
        f"Hinweis: Neben {path} liegt keine lesbare manifest.json dieses Berichts; von den Regeln sind nur "
        "Version und Prüfsumme verglichen."
    )


def _lines(found: Sequence[Difference], names: dict[str, str]) -> Iterator[str]:
    """One block per group, in it a line per fact and one below it per value."""
    for group, members in groupby(found, key=lambda d: d.fact.group):
        yield ""
        yield f"{group}:"
        for about, differing in groupby(members, key=lambda d: _about(d.fact, names)):
            yield f"  {about}" if about else "  Bericht"
            for one in differing:
                yield f"    {one.fact.subject}: {one.before or ABSENT} → {one.now or ABSENT}"


def _about(fact: Fact, names: dict[str, str]) -> str:
    who = f"{names.get(fact.ags, '')} ({fact.ags})".strip() if fact.ags else ""
    return ", ".join(part for part in (who, fact.nr, fact.year) if part)
