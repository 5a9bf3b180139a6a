"""Counts the contacts of one municipality by form and occasion. Pure."""

from __future__ import annotations

from collections import Counter
from datetime import date

from pipeline.definitions.sheets import CONTACTS
from pipeline.evaluate.records import SubmissionRecords

FORMS, OCCASIONS = (CONTACTS.column(name) for name in ("Kontaktform", "Anlass"))


def contact_counts(data: SubmissionRecords, on: date) -> tuple[int, ...] | None:
    """Return the contacts up to the end of ``on`` by form, then by occasion.

    None where the sheet is empty without its Leermeldung.
    """
    if not data.reported((CONTACTS.title,)):
        return None
    records = data.workbook.tables[CONTACTS.title].records("Datum", FORMS.name, OCCASIONS.name)
    counted = [(form, occasion) for _, day, form, occasion in records if day is not None and day <= on]
    forms, occasions = Counter(f for f, _ in counted), Counter(o for _, o in counted)
    return (*(forms[f] for f in FORMS.choices), *(occasions[o] for o in OCCASIONS.choices))
