"""The definition of every sheet: headers, kinds, choices, help and examples, in the order of the tabs.

Columns that code must name have a constant here (``PERSON_PAPER``); all others are listed in place. Choices
that the ministry sets (target groups, evidence points) come from the rule files; ``bind`` puts them in.
Contract: workbook.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache

from pipeline.definitions.sheet_types import (
    Column,
    Condition,
    Dependent,
    Kind,
    Prefill,
    RuleList,
    Sheet,
    WorkbookKind,
)

YES, NO = "ja", "nein"
YES_NO = (YES, NO)
REQUIRED_MARK = "*"  # stands after the header of a required column; readers strip it
LEAD_AGS = "00000000"
LEAD_NAME = "Projektleitung"
TEMPLATE_VERSION = "3"

FIELDS_OF_NEED = (
    "Sprache",
    "Wohnen",
    "Arbeit und Ausbildung",
    "Bildung und Kita",
    "Gesundheit",
    "Behörden und Recht",
    "Soziales und Freizeit",
    "Sonstiges",
)


def _evidence(what: str = "Mehrere mit ; trennen.") -> Column:
    return Column(
        "Nachweis-Nr.",
        Kind.REFERENCES,
        f"Nummer aus dem Blatt Nachweise, z. B. NW-001. {what}",
        "NW-001",
        prefix="NW",
        to="Nachweise",
        width=26,
    )


# --- Bestand -----------------------------------------------------------------------------------------

STOCK = Sheet(
    "Bestand",
    "Zahl der anerkannten Drittstaatsangehörigen in der Kommune an einem Stichtag. Jeder Anteil im "
    "Bericht wird an dieser Zahl gemessen.",
    (
        Column(
            "Stichtag", Kind.DATE, "Tag, für den die Zahl gilt.", date(2026, 3, 31), required=True, fact=True
        ),
        Column("Anzahl", Kind.INTEGER, "Zahl der Personen an diesem Tag.", 120, required=True, width=10),
        Column(
            "Quelle",
            Kind.CHOICE,
            "Woher die Zahl stammt.",
            "Ausländerbehörde",
            required=True,
            choices=("Ausländerbehörde", "Meldebehörde", "Zuweisungsliste", "eigene Erhebung"),
            width=20,
        ),
        _evidence(),
    ),
    key=("Stichtag",),
    nil_return=True,
    capacity=500,
)
STOCK_DATE, STOCK_NUMBER, STOCK_SOURCE = STOCK.columns[:3]

# --- Personen ----------------------------------------------------------------------------------------

PERSON_KEY = Column(
    "Kennung",
    Kind.KEY,
    "Ihr Pseudonym für die Person: P- und 3 bis 6 Ziffern. Kein Name, kein Geburtsdatum.",
    "P-0001",
    required=True,
    prefix="P",
    width=12,
)
PERSON_GROUP = Column(
    "Zielgruppe",
    Kind.CHOICE,
    "Die Gruppe, zu der die Person nach ihrem Aufenthaltspapier gehört. Der volle Wortlaut steht in der Anleitung.",
    "3 – Aufenthaltserlaubnis ab 12 Monaten (§ 7 AufenthG)",
    required=True,
    choices_from=RuleList.TARGET_GROUPS,
    width=46,
)
PERSON_PAPER = Column(
    "Aufenthaltspapier geprüft",
    Kind.CHOICE,
    "ja, sobald Sie das Aufenthaltspapier gesehen haben. Erst dann zählt die Person.",
    YES,
    required=True,
    choices=YES_NO,
    width=18,
)
PERSON_ARRIVED = Column(
    "Zugang am",
    Kind.DATE,
    "Tag, an dem die Person in die Kommune kam oder zugewiesen wurde.",
    date(2026, 1, 12),
    required=True,
    fact=True,
)
PERSON_APPROACHED = Column(
    "Angesprochen am",
    Kind.DATE,
    "Tag der ersten Ansprache. Leer lassen, solange sie aussteht.",
    date(2026, 1, 20),
    fact=True,
    project_time=True,
)
PERSON_RECORDED = Column(
    "Bedarf erfasst am",
    Kind.DATE,
    "Tag der ersten Bedarfserfassung. Leer lassen, solange sie aussteht.",
    date(2026, 2, 3),
    fact=True,
    project_time=True,
)
PERSON_LEFT = Column(
    "Abgang am",
    Kind.DATE,
    "Tag, an dem die Person die Kommune verließ. Leer lassen, solange sie da ist.",
    fact=True,
)
PERSON_RELATED = Column(
    "Bezugsperson",
    Kind.REFERENCE,
    "Nur bei Zielgruppe 9: Kennung der verwandten Person aus Gruppe 1 bis 5. Sonst leer lassen.",
    prefix="P",
    to="Personen",
    to_where=Condition("Zielgruppe", values_from=RuleList.REFERENCE_PERSONS),
    width=14,
)
PERSON_AGE = Column(
    "Altersgruppe",
    Kind.CHOICE,
    "Freiwillig, für die Berichte an den AMIF.",
    "18 bis 60",
    choices=("unter 18", "18 bis 60", "über 60"),
    since=2,
)
PERSON_GENDER = Column(
    "Geschlecht",
    Kind.CHOICE,
    "Freiwillig, für die Berichte an den AMIF.",
    "weiblich",
    choices=("weiblich", "männlich", "divers", "keine Angabe"),
    since=2,
)
PERSONS = Sheet(
    "Personen",
    "Je Person eine Zeile, nur mit Pseudonym. Die Schlüsselliste bleibt in der Kommune.",
    (
        PERSON_KEY,
        PERSON_GROUP,
        PERSON_PAPER,
        PERSON_ARRIVED,
        PERSON_APPROACHED,
        PERSON_RECORDED,
        PERSON_LEFT,
        PERSON_RELATED,
        PERSON_AGE,
        PERSON_GENDER,
    ),
    key=(PERSON_KEY.name,),
    order=(
        (PERSON_ARRIVED.name, PERSON_APPROACHED.name, PERSON_RECORDED.name),
        (PERSON_ARRIVED.name, PERSON_LEFT.name),
    ),
    dependents=(
        Dependent(
            PERSON_RELATED.name, Condition(PERSON_GROUP.name, values_from=RuleList.RELATIVES), else_empty=True
        ),
    ),
    nil_return=True,
    capacity=5000,
)

# --- Bedarfe -----------------------------------------------------------------------------------------

NEED_PERSON = Column(
    "Kennung",
    Kind.REFERENCE,
    "Kennung der Person aus dem Blatt Personen.",
    "P-0001",
    required=True,
    prefix="P",
    to="Personen",
    width=12,
)
NEED_RECORDED = Column(
    "Erfasst am",
    Kind.DATE,
    "Tag, an dem dieser Bedarf erfasst wurde; nicht vor „Bedarf erfasst am“ der Person.",
    date(2026, 2, 3),
    required=True,
    fact=True,
)
NEED_ADDRESSED = Column(
    "Adressiert am",
    Kind.DATE,
    "Tag, an dem der Bedarf durch ein Angebot bedient wurde. Leer lassen, solange das aussteht.",
    date(2026, 3, 2),
    fact=True,
)
NEED_OFFER = Column(
    "Angebot-Nr.",
    Kind.REFERENCE,
    "Nummer aus dem Blatt Angebote; nötig, sobald „Adressiert am“ ausgefüllt ist.",
    "A-001",
    prefix="A",
    to="Angebote",
    width=14,
)
NEEDS = Sheet(
    "Bedarfe",
    "Je erfasstem Bedarf eine Zeile. Eine Person kann mehrere Bedarfe haben.",
    (
        Column(
            "Bedarf-Nr.",
            Kind.KEY,
            "Laufende Nummer: B- und 3 bis 6 Ziffern.",
            "B-0001",
            required=True,
            prefix="B",
            width=12,
        ),
        NEED_PERSON,
        Column(
            "Bedarfsfeld",
            Kind.CHOICE,
            "Wobei Unterstützung gebraucht wird.",
            "Sprache",
            required=True,
            choices=FIELDS_OF_NEED,
            width=24,
        ),
        NEED_RECORDED,
        NEED_ADDRESSED,
        NEED_OFFER,
    ),
    key=("Bedarf-Nr.",),
    order=((NEED_RECORDED.name, NEED_ADDRESSED.name),),
    dependents=(Dependent(NEED_OFFER.name, Condition(NEED_ADDRESSED.name)),),
    nil_return=True,
    capacity=10000,
)
NEED_FIELD = NEEDS.column("Bedarfsfeld")

# --- Angebote ----------------------------------------------------------------------------------------

OFFERS = Sheet(
    "Angebote",
    "Bestehende und neu geschaffene Angebote in Kommune und Landkreis.",
    (
        Column(
            "Angebot-Nr.",
            Kind.KEY,
            "Laufende Nummer: A- und 3 bis 6 Ziffern.",
            "A-001",
            required=True,
            prefix="A",
            width=14,
        ),
        Column("Bezeichnung", Kind.TEXT, "Name des Angebots.", "Sprachcafé", required=True, width=32),
        Column(
            "Art",
            Kind.CHOICE,
            "bestehend: gab es schon; neu geschaffen: im Projekt entstanden.",
            "bestehend",
            required=True,
            choices=("bestehend", "neu geschaffen"),
        ),
        Column(
            "Durchführung",
            Kind.CHOICE,
            "Wer das Angebot durchführt.",
            "anderer Träger",
            required=True,
            choices=("Projektpersonal", "beauftragter Dritter", "anderer Träger"),
            width=20,
        ),
        Column(
            "Trägerschaft",
            Kind.CHOICE,
            "Hauptamtlich oder ehrenamtlich getragen.",
            "ehrenamtlich",
            required=True,
            choices=("hauptamtlich", "ehrenamtlich"),
        ),
        Column(
            "Gebiet",
            Kind.CHOICE,
            "Wo das Angebot stattfindet.",
            "Kommune",
            required=True,
            choices=("Kommune", "Landkreis"),
            width=13,
        ),
        Column(
            "Bedarfsfeld",
            Kind.CHOICE,
            "Welchem Bedarf das Angebot dient.",
            "Sprache",
            required=True,
            choices=FIELDS_OF_NEED,
            width=24,
        ),
        Column("Beginn", Kind.DATE, "Erster Tag; darf geplant sein.", date(2025, 11, 3), required=True),
        Column("Ende", Kind.DATE, "Letzter Tag; leer lassen, wenn offen."),
        Column(
            "Besucht am",
            Kind.DATE,
            "Tag, an dem Projektmitarbeitende das Angebot besucht haben.",
            date(2026, 2, 10),
            fact=True,
        ),
        Column(
            "Modifikation",
            Kind.TEXT,
            "Was nach dem Besuch am Angebot geändert wurde.",
            "Kinderbetreuung ergänzt",
            width=30,
        ),
        _evidence(),
    ),
    key=("Angebot-Nr.",),
    order=(("Beginn", "Ende"),),
    nil_return=True,
)
OFFER_KEY, OFFER_KIND = OFFERS.column("Angebot-Nr."), OFFERS.column("Art")
OFFER_FIELD, OFFER_START = OFFERS.column("Bedarfsfeld"), OFFERS.column("Beginn")
OFFER_VISITED = OFFERS.column("Besucht am")
OFFER_EXISTING, OFFER_NEW = OFFER_KIND.choices

# --- Teilnahmen --------------------------------------------------------------------------------------

PARTICIPATIONS = Sheet(
    "Teilnahmen",
    "Welche Person an welchem Angebot teilnimmt.",
    (
        NEED_PERSON,
        Column(
            "Angebot-Nr.",
            Kind.REFERENCE,
            "Nummer aus dem Blatt Angebote.",
            "A-001",
            required=True,
            prefix="A",
            to="Angebote",
            width=14,
        ),
        Column("Beginn", Kind.DATE, "Tag der ersten Teilnahme.", date(2026, 3, 2), required=True, fact=True),
        Column("Ende", Kind.DATE, "Tag der letzten Teilnahme; darf geplant sein.", date(2026, 6, 29)),
        Column(
            "Stand",
            Kind.CHOICE,
            "Stand der Teilnahme am Berichtsstichtag.",
            "laufend",
            required=True,
            choices=("laufend", "abgeschlossen", "abgebrochen"),
        ),
        Column(
            "Abbruchgrund",
            Kind.CHOICE,
            "Nur bei Stand abgebrochen. Sonst leer lassen.",
            choices=(
                "Wegzug",
                "Arbeitsaufnahme",
                "Kinderbetreuung",
                "Gesundheit",
                "Sprachniveau",
                "Erreichbarkeit",
                "Angebot entfallen",
                "unbekannt",
                "Sonstiges",
            ),
            width=20,
        ),
    ),
    key=("Kennung", "Angebot-Nr.", "Beginn"),
    order=(("Beginn", "Ende"),),
    dependents=(Dependent("Abbruchgrund", Condition("Stand", ("abgebrochen",)), else_empty=True),),
    nil_return=True,
    capacity=10000,
)
PARTICIPATION_PERSON, PARTICIPATION_OFFER, PARTICIPATION_START, PARTICIPATION_END = PARTICIPATIONS.columns[:4]
PARTICIPATION_STATE, DROP_OUT_REASON = PARTICIPATIONS.column("Stand"), PARTICIPATIONS.column("Abbruchgrund")
RUNNING, DROPPED_OUT = PARTICIPATION_STATE.choices[0], PARTICIPATION_STATE.choices[-1]

# --- Kontakte ----------------------------------------------------------------------------------------

CONTACTS = Sheet(
    "Kontakte",
    "Je Kontakt zwischen Drittstaatsangehörigen und Integrationsguides eine Zeile.",
    (
        Column(
            "Datum",
            Kind.DATE,
            "Tag des Kontakts.",
            date(2026, 1, 20),
            required=True,
            fact=True,
            project_time=True,
        ),
        Column(
            "Kontaktform",
            Kind.CHOICE,
            "Wie der Kontakt stattfand.",
            "persönlich",
            required=True,
            choices=("persönlich", "telefonisch", "digital", "aufsuchend"),
        ),
        Column(
            "Anlass",
            Kind.CHOICE,
            "Worum es ging.",
            "Ansprache",
            required=True,
            choices=("Ansprache", "Bedarfserfassung", "Begleitung", "Verweisung", "Sonstiges"),
            width=20,
        ),
        Column(
            "Integrationsguide",
            Kind.TEXT,
            "Kürzel, höchstens 10 Zeichen, z. B. AB.",
            "AB",
            required=True,
            initials=True,
            max_length=10,
            width=18,
        ),
        Column(
            "Kennung",
            Kind.REFERENCE,
            "Kennung der Person aus dem Blatt Personen; leer lassen bei einer Gruppe.",
            "P-0001",
            prefix="P",
            to="Personen",
            width=12,
        ),
    ),
    nil_return=True,
    capacity=10000,
)
CONTACT_DATE = CONTACTS.columns[0]

# --- Veranstaltungen ---------------------------------------------------------------------------------

EVENTS = Sheet(
    "Veranstaltungen",
    "Workshops, Netzwerktreffen, Austausch, Dialogforen, Würdigungen. Auch zentrale Treffen, an denen die "
    "Kommune teilgenommen hat.",
    (
        Column(
            "Veranstaltung-Nr.",
            Kind.KEY,
            "Laufende Nummer: V- und 3 bis 6 Ziffern.",
            "V-001",
            required=True,
            prefix="V",
            width=18,
        ),
        Column(
            "Datum",
            Kind.DATE,
            "Tag der Veranstaltung.",
            date(2026, 2, 18),
            required=True,
            fact=True,
            project_time=True,
        ),
        Column(
            "Art",
            Kind.CHOICE,
            "Art der Veranstaltung.",
            "Netzwerktreffen",
            required=True,
            choices=(
                "Auftaktworkshop Integrationsguides",
                "Austauschformat Integrationsguides",
                "Netzwerktreffen",
                "Austausch Ehrenamt–Projekt",
                "Austausch Verwaltung–Ehrenamt",
                "Dialogforum",
                "Würdigung Ehrenamt",
                "Öffentliche Vorstellung",
                "Sonstiges",
            ),
            width=36,
        ),
        Column(
            "Titel",
            Kind.TEXT,
            "Titel der Veranstaltung.",
            "Runder Tisch Integration",
            required=True,
            width=34,
        ),
        Column("Teilnehmendenzahl", Kind.INTEGER, "Zahl der Teilnehmenden.", 18, required=True, width=18),
        Column(
            "Politische Spitze beteiligt",
            Kind.CHOICE,
            "ja, wenn z. B. die Bürgermeisterin oder der Bürgermeister beteiligt war.",
            NO,
            required=True,
            choices=YES_NO,
            width=20,
        ),
        _evidence("Protokoll und Teilnehmerliste, mit ; getrennt."),
    ),
    key=("Veranstaltung-Nr.",),
    nil_return=True,
)

# --- Ehrenamtliche -----------------------------------------------------------------------------------

VOLUNTEERS = Sheet(
    "Ehrenamtliche",
    "Je ehrenamtlich engagierter Person eine Zeile, nur mit Pseudonym.",
    (
        Column(
            "Kennung",
            Kind.KEY,
            "Ihr Pseudonym: E- und 3 bis 6 Ziffern. Kein Name.",
            "E-001",
            required=True,
            prefix="E",
            width=12,
        ),
        Column("Gewonnen am", Kind.DATE, "Tag der Zusage.", date(2026, 1, 15), required=True, fact=True),
        Column(
            "Aktiv ab",
            Kind.DATE,
            "Erster Einsatz; leer lassen, solange er aussteht.",
            date(2026, 2, 1),
            fact=True,
        ),
        Column(
            "Ausgeschieden am", Kind.DATE, "Leer lassen, solange das Engagement läuft.", fact=True, width=18
        ),
    ),
    key=("Kennung",),
    order=(("Gewonnen am", "Aktiv ab", "Ausgeschieden am"),),
    nil_return=True,
)

# --- Schulungen --------------------------------------------------------------------------------------

TRAINING_KEY = Column(
    "Schulung-Nr.",
    Kind.KEY,
    "Laufende Nummer: S- und 3 bis 6 Ziffern.",
    "S-001",
    required=True,
    prefix="S",
    width=14,
)
TRAINING_AUDIENCE = Column(
    "Zielgruppe",
    Kind.CHOICE,
    "Wer geschult wurde.",
    "Ehrenamtliche",
    required=True,
    choices=("Ehrenamtliche", "Verwaltung", "Integrationsguides"),
    width=20,
)
TRAINING_SIZE = Column(
    "Teilnehmendenzahl", Kind.INTEGER, "Zahl der Teilnehmenden.", 12, required=True, width=18
)
TRAININGS = Sheet(
    "Schulungen",
    "Je durchgeführter Schulung oder Maßnahme eine Zeile.",
    (
        TRAINING_KEY,
        Column(
            "Datum",
            Kind.DATE,
            "Tag der Schulung.",
            date(2026, 3, 5),
            required=True,
            fact=True,
            project_time=True,
        ),
        TRAINING_AUDIENCE,
        Column(
            "Thema", Kind.TEXT, "Thema der Schulung.", "Grundlagen des Ehrenamts", required=True, width=34
        ),
        Column(
            "Schwerpunkt",
            Kind.CHOICE,
            "Inhaltlicher Schwerpunkt.",
            "interkulturell",
            required=True,
            choices=(
                "Ehrenamt und Integrationslotsen",
                "interkulturell",
                "einfache Sprache",
                "Resilienz",
                "Sensibilisierung",
                "Sonstiges",
            ),
            width=32,
        ),
        Column("Anbieter", Kind.TEXT, "Wer die Schulung durchgeführt hat.", "Freiwilligenagentur", width=28),
        TRAINING_SIZE,
        _evidence("Dokumentation und Teilnehmerliste, mit ; getrennt."),
    ),
    key=(TRAINING_KEY.name,),
    nil_return=True,
)

# --- Schulungsteilnahmen -----------------------------------------------------------------------------

ATTENDANCE_TRAINING = Column(
    "Schulung-Nr.",
    Kind.REFERENCE,
    "Nummer einer Schulung für Ehrenamtliche aus dem Blatt Schulungen.",
    "S-001",
    required=True,
    prefix="S",
    to="Schulungen",
    to_where=Condition(TRAINING_AUDIENCE.name, ("Ehrenamtliche",)),
    width=14,
)
ATTENDANCES = Sheet(
    "Schulungsteilnahmen",
    "Welche ehrenamtlich engagierte Person an welcher Schulung teilgenommen hat.",
    (
        ATTENDANCE_TRAINING,
        Column(
            "Kennung",
            Kind.REFERENCE,
            "Kennung aus dem Blatt Ehrenamtliche.",
            "E-001",
            required=True,
            prefix="E",
            to="Ehrenamtliche",
            width=12,
        ),
    ),
    key=("Schulung-Nr.", "Kennung"),
    nil_return=True,
    capacity=5000,
)

ATTENDANCE_VOLUNTEER = ATTENDANCES.columns[1]

# --- Verwaltung --------------------------------------------------------------------------------------

UNITS = Sheet(
    "Verwaltung",
    "Organisationseinheiten der Verwaltung, die für das Projekt entscheidend sind.",
    (
        Column(
            "Organisationseinheit",
            Kind.TEXT,
            "Name der Einheit, z. B. Sozialamt.",
            "Sozialamt",
            required=True,
            is_name=True,
            width=34,
        ),
        Column(
            "Ansprechperson benannt",
            Kind.CHOICE,
            "ja, wenn die Einheit eine Ansprechperson benannt hat.",
            YES,
            required=True,
            choices=YES_NO,
            width=20,
        ),
        Column(
            "Vorgestellt am",
            Kind.DATE,
            "Tag, an dem sich die Projektmitarbeitenden vorgestellt haben.",
            date(2026, 1, 14),
            fact=True,
        ),
        Column(
            "Vernetzt am",
            Kind.DATE,
            "Tag, seit dem die Einheit ins Netzwerk eingebunden ist.",
            date(2026, 5, 11),
            fact=True,
        ),
        Column(
            "Leitfaden bekannt am",
            Kind.DATE,
            "Tag, an dem die Einheit den Leitfaden erhielt.",
            fact=True,
            width=20,
        ),
        Column(
            "Schulungsangebot am",
            Kind.DATE,
            "Tag, an dem das Schulungsangebot in der Einheit durchgeführt wurde.",
            fact=True,
            width=20,
        ),
    ),
    key=("Organisationseinheit",),
    nil_return=True,
    capacity=500,
)

# --- Meilensteine, Zielwerte -------------------------------------------------------------------------

RULE_NR = Column(
    "Nr.", Kind.TEXT, "Nummer aus dem Regelwerk.", required=True, locked=True, is_name=True, width=10
)
RULE_DUE = Column("Fällig am", Kind.DATE, "Frist aus dem Regelwerk.", locked=True, width=13)
RULE_ENTRY = Column(
    "Angabe", Kind.TEXT, "Ob Sie hier etwas angeben oder die Zahl berechnet wird.", locked=True, width=16
)
RULE_FULFILLED = Column(
    "Erfüllt am",
    Kind.DATE,
    "Tag, an dem es erfüllt war. Nur in Zeilen „bitte angeben“.",
    date(2026, 2, 27),
    fact=True,
    project_time=True,
    width=14,
)
RULE_EVIDENCE = _evidence()
RULE_NOTE = Column("Erläuterung", Kind.TEXT, "Freier Text zum Stand.", "Frageleitfaden abgestimmt", width=44)
RULE_INPUTS = (RULE_FULFILLED.name, RULE_EVIDENCE.name, RULE_NOTE.name)
ENTRY_WANTED, ENTRY_COMPUTED = "bitte angeben", "wird berechnet"

CRITERIA = Sheet(
    "Meilensteine",
    "Eine Zeile je Kriterium. Bei „bitte angeben“ tragen Sie ein, wann es erfüllt war und womit Sie es "
    "belegen; alles andere berechnet der Bericht.",
    (
        RULE_NR,
        Column("Kriterium", Kind.TEXT, "Wortlaut aus dem Regelwerk.", locked=True, width=72),
        RULE_DUE,
        RULE_ENTRY,
        RULE_FULFILLED,
        RULE_EVIDENCE,
        RULE_NOTE,
    ),
    key=(RULE_NR.name,),
    prefill=Prefill.CRITERIA,
)
TARGETS = Sheet(
    "Zielwerte",
    "Eine Zeile je Zielwert. Bei „bitte angeben“ tragen Sie ein, wann er erfüllt war und womit Sie es "
    "belegen; alles andere berechnet der Bericht.",
    (
        RULE_NR,
        Column("Zielwert", Kind.TEXT, "Wortlaut aus dem Regelwerk.", locked=True, width=72),
        RULE_ENTRY,
        RULE_FULFILLED,
        RULE_EVIDENCE,
        RULE_NOTE,
    ),
    key=(RULE_NR.name,),
    prefill=Prefill.TARGETS,
)

# --- Nachweise ---------------------------------------------------------------------------------------

EVIDENCE_KEY = Column(
    "Nachweis-Nr.",
    Kind.KEY,
    "Laufende Nummer: NW- und 3 bis 6 Ziffern.",
    "NW-001",
    required=True,
    prefix="NW",
    width=14,
)
EVIDENCE_DATE = Column("Datum", Kind.DATE, "Datum des Dokuments.", date(2026, 2, 27), required=True)
EVIDENCE_POINT = Column(
    "Nachweispunkt",
    Kind.CHOICES,
    "Wofür der Nachweis dient, z. B. N1.2. Mehrere mit ; trennen.",
    "N1.2",
    choices_from=RuleList.EVIDENCE_POINTS,
    width=20,
)
EVIDENCE = Sheet(
    "Nachweise",
    "Verzeichnis aller Nachweise. Die Dokumente selbst bleiben bei Ihnen.",
    (
        EVIDENCE_KEY,
        Column(
            "Art",
            Kind.CHOICE,
            "Art des Dokuments.",
            "Protokoll",
            required=True,
            choices=(
                "Protokoll",
                "Teilnehmerliste",
                "Konzept",
                "Leitfaden",
                "Bericht",
                "Veröffentlichung",
                "Dokumentation",
                "Auswertung",
                "Sonstiges",
            ),
            width=18,
        ),
        Column(
            "Titel", Kind.TEXT, "Titel des Dokuments.", "Protokoll Auftaktworkshop", required=True, width=40
        ),
        EVIDENCE_DATE,
        Column(
            "Ablage", Kind.TEXT, "Aktenzeichen oder Dateiname.", "Akte 50-3/KISI/001", required=True, width=34
        ),
        EVIDENCE_POINT,
    ),
    key=(EVIDENCE_KEY.name,),
)

# --- Stammdaten (form) -------------------------------------------------------------------------------

FORM_TITLE = "Stammdaten"
FORM_MUNICIPALITY = Column("Kommune", Kind.TEXT, "Name der Kommune.", required=True, is_name=True)
FORM_AGS = Column("AGS", Kind.AGS, "Amtlicher Gemeindeschlüssel, acht Ziffern.", required=True)
FORM_DISTRICT = Column("Landkreis", Kind.TEXT, "Name des Landkreises.", is_name=True)
FORM_STICHTAG = Column(
    "Berichtsstichtag", Kind.DATE, "Tag, bis zu dem berichtet wird, z. B. 31.03.2026.", required=True
)
FORM_NUMBER = Column(
    "Abgabe-Nr.",
    Kind.INTEGER,
    "1 für die erste Abgabe zu diesem Stichtag; bei jeder Korrektur um 1 erhöhen.",
    required=True,
    minimum=1,
)
FORM_EMAIL = Column("E-Mail", Kind.TEXT, "Adresse für Rückfragen und die Rückmeldung.")
FORM_RELEASED_BY = Column("Freigegeben durch", Kind.TEXT, "Wer die Angaben freigegeben hat.")
FORM_RELEASED_ON = Column("Freigegeben am", Kind.DATE, "Tag der Freigabe.")
FORM_IDENTITY = (FORM_MUNICIPALITY, FORM_AGS, FORM_DISTRICT)
_FORM_FIELDS = (
    *FORM_IDENTITY,
    FORM_STICHTAG,
    FORM_NUMBER,
    Column("Integrationsguide(s)", Kind.TEXT, "Kürzel oder Namen der Integrationsguides.", required=True),
    FORM_EMAIL,
    FORM_RELEASED_BY,
    FORM_RELEASED_ON,
)


def nil_return_label(sheet: Sheet) -> str:
    """Return the label of the line in Stammdaten that declares the sheet empty (Leermeldung)."""
    return f"Leermeldung: {sheet.title}"


def _form(tables: tuple[Sheet, ...]) -> Sheet:
    nil_returns = (
        Column(
            nil_return_label(t),
            Kind.CHOICE,
            f"ja, wenn es im Blatt {t.title} nichts zu berichten gibt. Sonst leer lassen.",
            choices=(YES,),
            since=t.since,
        )
        for t in tables
        if t.nil_return
    )
    return Sheet(FORM_TITLE, "Angaben zur Kommune und zu dieser Abgabe.", (*_FORM_FIELDS, *nil_returns))


def workbook_kind(id_: str, title: str, *tables: Sheet) -> WorkbookKind:
    """Return a kind of workbook: its form, with a Leermeldung line for each table that may have one, and
    tables.
    """
    return WorkbookKind(id_, title, _form(tables), tables)


OF_PERSONS = frozenset(  # each row is a person or belongs to one: what leaves the project lead names none
    sheet.title for sheet in (PERSONS, NEEDS, PARTICIPATIONS, VOLUNTEERS, ATTENDANCES)
)

MUNICIPALITY = workbook_kind(
    "kommune",
    "Kommune",
    STOCK,
    PERSONS,
    NEEDS,
    OFFERS,
    PARTICIPATIONS,
    CONTACTS,
    EVENTS,
    VOLUNTEERS,
    TRAININGS,
    ATTENDANCES,
    UNITS,
    CRITERIA,
    TARGETS,
    EVIDENCE,
)
PROJECT_LEAD = workbook_kind("projektleitung", LEAD_NAME, EVENTS, TRAININGS, CRITERIA, TARGETS, EVIDENCE)
WORKBOOK_KINDS = {k.id: k for k in (MUNICIPALITY, PROJECT_LEAD)}

# Sheets that are no data: the reader expects only the hidden list, which names the template.
GUIDE_TITLE, CHECK_TITLE, STATE_TITLE, LISTS_TITLE = "Anleitung", "Prüfung", "Stand", "Listen"
FEEDBACK_TITLE = "Rückmeldung"  # the first sheet of a copy that went back to the municipality
FEEDBACK_ANSWER = "Antwort der Kommune"  # the column of that sheet that the municipality fills in
LONGEST_ANSWER = 500  # characters
NON_DATA_TITLES = (GUIDE_TITLE, CHECK_TITLE, STATE_TITLE, LISTS_TITLE, FEEDBACK_TITLE)
LIST_TEMPLATE, LIST_VERSION, LIST_RULES = "Vorlage", "Vorlagenversion", "Regelversion"
CHECK_HEADERS = ("Blatt", "Prüfung", "Anzahl", "Erste Zelle", "Link")
STATE_HEADERS = ("Nr.", "Zielwert oder Kriterium", "Projektjahr", "Ist", "Soll", "Abstand", "Stand")

Lists = Mapping[RuleList, tuple[str, ...]]
Former = tuple[tuple[str, str], ...]  # (earlier wording, today's choice)


def _bind_condition(condition: Condition, lists: Lists) -> Condition:
    if condition.values_from is None:
        return condition
    return replace(condition, values=lists[condition.values_from], values_from=None)


def _bind_column(column: Column, lists: Lists, former: Former) -> Column:
    if column.choices_from is not None:
        choices = lists[column.choices_from]
        known = tuple((old, new) for old, new in former if new in choices)
        column = replace(column, choices=choices, choices_from=None, former_choices=known)
    if column.to_where is not None:
        column = replace(column, to_where=_bind_condition(column.to_where, lists))
    return column


def _bind_sheet(sheet: Sheet, lists: Lists, former: Former) -> Sheet:
    return replace(
        sheet,
        columns=tuple(_bind_column(c, lists, former) for c in sheet.columns),
        dependents=tuple(replace(d, when=_bind_condition(d.when, lists)) for d in sheet.dependents),
    )


@cache
def _bind(
    kind: WorkbookKind, lists: tuple[tuple[RuleList, tuple[str, ...]], ...], former: Former
) -> WorkbookKind:
    return replace(kind, tables=tuple(_bind_sheet(t, dict(lists), former) for t in kind.tables))


def bind(kind: WorkbookKind, lists: Lists, former: Former = ()) -> WorkbookKind:
    """Return the workbook kind with the choices of the rule files and their former wordings filled in."""
    return _bind(kind, tuple(sorted(lists.items(), key=lambda item: item[0].value)), former)
