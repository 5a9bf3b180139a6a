"""uebersicht.html: what it says equals ergebnis.json, it is safe, accessible, and its filter works."""

from __future__ import annotations

import hashlib
import os
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from pipeline.definitions.shares import rounded_percent
from pipeline.definitions.sheets import OF_PERSONS
from pipeline.definitions.words import MILESTONE_WORDS, STATE_WORDS, TARGET_WORDS
from pipeline.outcome import Outcome
from pipeline.report.ergebnis import ergebnis
from pipeline.report.html import overview_html
from pipeline.report.html.charts import share_chart
from pipeline.report.write import write_report
from pipeline.rules import Municipality
from pipeline.run import run
from tests import builder, cell_edits
from tests.cell_edits import edited
from tests.desk.chromium import CHROMIUM, chromium

AS_OF = date(2026, 9, 30)
NIDDA, BUEDINGEN = "06440016", "06440004"
Page = Any


@pytest.fixture(scope="module")
def outcome(demo_outcome: Outcome) -> Outcome:
    return demo_outcome


@pytest.fixture(scope="module")
def text(outcome: Outcome) -> str:
    return overview_html(outcome)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return html.document_fromstring(text)


def words(element: Page) -> str:
    return " ".join(" ".join(element.itertext()).split())


def rows(page: Page, table: str) -> dict[str, Page]:
    """AGS → row of the table that follows the heading, or has that id."""
    found = page.xpath(f"//table[@id='{table}'] | //section[h2/@id='{table}']//table")[0]
    return {r.get("data-ags"): r for r in found.xpath("./tbody/tr")}


# --- what it says -------------------------------------------------------------------------------------


def test_the_matrix_is_that_of_ergebnis_json(outcome: Outcome, page: Page) -> None:
    found = rows(page, "matrix")
    expected: dict[str, list[Any]] = {}
    for milestone in ergebnis(outcome)["milestones"]:
        expected.setdefault(milestone["ags"], []).append(milestone)
    assert list(found) == list(expected) == [m.ags for m in builder.rules().roster]
    for ags, milestones in expected.items():
        cells = found[ags].xpath("./td")
        assert [(c.get("data-nr"), c.get("data-status")) for c in cells] == [
            (m["nr"], m["status"]) for m in milestones
        ]
        assert len(cells) == 16
        for cell, milestone in zip(cells, milestones, strict=True):
            word = next(w for s, w in MILESTONE_WORDS.items() if s.value == milestone["status"])
            assert words(cell).startswith(word.label)


def test_the_figures_are_those_of_ergebnis_json(outcome: Outcome, page: Page) -> None:
    found = rows(page, "kommunenwerte")
    expected: dict[str, list[Any]] = {ags: [] for ags in found}
    for target in ergebnis(outcome)["targets"]:
        if target["ags"] in expected:
            expected[target["ags"]].append(target)
    for ags, targets in expected.items():
        cells = found[ags].xpath("./td")
        assert len(cells) == len(targets)
        for cell, target in zip(cells, targets, strict=True):
            value = target["value"]
            assert [d.get("value") for d in cell.xpath(".//data")] == ([] if value is None else [str(value)])
            assert next(w for s, w in TARGET_WORDS.items() if s.value == target["status"]).label in words(
                cell
            )


def test_the_figures_of_the_project_are_those_of_ergebnis_json(outcome: Outcome, page: Page) -> None:
    lines = page.xpath("//table[@id='projektwerte']/tbody/tr")
    for line, target in zip(lines, ergebnis(outcome)["consolidated"]["targets"], strict=True):
        assert words(line.xpath("./th")[0]) == target["nr"]
        value = target["value"]
        assert [d.get("value") for d in line.xpath(".//data")] == ([] if value is None else [str(value)])
        if target["communes_total"] is not None and target["status"] != "info":
            assert f" {target['communes_met']} von {target['communes_total']} Daten " in words(line)


