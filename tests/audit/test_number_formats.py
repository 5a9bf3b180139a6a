"""What number formats show, in German writing; expected by ECMA-376, 18.8.30 and 18.8.31."""

from __future__ import annotations

import pytest

from pipeline.audit.verify.number_formats import ShownValue, shown_value


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("0.00 %_-", 0.245, "24,50 %"),
        ("0.00\\ %_-", 0.245, "24,50 %"),  # as LibreOffice writes it
        ('"75,00 %"', 0.245, "75,00 %"),
        (";;;", 0.245, ""),
        (";;;", "Text", ""),
        ("0;0;0", "Text", "Text"),
        ("General", "Text", "Text"),
        ('0;0;0;"x"@', "Text", "xText"),
        ("#,##0_-", 1234567.0, "1.234.567"),
        ("#,##0", 0.0, "0"),
        ("#,##0", -1234.5, "-1.235"),
        ("0;-0;–", 0.0, "–"),
        ("0;\\-0;\\–", -3.0, "-3"),
        ("0.0 %;;", 0.0, ""),
        ("0.##", 1.5, "1,5"),
        ("0,", 12345.0, "12"),
        ("000-0000", 1234567.0, "123-4567"),
        ('[>100]"viel";[<0]"wenig";0', 101.0, "viel"),
        ('[>100]"viel";[<0]"wenig";0', 5.0, "5"),
        ("dd.mm.yyyy", 46203.0, "30.06.2026"),  # 46203 days after 30.12.1899
        ("dd\\.mm\\.yyyy", 46203.0, "30.06.2026"),
        ("[$-407]d. mmmm yyyy", 46203.0, "30. Juni 2026"),
        ("h:mm", 0.5, "12:00"),
        ("h:mm AM/PM", 0.75, "6:00 PM"),
        ("[h]:mm", 1.5, "36:00"),
        ("dd.mm.yyyy", -1.0, "#####"),
        ("General", 0.1, "0,1"),
        ("General", -2.5, "-2,5"),
        ("@", 5.0, "5"),
        ("0.00", None, ""),
    ],
)
def test_shown(code: str, value: str | float | None, text: str) -> None:
    assert shown_value(code, value).text == text


def test_colour() -> None:
    assert shown_value("[White]0", 3.0) == ShownValue("3", "white")


@pytest.mark.parametrize("code", ["# ?/?", "0.00E+00"])
def test_beyond(code: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        shown_value(code, 0.5)
