"""Recognises files that are no forms, with German advice on how to save them as one."""

from __future__ import annotations

from pipeline.report.ministry_form.plan import FormError, kind_of
from pipeline.xlsx.package import Package, local_name
from pipeline.xlsx.relations import CONTENT_TYPES, MAIN_PART, part_key

FORM_KINDS = ("xlsx", "docx")
_WORKBOOK, _DOCUMENT = "Excel-Arbeitsmappe (*.xlsx)", "Word-Dokument (*.docx)"
_SAVE = (
    (("xlsm", "xltm", "xltx", "xlsb", "xls", "xlt"), "Excel", _WORKBOOK),
    (("ods", "ots", "fods"), "LibreOffice", "Excel 2007–365 (.xlsx)"),
    (("docm", "dotm", "dotx", "doc", "dot", "rtf"), "Word", _DOCUMENT),
    (("odt", "ott", "fodt"), "LibreOffice", "Word 2010–365-Dokument (.docx)"),
)
_MACROS = "macroenabled"
_OTHER_KIND = {
    "D01": {"xlsx": "Die Datei ist keine Excel-Arbeitsmappe.", "docx": "Die Datei ist kein Word-Dokument."},
    "D02": {"docx": "Die Datei hat das alte Word-Format (.doc)."},
}


def refuse_other_kinds(name: str) -> None:
    """Raises FormError for a file whose name shows that it is no form."""
    kind = kind_of(name)
    if kind in FORM_KINDS:
        return
    for kinds, program, wanted in _SAVE:
        if kind in kinds:
            raise FormError([_save(kind, program, wanted)])
    raise FormError(["Ein Formular ist eine Excel-Arbeitsmappe (.xlsx) oder ein Word-Dokument (.docx)."])


def _save(kind: str, program: str, wanted: str) -> str:
    return (
        f"Dateien der Art .{kind} werden nicht ausgefüllt: Öffnen Sie das Formular in {program} und speichern "
        f"Sie es mit „Datei → Speichern unter“ als „{wanted}“."
    )


def refuse_other_content(name: str, package: Package) -> None:
    """Raises FormError for a package that is not what its name says, or holds macros."""
    kind = kind_of(name)
    main = package.related("", MAIN_PART)
    wanted = {"xlsx": "spreadsheetml", "docx": "wordprocessingml"}[kind]
    content_type = _content_type(package, main or "").lower()
    if _MACROS in content_type:
        program, save = ("Excel", _WORKBOOK) if kind == "xlsx" else ("Word", _DOCUMENT)
        raise FormError([_save("xlsm" if kind == "xlsx" else "docm", program, save)])
    if main is None or main not in package or wanted not in content_type:
        raise FormError([_OTHER_KIND["D01"][kind]])


def refused_text(name: str, rule: str, text: str) -> str:
    """Text of a rule (D…) about a form that was refused unread, in words that fit its kind."""
    return _OTHER_KIND.get(rule, {}).get(kind_of(name), text)


def _content_type(package: Package, part: str) -> str:
    """Content type of a part: its own, or the default of its extension."""
    types = package.xml(CONTENT_TYPES)
    own = (
        e for e in types if local_name(e) == "Override" and part_key(e.get("PartName", "")) == part_key(part)
    )
    ending = part.lower().rpartition(".")[2]
    common = (e for e in types if local_name(e) == "Default" and e.get("Extension", "").lower() == ending)
    found = next(own, None)
    found = next(common, None) if found is None else found
    return found.get("ContentType", "") if found is not None else ""