def test_submissions_and_what_is_missing(outcome: Outcome, page: Page) -> None:
    lines = [[words(c) for c in r.xpath("./*")] for r in page.xpath("//section[h2/@id='abgaben']//tbody/tr")]
    assert len(lines) == len(ergebnis(outcome)["submissions"])
    nidda = next(line for line in lines if line[0].startswith("Nidda"))
    assert nidda[1] == "–"
    assert nidda[4:] == ["□ keine Abgabe", "Es ging keine Datei ein"]
    oberursel = next(line for line in lines if line[0].startswith("Oberursel"))
    errors = next(s.workbook for s in outcome.submissions if s.workbook.ags == "06434008")
    count = sum(f.severity == "error" for f in errors.findings)
    assert oberursel[4:] == ["✗ zurückgewiesen", f"{count} Fehler sind zu beheben"]
    listed = {line[4] for line in lines}
    assert listed == {STATE_WORDS[s.state].label for s in outcome.submissions} | {"□ keine Abgabe"}


def test_findings_to_chase_name_cell_and_remedy(outcome: Outcome, page: Page) -> None:
    group = page.xpath("//section[h2/@id='befunde']//details[@data-ags='06434008']")[0]
    found = {
        (f.rule, "" if f.sheet in OF_PERSONS else f.cell or "", f.remedy)
        for s in outcome.submissions
        for f in s.workbook.findings
        if s.workbook.ags == "06434008" and f.severity != "note"
    }
    cells = [[words(c) for c in r.xpath("./td")] for r in group.xpath(".//tbody/tr")]
    assert {(c[8], c[3], c[7]) for c in cells} == found
    assert cells[0][0] == "Fehler"


def test_what_a_valid_submission_has_replaced_is_not_chased(page: Page) -> None:
    files = {words(r.xpath("./td")[1]) for r in page.xpath("//section[h2/@id='befunde']//tbody/tr")}
    assert "2026-09-30/KISI_Bad_Homburg.xlsx" not in files
    assert "2026-09-30/KISI_Friedberg.xlsx" in files  # rejected, and no later one


def test_the_timeline_has_both_places_of_the_two_contradictory_milestones(page: Page) -> None:
    table = page.xpath("//section[h2/@id='zeitschiene']//table")[0]
    heads = [words(h) for h in table.xpath("./thead//th")][1:]
    assert len(heads) == 12
    marks = {
        (heads[i].removesuffix(" ▼ Stichtag"), words(mark))
        for row in table.xpath("./tbody/tr")
        for i, cell in enumerate(row.xpath("./td"))
        for mark in cell.xpath("./p")
    }
    assert ("2. Quartal 2026", "MS1.2 fällig 30.06.2026 erreicht 2 von 8 ≠ laut Text, gilt") in marks
    assert ("3. Quartal 2026", "MS1.2 ≠ laut Zeitschiene, gilt nicht: siehe 2. Quartal 2026") in marks
    assert ("2. Quartal 2028", "MS2.4 ≠ laut Zeitschiene, gilt nicht: siehe 3. Quartal 2028") in marks
    assert len(marks) == 12 + 2
    assert heads[3] == "3. Quartal 2026 ▼ Stichtag"


def test_shares_are_shown_with_two_places() -> None:
    assert rounded_percent(Fraction(2, 3)) == "66,67 %"
    assert rounded_percent(Fraction(7, 10)) == "70,00 %"
    assert rounded_percent(Fraction(0)) == "0,00 %"
    assert rounded_percent(Fraction(3, 2)) == "150,00 %"


# --- charts -------------------------------------------------------------------------------------------


def test_charts_are_plain_shapes_with_a_text_alternative(page: Page) -> None:
    charts = page.xpath("//svg")
    assert len(charts) == 2 + 4  # statuses, project; Z1.1, Z1.2, Z1.3, Z2.5
    for chart in charts:
        assert chart.get("role") == "img"
        assert chart.get("aria-label")
        assert chart.xpath(".//*[contains(@class, 'fill-')]//rect")
        assert not chart.xpath(".//script | .//style | .//*[@style] | .//comment() | .//desc")


