"""Which paper proves a record of each sheet, to ask for at the visit."""

from __future__ import annotations

from pipeline.definitions.sheets import (
    ATTENDANCES,
    CONTACTS,
    EVENTS,
    EVIDENCE,
    NEEDS,
    OFFERS,
    PARTICIPATIONS,
    PERSONS,
    STOCK,
    TRAININGS,
    UNITS,
    VOLUNTEERS,
)

PAPERS = {
    STOCK.title: "Auszug der genannten Quelle zu diesem Stichtag",
    PERSONS.title: "Fallakte: Aufenthaltspapier, Tage von Zugang, Erfassung und Abgang",
    NEEDS.title: "Fallakte: Bedarf mit Tag der Erfassung; wo adressiert, der Beleg dafür",
    OFFERS.title: "Beschreibung des Angebots mit Beginn; Besuche und Anpassungen",
    PARTICIPATIONS.title: "Anmeldung oder Teilnahmeliste mit Beginn und Ende",
    CONTACTS.title: "Gesprächsnotiz oder Protokoll mit Datum",
    EVENTS.title: "Einladung, Programm und Teilnahmeliste",
    VOLUNTEERS.title: "Vereinbarung mit der ehrenamtlichen Person",
    TRAININGS.title: "Programm der Schulung mit Datum und Thema",
    ATTENDANCES.title: "Unterschriebene Teilnahmeliste der Schulung",
    UNITS.title: "Schreiben oder Protokoll mit der Organisationseinheit",
    EVIDENCE.title: "Das Dokument selbst, wie im Verzeichnis bezeichnet",
}
ANY_PAPER = "Unterlage, auf der die Zeile beruht"


def paper_for(sheet: str) -> str:
    """The paper for a sheet; a general answer for a sheet that is not listed."""
    return PAPERS.get(sheet, ANY_PAPER)
