"""Excel formulas for the value that the check reads in a cell: the same repairs as in ``reading.values``.

Each function takes an expression (a cell or a column of cells) and returns one for the value: a number for a
date or whole number, ``""`` for empty, ``UNREAD`` for what is refused, else a text. Only functions that Excel
2016, Excel Online, LibreOffice and Gnumeric share, in any language of the program.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.definitions.sheet_types import Column, Kind
from pipeline.definitions.sheets import NO, YES
from pipeline.definitions.spelling import MONTH_WORDS, NO_MARKS, YES_MARKS
from pipeline.xlsx.formulas import excel_text

UNREAD, NOTHING, BLANK = '"?"', '""', '" "'
BREAKS = tuple(f"CHAR({code})" for code in (10, 13))  # line feed, carriage return
_DECOMPOSED = tuple((f"{letter}\u0308", whole) for letter, whole in zip("aouAOU", "äöüÄÖÜ", strict=True))
_MIDNIGHTS = (" uhr", "t00:00:00", " 00:00:00", " 00:00")


def _span(first: int, last: int) -> str:
    return "".join(map(chr, range(first, last + 1)))


# What people bring along when they copy: of the characters that ``reading`` mends, those that occur. Each costs
# every formula: LibreOffice takes in all names when it counts the 8,192 parts that a formula may have.
INVISIBLE = f"\u00ad{_span(0x200B, 0x200F)}{_span(0x202A, 0x202E)}\u2060{_span(0x2066, 0x2069)}\ufeff"
SPACES = "\u00a0\u2007\u2009\u202f"
DASHES = f"{_span(0x2010, 0x2015)}\u2212"


def replaced(text: str, what: Iterable[str], by: str) -> str:
    """The text with each of ``what`` replaced by ``by``; all are expressions."""
    for one in what:
        text = f"SUBSTITUTE({text},{one},{by})"
    return text


def _each(texts: Iterable[str]) -> Iterable[str]:
    return map(excel_text, texts)


def clean_text(cells: str, breaks: str = BLANK) -> str:
    """A text without surrounding, repeated, no-break and invisible characters; ``breaks`` replaces line
    breaks.
    """
    text = replaced(replaced(cells, BREAKS, breaks), _each(SPACES), BLANK)
    return f"TRIM({replaced(text, _each(INVISIBLE), NOTHING)})"


def leads_unseen(cells: str) -> str:
    """1 where a cell begins with an invisible character, else 0: cleaning may leave nothing of it."""
    unseen = "&".join((excel_text(" " + SPACES + INVISIBLE), *BREAKS))
    return f'(LEN({cells})>0)*ISNUMBER(FIND(LEFT(TRIM({cells})&" ",1),{unseen}))'


def with_hyphens(text: str) -> str:
    return replaced(text, _each(DASHES), '"-"')


def digits_only(text: str) -> str:
    """True where a text consists of digits; ``1e3``, ``1/2`` and ``12 %`` are numbers to a spreadsheet as
    well.
    """
    return f'(TEXT(-(-{text}),REPT("0",LEN({text})))={text})'


def key_is_sound(text: str, prefix: str) -> str:
    """1 for prefix, hyphen and 3 to 6 digits in any case, else 0."""
    start = len(prefix) + 1
    length = f"(LEN({text})>={start + 3})*(LEN({text})<={start + 6})"
    digits = digits_only(f"MID({text},{start + 1},9)")
    return f'IFERROR((LEFT({text},{start})="{prefix}-")*{length}*{digits},0)'


def key(cells: str) -> str:
    """A key; line breaks inside it and blanks around its hyphen are removed."""
    text = replaced(cells, (*BREAKS, excel_text("\u00a0"), excel_text("\u202f")), '""')
    return replaced(with_hyphens(clean_text(text)), ('" -"', '"- "'), '"-"')


def literally(text: str) -> str:
    """A text to search for in a list: MATCH would read ``*`` as a wildcard."""
    for wild in "~*?":
        text = f'SUBSTITUTE({text},"{wild}","~{wild}")'
    return text


def one_of(column: Column, cells: str) -> str:
    """A choice in any case and with plain dashes; ja and nein also as checkboxes."""
    text = cells
    for old, new in _DECOMPOSED:
        text = f"SUBSTITUTE({text},{excel_text(old)},{excel_text(new)})"
    text = with_hyphens(clean_text(text))
    if YES not in column.choices:
        return text
    yes, no = excel_text(YES), excel_text(NO if NO in column.choices else "")
    not_said = (*NO_MARKS,) if NO in column.choices else (*NO_MARKS, NO)
    # In an array LibreOffice takes a checkbox for 1 or 0.
    box = f"(LEN({cells})>0)*(ISLOGICAL({cells})+ISNUMBER({cells})>0)"
    said = f"({_is_one(clean_text(cells), YES_MARKS)}+{box}*({cells}=1)+ISLOGICAL({cells})*({cells}=TRUE)>0)"
    unsaid = f"({_is_one(text, not_said)}+{box}*({cells}=0)+ISLOGICAL({cells})*({cells}=FALSE)>0)"
    return f"REPT({yes},{said})&REPT({no},{unsaid})&REPT({text},({said}+{unsaid})=0)"


def _is_one(text: str, words: Iterable[str]) -> str:
    """1 where a text is one of the words; without an array constant, which conditional formats do not allow."""
    return f'ISNUMBER(FIND("|"&LOWER({text})&"|",{excel_text("|" + "|".join(words) + "|")}))'


def several(column: Column, cells: str) -> str:
    """Keys or choices with ``;`` between them; empty where there are only separators."""
    text = replaced(with_hyphens(clean_text(cells, '";"')), ('","', '" und "', '";und "', '" und;"'), '";"')
    if column.kind is Kind.REFERENCES:
        text = replaced(text, ('" -"', '"- "'), '"-"')
    return f'REPT({text},LEN(SUBSTITUTE(SUBSTITUTE({text},";","")," ",""))>0)'


def words_apart(text: str) -> str:
    """A text with ";" between its words."""
    return f'SUBSTITUTE(SUBSTITUTE({text},",",";")," ",";")'


def _of_text(cells: str, number: str, typed: str) -> str:
    """Numbers unchanged, texts as ``typed`` reads them, empty cells empty; ``typed`` fails for what is
    refused.

    Without IF inside IF: LibreOffice then mixes up the rows of an array.
    """
    return f"IFERROR(IF(ISNUMBER({cells}),{number},{typed}),REPT({UNREAD},LEN({clean_text(cells)})>0))"


def number_words(cells: str) -> str:
    """A whole number typed as text, without zero decimals."""
    marked = f'{clean_text(cells)}&"|"'
    for zeros in (",00|", ",0|"):
        marked = f'SUBSTITUTE({marked},"{zeros}","|")'
    return f'SUBSTITUTE({marked},"|","")'


def whole_number(cells: str, words: str) -> str:
    """A whole number, also one that Excel's arithmetic misses slightly, or typed as text.

    ``words`` names ``number_words`` of the cells. No column takes numbers below 0, so none is read from a
    text.
    """
    near = f"ROUND({cells},14-INT(LOG10(ABS({cells})+({cells}=0))))"
    return _of_text(cells, near, f"({words}+0)/{digits_only(words)}")


def date_words(cells: str) -> str:
    """A date typed as text, without a time of day of 0:00."""
    return replaced(f"LOWER({clean_text(cells)})", _each(_MIDNIGHTS), NOTHING)


def with_month(words: str) -> str:
    """``date_words`` with the name of a month replaced by its number."""
    text = replaced(with_hyphens(words), ('"/"',), '"x"')  # nobody can say which of 03/04 is the day
    for number, names in enumerate(MONTH_WORDS, 1):
        text = replaced(text, _each(names), f'"{number}."')
    return replaced(text, ('".."',), '"."')


def date_without_time(cells: str, words: str) -> str:
    """A date without its time of day; ``words`` names ``with_month`` of the cells.

    The parts between dots are put into the order of ISO 8601, which every program reads. The year has two or
    four digits: otherwise hyphens stand where none may be. Where no dot stands, hyphens come before the
    whole; they are taken away from a date that has the order already.
    """
    spread = f'SUBSTITUTE({words},".",REPT(" ",50))'
    first, second, third = (
        f"TRIM(MID({spread},{start},{room}))" for start, room in ((1, 50), (51, 50), (101, 250))
    )
    year = f'RIGHT("--20"&{third},4)&REPT("-",--(LEN({third})>4))'
    ordered = f'{year}&"-"&{second}&"-"&{first}'
    for century in ("20", "19"):
        ordered = f'SUBSTITUTE({ordered},"--20--{century}","{century}")'
    return _of_text(cells, f"INT({cells})", f"DATEVALUE({ordered})")


def municipality_key(cells: str) -> str:
    """An AGS with the leading zero that a program dropped."""
    digits = f'SUBSTITUTE({clean_text(cells)}," ","")'
    return f'IF(ISNUMBER({cells}),TEXT({cells},"00000000"),IF(LEN({digits})=7,"0","")&{digits})'