@pytest.mark.parametrize(
    ("threshold", "wanted"),
    [
        (Fraction(7, 10), {"0 %", "25 %", "50 %", "70 %", "100 %"}),  # not 75 % beside it
        (Fraction(1, 4), {"0 %", "25 %", "50 %", "75 %", "100 %"}),
        (Fraction(6, 10), {"0 %", "25 %", "50 %", "60 %", "75 %", "100 %"}),
    ],
)
def test_labels_of_an_axis_do_not_overlap(threshold: Fraction, wanted: set[str]) -> None:
    chart = html.fragment_fromstring(str(share_chart("a", [("A", Fraction(1, 2))], threshold, "Bild")))
    texts = {words(e) for e in chart.iter() if isinstance(e.tag, str) and e.tag.endswith("text")}
    assert {t for t in texts if t.endswith("%")} == wanted


def test_a_bar_is_as_long_as_its_share(page: Page) -> None:
    """Z1.2 of Büdingen is 24 %: its bar has 24 % of the way from 0 to 100 %."""
    chart = page.xpath("//svg[@id='chart-Z1.2']")[0]
    place = {words(t): float(t.get("x")) for t in chart.xpath(".//*[contains(@class,'axis x')]//text")}
    labels = [words(t) for t in chart.xpath(".//*[contains(@class,'axis y')]//text")]
    assert "Büdingen: 24,00 %" in labels
    assert "Nidda: keine Zahl" in labels
    widths = [float(r.get("width")) for r in chart.xpath(".//*[@class='bar']/rect")]
    assert pytest.approx(0.24 * (place["100 %"] - place["0 %"]), abs=0.05) in widths


# --- what to do ---------------------------------------------------------------------------------------


def test_what_to_do_says_the_round_and_leads_to_the_lists(outcome: Outcome, page: Page) -> None:
    """The demo's third quarter: Oberursel and Friedberg are rejected, Nidda has sent nothing."""
    section = page.xpath("//section[h2/@id='zu-tun']")[0]
    found = ergebnis(outcome)["round"]["counts"]
    listed = f"Runde zum 30.09.2026, Abgabe bis 31.10.2026: {found['delivered']} abgegeben, "
    listed += f"{found['rejected']} zurückgewiesen, {found['outstanding']} ausstehend (mit Projektleitung)."
    assert words(section.xpath("./p")[0]) == listed
    assert [words(h) for h in section.xpath("./h3")] == ["Nachfragen", "Beantworten", "Entscheiden"]
    chase = {words(li.xpath("./a")[0]): li for li in section.xpath("./ul[1]/li")}
    assert list(chase) == ["1 ausstehend", "2 zurückgewiesen"]
    names = {count: [words(a) for a in li.xpath("./span/a")] for count, li in chase.items()}
    assert names == {
        "1 ausstehend": ["Nidda"],
        "2 zurückgewiesen": ["Oberursel (Taunus)", "Friedberg (Hessen)"],
    }
    assert chase["1 ausstehend"].xpath("./span/a/@href") == [f"#{NIDDA}"]
    assert page.xpath(f"//tr[@id='{NIDDA}']/@data-ags") == [NIDDA]
    overdue = sum(m["counts"].get("overdue", 0) for m in ergebnis(outcome)["consolidated"]["milestones"])
    assert f"{overdue} Meilensteine überfällig" in [words(a) for a in section.xpath(".//a[@href='#matrix']")]


def test_the_project_s_values_say_how_old_their_data_are(page: Page) -> None:
    """Friedberg's first Stichtag stands in for its rejected second one."""
    lines = {
        words(r.xpath("./th")[0]): words(r.xpath("./td")[-1])
        for r in page.xpath("//table[@id='projektwerte']/tbody/tr")
    }
    assert lines["Z2.3"] == "Daten vom 31.03.2026 (älteste) bis 30.09.2026 (jüngste)"
    assert lines["Z2.7"] == "Daten vom 30.09.2026"


# --- safe, accessible, the same each time -------------------------------------------------------------


def test_the_policy_allows_its_own_style_and_script_and_nothing_else(text: str, page: Page) -> None:
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']")[0].get("content")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        own = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(own) == 1
        digest = b64encode(hashlib.sha256(own[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not page.xpath("//*[@style] | //@onclick | //link | //iframe | //img | //@src")
    assert all(h.startswith("#") for h in page.xpath("//@href"))
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/)", text)


def test_a_keyboard_and_a_screen_reader_find_their_way(page: Page) -> None:
    assert page.get("lang") == "de"
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {h.removeprefix("#") for h in page.xpath("//a/@href")} <= set(ids)
    assert page.xpath("//body/*")[0].get("class") == "skip"
    assert [words(label) for label in page.xpath("//label[@for='kommune']")] == ["Nur diese Kommune zeigen:"]
    assert len(page.xpath("//h1")) == 1
    assert all(h.get("scope") for h in page.xpath("//th"))
    assert all(t.xpath("./caption | ancestor::details/summary") for t in page.xpath("//table"))
    assert all(s.get("tabindex") == "0" for s in page.xpath("//*[@class='scroll']"))
    labelled = page.xpath("//@aria-labelledby")
    assert set(labelled) <= set(ids)


HOSTILE = "<script>alert(1)</script><b>\"'&amp;"


def test_choices_of_status_are_those_that_occur(outcome: Outcome, page: Page) -> None:
    found = {o.get("value"): words(o) for o in page.xpath("//select[@id='status']/option")}
    occurring = {s for m in outcome.project.milestones for s in m.counts}
    assert found == {"": "in jedem Stand"} | {
        s.value: w.text for s, w in MILESTONE_WORDS.items() if s in occurring
    }
    assert words(page.xpath("//label[@for='status']")[0]) == "Nur Kommunen mit einem Meilenstein:"


def test_a_threshold_of_each_municipality_says_so(page: Page) -> None:
    thresholds = {words(r[0]): words(r[4]) for r in page.xpath("//table[@id='projektwerte']/tbody/tr")}
    assert [thresholds[nr] for nr in ("Z1.2", "Z1.4", "Z2.7")] == ["70 %", "30 je Kommune", "1"]


def test_no_two_landmarks_share_a_name(page: Page) -> None:
    landmarks = page.xpath("//section | //nav | //main | //*[@role='region']")
    names = [e.get("aria-labelledby") or e.get("aria-label") for e in landmarks]
    assert len(names) == len(set(names))


def test_text_from_outside_never_becomes_markup(tmp_path: Path) -> None:
    rules = builder.rules()
    roster = tuple(replace(m, name=HOSTILE) if m.ags == BUEDINGEN else m for m in rules.roster)
    (tmp_path / "<img src=x onerror=alert(1)>&lt;.xlsx").write_bytes(edited({"Bestand!C6": "<u>x</u>"}))
    unknown = edited({"Stammdaten!B5": cell_edits.Text("06999999"), "Stammdaten!B4": "<i>Ort</i>"})
    (tmp_path / "b.xlsx").write_bytes(unknown)
    found = overview_html(run(tmp_path, replace(rules, roster=roster)))
    page = html.document_fromstring(found)
    assert len(page.xpath("//script")) == 1
    assert not page.xpath("//img | //b | //i | //u | //*[@onerror]")
    assert HOSTILE in " ".join(page.xpath("//th//text()"))
    assert f"{HOSTILE}: keine Zahl" in page.xpath("//svg//text//text()")
    assert "<img src=x onerror=alert(1)>&lt;.xlsx" in page.xpath("//td//text()")


def test_it_names_no_person(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(edited({"Personen!D5": "2026-07-01", "Personen!A6": "P-0001"}))
    found = overview_html(run(tmp_path, builder.rules()))
    for private in ("P-0001", "E-001", "AB, CD", "guides@example.org", "Mechthild"):
        assert private not in found


def test_it_is_the_same_each_time_and_part_of_the_report(outcome: Outcome, text: str, tmp_path: Path) -> None:
    assert overview_html(outcome) == text
    assert not re.search(r"Generated|[0-9a-f]{8}-[0-9a-f]{4}-", text)
    folder = write_report(outcome, tmp_path / "out", with_feedback=False)
    assert (folder / "uebersicht.html").read_bytes() == text.encode()


def test_it_serves_all_of_hesse(tmp_path: Path) -> None:
    rules = builder.rules()
    roster = tuple(Municipality(f"064{n:05d}", f"Gemeinde {n}", "Kreis") for n in range(420))
    roster = tuple(sorted((*roster, rules.by_ags[BUEDINGEN]), key=lambda m: m.ags))
    (tmp_path / "a.xlsx").write_bytes(builder.valid())
    found = overview_html(run(tmp_path, replace(rules, roster=roster)))
    page = html.document_fromstring(found)
    assert len(rows(page, "matrix")) == 421
    assert not page.xpath("//details[@class='chart'][@open]")
    assert len(found) < 6_000_000


def test_an_empty_folder_is_reported_as_well(tmp_path: Path) -> None:
    found = overview_html(run(tmp_path, builder.rules(), AS_OF))
    page = html.document_fromstring(found)
    assert len(page.xpath("//section[h2/@id='abgaben']//tbody/tr")) == 9


# --- in a browser -------------------------------------------------------------------------------------

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None or os.name == "nt", reason="NOTICE: no Chromium, the page is not tried"
)


@pytest.fixture(scope="module")
def shown(text: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Page]]:
    """The page as its script leaves it when it is opened with a fragment; one browser for all."""
    file = tmp_path_factory.mktemp("page") / "uebersicht.html"
    file.write_text(text, encoding="utf-8")
    with chromium(tmp_path_factory.mktemp("profile")) as tab:

        def dump(fragment: str) -> Page:
            tab.open("about:blank")
            tab.until("location.href === 'about:blank'")
            tab.open(file.as_uri() + fragment)
            tab.until("location.protocol === 'file:'")
            return html.document_fromstring(tab.value("document.documentElement.outerHTML"))

        yield dump


def visible(page: Page) -> set[str]:
    return {e.get("data-ags") for e in page.xpath("//*[@data-ags][not(@hidden)]")}


@pytest.mark.chromium
@needs_chromium
def test_the_filter_shows_one_municipality(shown: Callable[[str], Page]) -> None:
    page = shown(f"#{BUEDINGEN}")
    assert visible(page) == {BUEDINGEN}
    assert words(page.xpath("//*[@id='gezeigt']")[0]) == "Gezeigt: Büdingen (06440004)"
    assert page.xpath("//*[@id='filter'][not(@hidden)]")
    assert len([r for r in rows(page, "matrix").values() if r.get("hidden") is None]) == 1


@pytest.mark.chromium
@needs_chromium
def test_where_nothing_is_left_the_page_says_so(shown: Callable[[str], Page]) -> None:
    page = shown(f"#{NIDDA}")
    assert visible(page) == {NIDDA}
    listed = [words(n) for n in page.xpath("//*[@class='nothing'][not(@hidden)]")]
    assert listed == ["Zu dieser Stelle gibt es keine Fehler und keine Warnungen."]


@pytest.mark.chromium
@needs_chromium
@pytest.mark.parametrize("fragment", ["", "#zielwerte", "#99999999", "#alle", "#<b>"])
def test_any_other_address_shows_everything(shown: Callable[[str], Page], page: Page, fragment: str) -> None:
    assert visible(shown(fragment)) == visible(page)


@pytest.mark.chromium
@needs_chromium
def test_the_filter_shows_who_has_a_milestone_in_a_status(
    outcome: Outcome, shown: Callable[[str], Page]
) -> None:
    wanted = {m.ags for r in outcome.results for m in r.milestones if m.status == "overdue"}
    page = shown("#stand=overdue")
    assert visible(page) == wanted
    assert words(page.xpath("//*[@id='gezeigt']")[0]) == "Gezeigt: überfällig"
    marked = page.xpath("//td[contains(@class, 'found')]")
    assert {c.get("data-status") for c in marked} == {"overdue"}
