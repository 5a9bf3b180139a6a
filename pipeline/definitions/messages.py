"""The German texts of all findings, by rule id.

A message never repeats a cell's value, which may be personal: the cell's address is enough to find it. Where
several findings concern one cell, the order of this list decides which error stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pipeline.definitions.foreign import escaped
from pipeline.definitions.model import Finding, Severity
from pipeline.definitions.sheet_types import Column, Condition

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

SEVERITY_WORDS = {ERROR: "Fehler", WARNING: "Warnung", NOTE: "Hinweis"}


EXEMPTABLE = frozenset(
    ("W01", "W02", "W03", "W04", "W05", "W06", "W07", "W13", "W15", "P05", "P10", "P11", "P12", "P13", "P14")
)
"""Errors from which a municipality may be exempted: the cell or row is left out, or the number stands as given.

All others would let a wrong figure, a wrong date, a repeat or something personal into the report."""
NOT_RUN = "Wegen dieser Fehler noch nicht geprüft"


@dataclass(frozen=True, slots=True)
class Message:
    """Severity, text and remedy of a finding; ``general`` is the text without rows and counts of persons."""

    severity: Severity
    text: str
    remedy: str
    general: str = ""


_AGAIN = "Speichern Sie die Datei in Excel neu als „Excel-Arbeitsmappe (.xlsx)“ und senden Sie sie erneut."
_TEMPLATE = (
    "Übertragen Sie die Angaben in die aktuelle Vorlage, die Sie von der Projektleitung erhalten haben."
)
_ATTACH = "Senden Sie die Mappe selbst, als Anlage einer E-Mail und ohne Archiv."
_CLEAR_ROW = "Inhalt der Zeile leeren"  # protected sheets let nobody delete rows
_ASK_LEAD = "Fragen Sie bitte die Projektleitung."

MESSAGES: dict[str, Message] = {
    # D: the file as a whole is refused
    "D01": Message(ERROR, "Die Datei ist keine Excel-Arbeitsmappe.", "Senden Sie die ausgefüllte Excel-Vorlage (.xlsx)."),
    "D02": Message(ERROR, "Die Datei hat das alte Excel-Format (.xls).", _AGAIN),
    "D03": Message(ERROR, "Die Datei ist mit einem Passwort geschützt.", "Entfernen Sie das Passwort (Datei → Informationen → Arbeitsmappe schützen) und senden Sie die Datei erneut."),
    "D23": Message(ERROR, "Die Datei trägt eine Vertraulichkeitsbezeichnung mit Verschlüsselung (z. B. Microsoft Purview).", "Wählen Sie in Excel unter Start → Vertraulichkeit eine Bezeichnung ohne Verschlüsselung, speichern Sie und senden Sie die Datei erneut."),
    "D26": Message(ERROR, "Die Datei ist eine OpenDocument-Tabelle (.ods).", "Speichern Sie die Datei als Excel-Arbeitsmappe .xlsx und senden Sie sie erneut."),
    "D27": Message(ERROR, "Die Datei ist eine binäre Excel-Arbeitsmappe (.xlsb).", _AGAIN),
    "D04": Message(ERROR, "Die Datei enthält Makros.", _AGAIN),
    "D05": Message(ERROR, "Die Datei ist beschädigt oder ungewöhnlich aufgebaut und wird nicht gelesen.", _AGAIN),
    "D06": Message(ERROR, "Die Datei enthält eine Dokumenttyp-Definition (DTD) und wird nicht gelesen.", _AGAIN),
    "D07": Message(ERROR, "Die Datei ist nicht aus einer KISI-Vorlage entstanden.", _TEMPLATE),
    "D08": Message(ERROR, "Die Vorlage hat eine Version, die nicht mehr angenommen wird. Gültig: Version {versions}.", _TEMPLATE),
    "D09": Message(ERROR, "Es fehlt: Blatt {sheets}.", _TEMPLATE),
    "D24": Message(ERROR, "Das Blatt „{sheet}“ fehlt; das {position}. Blatt der Mappe ist es wohl unter anderem Namen.", "Nennen Sie das Blatt wieder „{sheet}“."),
    "D10": Message(ERROR, "Im Blatt fehlt die Spalte {columns}.", "Stellen Sie die Überschrift wieder her, wie sie in der Vorlage steht, oder übertragen Sie die Angaben in eine neue Vorlage."),
    "D11": Message(ERROR, "Im Blatt steht die Spalte {columns} mehrfach.", "Lassen Sie jede Überschrift nur einmal stehen; verschieben Sie die Angaben in diese Spalte."),
    "D25": Message(ERROR, "Die Überschrift „{double}“ steht zweimal, „{missing}“ fehlt: Eine der beiden wurde überschrieben.", "Schreiben Sie in diese Zelle wieder „{missing}“; wenn es die andere ist, in die andere."),
    "D12": Message(ERROR, "In den Stammdaten fehlt die Zeile {labels} oder steht mehrfach.", "Stellen Sie die Zeile wieder her, wie sie in der Vorlage steht."),
    "D13": Message(ERROR, "Der AGS ist leer oder hat nicht acht Ziffern.", "Tragen Sie den achtstelligen Gemeindeschlüssel Ihrer Kommune ein."),
    "D14": Message(ERROR, "Der Berichtsstichtag ist leer oder kein Datum.", "Tragen Sie das Datum in der Form 31.03.2026 ein."),
    "D15": Message(ERROR, "Die Abgabe-Nr. ist leer oder keine ganze Zahl ab 1.", "Tragen Sie 1 für die erste Abgabe zu diesem Stichtag ein, 2 für die zweite und so fort."),
    "D16": Message(ERROR, "Der AGS steht nicht auf der Liste der teilnehmenden Kommunen.", "Prüfen Sie den AGS. Ist er richtig: " + _ASK_LEAD),
    "D17": Message(ERROR, "Weit außerhalb der Tabelle steht ein Wert.", "Leeren Sie diese Zelle und senden Sie die Datei erneut."),
    "D18": Message(ERROR, "Die Datei ließ sich nicht lesen.", _AGAIN),
    "D19": Message(ERROR, "Der AGS passt nicht zur Vorlage: {wanted}.", "Verwenden Sie die Vorlage, die für Sie bestimmt ist, und lassen Sie den AGS unverändert."),
    "D20": Message(ERROR, "Das Lesen der Datei wurde abgebrochen: Es brauchte zu viel Zeit oder Speicher, oder das Leseprogramm stürzte ab.", "Übertragen Sie die Angaben in eine neue Vorlage und senden Sie diese."),
    "D21": Message(ERROR, "Nicht alles, was im Blatt steht, konnte gelesen werden; die Datei wird deshalb nicht verwendet.", _AGAIN),
    "D22": Message(ERROR, "Die Datei ist zu groß und wird nicht gelesen.", "Löschen Sie Bilder, zusätzliche Blätter und leere formatierte Zeilen, oder übertragen Sie die Angaben in eine neue Vorlage."),
    "D40": Message(ERROR, "Das Archiv ist mit einem Passwort geschützt; was darin liegt, wird nicht gelesen.", _ATTACH),
    "D41": Message(ERROR, "Das Archiv oder die E-Mail ist beschädigt oder ungewöhnlich aufgebaut und wird nicht geöffnet.", _ATTACH),
    "D42": Message(ERROR, "Das Archiv oder die E-Mail ist zu groß oder hat zu viele Teile und wird nicht geöffnet.", _ATTACH),
    "D43": Message(ERROR, "Die Datei ist aus einer anderen Vorlage entstanden als {other}.", "Wählen Sie zwei Mappen derselben Kommune."),
    # A: submissions among each other
    "A01": Message(ERROR, "Zu AGS, Berichtsstichtag und Abgabe-Nr. gibt es mehrere Dateien mit verschiedenem Inhalt: {files}.", "Klären Sie, welche Datei gilt, und senden Sie diese mit einer höheren Abgabe-Nr."),
    # W: one cell
    "W01": Message(ERROR, "In der Zelle steht ein Excel-Fehlerwert (z. B. #BEZUG!).", "Tragen Sie den richtigen Wert ein; nur ein freiwilliges Feld dürfen Sie stattdessen leeren."),
    "W02": Message(ERROR, "In der Zelle steht eine Formel ohne gespeichertes Ergebnis.", "Tragen Sie den Wert selbst ein, oder öffnen und speichern Sie die Datei in Excel."),
    "W21": Message(ERROR, "In der Zelle liegt ein Bild; verlangt ist Text.", "Tragen Sie in die Zelle ein, was das Bild zeigen soll, etwa Aktenzeichen oder Dateiname; das Bild selbst gehört nicht in die Zelle."),
    "W22": Message(ERROR, "In der Zelle steht ein verknüpfter Datentyp (z. B. Geografie oder Aktien); verlangt ist Text.", "Wandeln Sie ihn um (Rechtsklick → Datentyp → In Text konvertieren), oder tragen Sie den Text neu ein."),
    "W15": Message(ERROR, "Der Inhalt dieser Zelle ist beschädigt und lässt sich nicht lesen.", "Tragen Sie den Wert neu ein."),
    "W23": Message(ERROR, "Diese Zeile ist kein Datensatz, sondern eine Summe, eine Überschrift oder eine Notiz.", f"{_CLEAR_ROW}: In der Tabelle stehen nur Datensätze, Summen rechnet der Bericht."),
    "W24": Message(ERROR, "Diese Zelle ist mit einer anderen verbunden; was dort steht, gilt nicht für sie.", "Heben Sie die Verbindung auf (Start → Verbinden und zentrieren) und füllen Sie jede Zelle einzeln aus."),
    "W03": Message(ERROR, "Dieses Datum gibt es nicht.", "Tragen Sie ein Datum der Form 31.03.2026 ein."),
    "W04": Message(ERROR, "Das Datum ist nicht eindeutig.", "Tragen Sie Tag, Monat und vierstelliges Jahr ein, z. B. 31.03.2026."),
    "W05": Message(ERROR, "Hier wird ein Datum erwartet.", "Tragen Sie ein Datum der Form 31.03.2026 ein."),
    "W06": Message(ERROR, "Die Zahl ist nicht eindeutig: Der Punkt kann Tausender oder Dezimalstellen trennen.", "Tragen Sie die Zahl ohne Punkt ein, z. B. 1234."),
    "W07": Message(ERROR, "Hier wird eine ganze Zahl erwartet.", "Tragen Sie nur Ziffern ein, ohne Punkt, Komma und Text."),
    "W08": Message(ERROR, "Die Zahl ist kleiner als {minimum}.", "Tragen Sie eine ganze Zahl ab {minimum} ein."),
    "W09": Message(ERROR, "Der Text ist länger als {maximum} Zeichen.", "Kürzen Sie den Text."),
    "W25": Message(ERROR, "Hier steht mehr als ein Eintrag; erlaubt ist nur einer.", "Lassen Sie einen Eintrag stehen; für jeden weiteren füllen Sie eine eigene Zeile aus."),
    "W26": Message(ERROR, "Die Nummern in dieser Zelle sind nicht durch Semikolon getrennt.", "Trennen Sie die Nummern mit Semikolon, z. B. NW-001; NW-002."),
    "W27": Message(ERROR, "Hier wird die Nummer eines Nachweises erwartet, kein Hinweis in Worten.", "Tragen Sie den Nachweis im Blatt Nachweise ein, unter „Ablage“, wo er liegt, und hier seine Nummer, z. B. NW-001."),
    "W28": Message(ERROR, "Hier steht ein ganzer Name; verlangt ist ein Kürzel.", "Ersetzen Sie den Namen durch ein Kürzel von höchstens 10 Zeichen, z. B. AB."),
    "W10": Message(ERROR, "Dieser Eintrag steht nicht zur Auswahl.", "Wählen Sie einen Eintrag aus der Liste der Zelle."),
    "W11": Message(ERROR, "Dieser Eintrag sieht nach Name, E-Mail-Adresse, Telefonnummer oder Geburtsdatum aus. Hier darf nur ein Pseudonym stehen.", "Ersetzen Sie ihn durch die vergebene Nummer aus {form}. Die Schlüsselliste bleibt in der Kommune."),
    "W12": Message(ERROR, "Der Eintrag besteht nicht aus {form}.", "Tragen Sie eine Nummer aus {form} ein."),
    "W13": Message(ERROR, "Dieses Pflichtfeld ist leer.", "Füllen Sie die Zelle aus."),
    "W14": Message(ERROR, "Das Datum liegt vor dem {earliest} oder nach dem {latest}.", "Prüfen Sie das Jahr; vermutlich ein Tippfehler."),
    "W40": Message(WARNING, "Dieser Berichtsstichtag steht nicht im Berichtsplan; am nächsten liegt der {nearest}.", "Ist der {nearest} gemeint, tragen Sie ihn ein: Sonst zählt die Mappe nicht für diese Runde."),
    "W20": Message(WARNING, "In dieser Zeile steht nichts als „nein“ (etwa ein leeres Kontrollkästchen); sie zählt nicht.", "Leeren Sie die Zelle, oder füllen Sie die Zeile ganz aus."),
    # P: cells, rows and sheets together
    "P01": Message(ERROR, "Der Berichtsstichtag liegt nicht im Projektzeitraum {start} bis {end}.", "Prüfen Sie das Datum."),
    "P02": Message(ERROR, "Das Datum liegt nach dem Berichtsstichtag.", "Berichten Sie nur, was bis zum Berichtsstichtag geschehen ist, oder prüfen Sie das Datum."),
    "P03": Message(ERROR, "Dieser Eintrag kommt in „{columns}“ schon weiter oben vor.", f"Jeder Eintrag darf nur einmal vorkommen. Ist die Zeile doppelt: {_CLEAR_ROW}. Sonst ändern Sie den Eintrag."),
    "P04": Message(ERROR, "Das Datum liegt vor „{before}“.", "Prüfen Sie beide Daten; „{before}“ kommt zuerst."),
    "P05": Message(ERROR, "Diese Angabe fehlt: Sie ist nötig, wenn {condition}.", "Füllen Sie die Zelle aus."),
    "P06": Message(ERROR, "Diese Zelle muss leer sein: Sie gilt nur, wenn {condition}.", "Leeren Sie die Zelle oder prüfen Sie „{other}“."),
    "P07": Message(ERROR, "Dieser Eintrag fehlt im Blatt {table}.", "Prüfen Sie die Nummer oder ergänzen Sie die Zeile im Blatt {table}."),
    "P08": Message(ERROR, "Der Eintrag im Blatt {table}, auf den die Zelle verweist, passt nicht: „{other}“ muss {values} sein.", "Verweisen Sie auf einen passenden Eintrag oder prüfen Sie dort „{other}“."),
    "P09": Message(ERROR, "Der Bedarf wurde vor dem Tag erfasst, der bei der Person unter „{other}“ steht.", "Prüfen Sie beide Daten; „{other}“ ist der Tag der ersten Erfassung."),
    "P10": Message(ERROR, "Für diese Person gibt es Bedarfe, aber das Datum der Bedarfserfassung fehlt.", "Tragen Sie den Tag der ersten Bedarfserfassung ein."),
    "P11": Message(ERROR, "Am Tag dieses Bestands sind im Blatt {table} mehr Personen mit geprüftem Aufenthaltspapier da, als hier angegeben sind; der Anteil läge über 100 %.", "Prüfen Sie die Anzahl und im Blatt {table} Zugang und Abgang."),
    "P12": Message(ERROR, "Im Blatt {table} stehen zu dieser Schulung mehr Teilnahmen, als hier angegeben sind.", "Prüfen Sie die Teilnehmendenzahl und das Blatt {table}."),
    "P13": Message(ERROR, "Leermeldung, obwohl im Blatt {table} etwas steht.", "Leeren Sie diese Zelle, oder leeren Sie den Inhalt der Zeilen im Blatt {table}."),
    "P14": Message(ERROR, "Diese Nummer gibt es im Regelwerk nicht.", "Stellen Sie die Nummer wieder her, wie sie in der Vorlage steht."),
    "P15": Message(WARNING, "Diese Nummer gibt es im Regelwerk nicht (mehr); die Zeile wird nicht beachtet.", "Nichts zu tun, wenn das Regelwerk geändert wurde; sonst stellen Sie die Nummer wieder her."),
    "P40": Message(ERROR, "Nach dem Berichtsstichtag liegen Daten in vielen Zeilen: {counts}. Vermutlich ist der Berichtsstichtag falsch.", "Prüfen Sie zuerst den Berichtsstichtag. Stimmt er, berichten Sie nur, was bis dahin geschehen ist.", "Nach dem Berichtsstichtag liegen Daten in vielen Zeilen. Vermutlich ist der Berichtsstichtag falsch."),
    "P41": Message(ERROR, "Die Kommune steht auf der Liste unter einem anderen AGS; zum AGS in dieser Mappe gehört {own}.", "Prüfen Sie AGS und Kommune; verwenden Sie die Vorlage, die für Sie bestimmt ist."),
    "P42": Message(WARNING, "Unter diesem Namen steht die Kommune nicht auf der Liste; zum AGS gehört {own}.", "Prüfen Sie AGS und Kommune. Sind beide richtig, ist nichts zu tun."),
    "P43": Message(WARNING, "Die Freigabe liegt vor dem Berichtsstichtag.", "Prüfen Sie beide Daten; freigegeben wird, was bis zum Berichtsstichtag geschehen ist."),
    "P44": Message(WARNING, "Die Teilnahme läuft, obwohl „{other}“ vor dem Berichtsstichtag liegt.", "Prüfen Sie den Stand und „{other}“."),
    "P45": Message(WARNING, "Die Teilnahme beginnt {when} dem Tag, der bei der Person unter „{other}“ steht.", "Prüfen Sie beide Daten. Stimmen sie, ist nichts zu tun."),
    "P46": Message(WARNING, "Der Bedarf wurde vor „{other}“ des Angebots adressiert.", "Prüfen Sie beide Daten und die Angebot-Nr."),
    "P48": Message(WARNING, "Der letzte Bestand ist am Berichtsstichtag älter als {months} Monate.", "Tragen Sie eine neuere Zahl ein, wenn es sie gibt."),
    "P20": Message(WARNING, "Das Datum liegt vor dem Projektbeginn am {start}.", "Prüfen Sie das Datum. Für ein Projektjahr zählt die Zeile nicht."),
    "P21": Message(WARNING, "Ein Nachweis fehlt: Ohne Nachweis-Nr. gilt dies nicht als erreicht.", "Tragen Sie den Nachweis im Blatt {table} ein und hier seine Nummer."),
    "P22": Message(WARNING, "Das Blatt ist leer und es gibt keine Leermeldung. Zahlen, die darauf beruhen, sind nicht bewertbar.", "Füllen Sie das Blatt aus, oder tragen Sie in den Stammdaten „ja“ bei „{label}“ ein."),
    "P23": Message(WARNING, "Diese Zeile wird berechnet; der Eintrag wird nicht beachtet.", "Leeren Sie die Zelle."),
    "P24": Message(WARNING, "Die Zeile {ids} fehlt im Blatt.", "Stellen Sie die Zeile aus der Vorlage wieder her, wenn Sie dazu etwas angeben wollen."),
    "P30": Message(NOTE, "Das Aufenthaltspapier ist noch nicht geprüft; die Person zählt noch nicht.", "Tragen Sie „ja“ ein, sobald Sie das Papier gesehen haben."),
    "P31": Message(NOTE, "Auf diesen Nachweis verweist keine Zeile, und er hat keinen Nachweispunkt.", "Tragen Sie den Nachweispunkt ein, oder die Nummer dort, wo der Nachweis gilt."),
    "P32": Message(NOTE, "{rows} einer Zeile weiter oben, zuerst Zeile {first}; jede Zeile zählt.", "Leeren Sie Zeilen, die versehentlich doppelt sind."),
    "P47": Message(NOTE, "Der Nachweis trägt ein Datum vor dem Tag, den er belegen soll.", "Prüfen Sie die Nummer und im Blatt {table} das Datum. Stimmen sie, ist nichts zu tun."),
    # V: against the previous Stichtag
    "V01": Message(WARNING, "Datensätze der vorigen Abgabe fehlen: dort {table}, {rows} (Stichtag {stichtag}, Datei {file}).", "Stellen Sie die Zeile wieder her, oder erläutern Sie der Projektleitung, warum sie entfällt.", "Datensätze der vorigen Abgabe fehlen."),
    "V02": Message(WARNING, "Dieses Datum war in der vorigen Abgabe anders: dort {there} (Stichtag {stichtag}, Datei {file}).", "Prüfen Sie das Datum, oder erläutern Sie der Projektleitung die Änderung.", "Dieses Datum war in der vorigen Abgabe anders."),
    "V03": Message(WARNING, "{nr} ist gesunken: {now} statt {before} am {stichtag} (Datei {file}).", "Diese Zahl kann nur steigen. Prüfen Sie, ob Zeilen geändert wurden oder fehlen."),
    "V20": Message(WARNING, "In der Abgabe mit der Abgabe-Nr. {number}, die diese ersetzt, standen Datensätze, die hier fehlen: {counts} (Datei {file}).", "Prüfen Sie, ob zwei Personen je eine Mappe ausgefüllt haben. Sollen die Zeilen entfallen, ist nichts zu tun.", "In der Abgabe, die diese ersetzt, standen Datensätze, die hier fehlen."),
    "V21": Message(WARNING, "{nr} war am {stichtag} erreicht und ist es nicht mehr{because} (Datei {file}).", "Prüfen Sie, was sich geändert hat; ergänzen Sie fehlende Angaben."),
    # X: exceptions that the ministry has granted
    "X01": Message(NOTE, "Die Ausnahme von {rule} galt für Berichtsstichtage bis {until}; sie ist abgelaufen, der Fehler bleibt.", "Beheben Sie den Fehler, oder fragen Sie die Projektleitung nach einer neuen Ausnahme."),
    # V1: plausibility, for a second look
    "V10": Message(NOTE, "{nr} ist auffällig gestiegen: {now} statt {before} am {stichtag} (Datei {file}).", "Prüfen Sie, ob Zeilen mehrfach eingetragen sind. Stimmt die Zahl, ist nichts zu tun."),
    "V11": Message(NOTE, "Die Angaben gleichen bis auf Stichtag, Abgabe-Nr. und Freigabe denen zum {stichtag} (Datei {file}).", "Prüfen Sie, ob versehentlich die frühere Mappe gesendet wurde."),
    "V12": Message(NOTE, "Alle {n} adressierten Bedarfe tragen dasselbe Datum.", "Prüfen Sie, ob die Tage einzeln stimmen. Stimmen sie, ist nichts zu tun.", "Alle adressierten Bedarfe tragen dasselbe Datum."),
    "V13": Message(NOTE, "Bei allen {n} Personen, deren Bedarf seit dem vorigen Stichtag erfasst wurde, steht derselbe Tag.", "Prüfen Sie, ob die Tage einzeln stimmen. Stimmen sie, ist nichts zu tun.", "Bei allen Personen, deren Bedarf seit dem vorigen Stichtag erfasst wurde, steht derselbe Tag."),
    "V14": Message(NOTE, "An einem einzigen Tag stehen {n} Kontakte.", "Prüfen Sie, ob die Tage einzeln stimmen. Stimmen sie, ist nichts zu tun."),
    # M: mended, nothing to do
    "M01": Message(NOTE, "Überzählige Leerzeichen, Zeilenumbrüche oder unsichtbare Zeichen wurden entfernt.", "Nichts zu tun."),
    "M02": Message(NOTE, "Umlaute in zerlegter Schreibweise wurden zusammengesetzt.", "Nichts zu tun."),
    "M03": Message(NOTE, "Der Eintrag wurde als „ja“ oder „nein“ gelesen.", "Nichts zu tun; künftig bitte aus der Liste wählen."),
    "M04": Message(NOTE, "Groß- und Kleinschreibung wurde an die Auswahl angepasst.", "Nichts zu tun; künftig bitte aus der Liste wählen."),
    "M05": Message(NOTE, "Die als Text eingetragene Zahl wurde als Zahl gelesen.", "Nichts zu tun."),
    "M06": Message(NOTE, "Das als Text eingetragene Datum wurde als Datum gelesen.", "Nichts zu tun."),
    "M07": Message(NOTE, "Excel hatte den AGS in eine Zahl verwandelt; die führende Null wurde ergänzt.", "Nichts zu tun."),
    "M08": Message(NOTE, "In der Zelle steht eine Formel; gelesen wurde ihr gespeichertes Ergebnis.", "Nichts zu tun; besser ist ein fester Wert."),
    "M09": Message(NOTE, "Zwischen den Datensätzen stehen leere Zeilen; sie wurden übergangen.", "Nichts zu tun."),
    "M10": Message(NOTE, "Die Spalten stehen in anderer Reihenfolge als in der Vorlage; gelesen wurde nach den Überschriften.", "Nichts zu tun."),
    "M11": Message(NOTE, "Diese Spalte gehört nicht zur Vorlage und wird nicht beachtet.", "Nichts zu tun."),
    "M12": Message(NOTE, "Das {place}. Blatt der Mappe gehört nicht zur Vorlage und wird nicht beachtet.", "Nichts zu tun."),
    "M13": Message(NOTE, "Ab hier sind Zeilen ausgeblendet oder weggefiltert; sie wurden gelesen.", "Nichts zu tun; prüfen Sie, ob sie gemeint sind."),
    "M14": Message(NOTE, "Die Datei verweist auf andere Dateien; gelesen wurden die gespeicherten Werte.", "Nichts zu tun; besser sind feste Werte."),
    "M15": Message(NOTE, "Die Uhrzeit am Datum wurde nicht übernommen.", "Nichts zu tun."),
    "M16": Message(NOTE, "Eine Zahl oder ein Datum in einem Textfeld wurde als Text gelesen.", "Nichts zu tun."),
    "M17": Message(NOTE, "Der frühere AGS wurde durch den heutigen ersetzt ({ags}).", "Nichts zu tun; künftig bitte die neue Vorlage verwenden."),
    "M20": Message(NOTE, "Ein anderer Strich wurde als Bindestrich gelesen.", "Nichts zu tun."),
    "M21": Message(NOTE, "Die Kleinbuchstaben der Nummer wurden als große gelesen.", "Nichts zu tun."),
    "M22": Message(NOTE, "Die Einträge wurden an Komma, „und“ oder Zeilenumbruch getrennt.", "Nichts zu tun; künftig bitte mit Semikolon trennen."),
    "M23": Message(NOTE, "Eine frühere Bezeichnung wurde als die heutige gelesen.", "Nichts zu tun; künftig bitte aus der Liste wählen."),
    "M24": Message(NOTE, "Die Zahl weicht nur durch die Rechenungenauigkeit von Excel von einer ganzen Zahl ab; gelesen wurde die ganze Zahl.", "Nichts zu tun."),
    "M25": Message(NOTE, "Ab hier sind Einträge durchgestrichen; sie wurden gelesen.", f"Gilt eine Zeile nicht mehr: {_CLEAR_ROW}. Sonst ist nichts zu tun."),
    "M26": Message(NOTE, "Der Eintrag wurde als leer gelesen: keine Leermeldung.", "Nichts zu tun."),
    "M27": Message(NOTE, "In der Zelle stehen nur Trennzeichen; sie wurde als leer gelesen.", "Nichts zu tun."),
    "M28": Message(NOTE, "Die Mappe stammt aus der Regelversion {given}; geprüft und bewertet wird nach der Version {version}.", "Nichts zu tun; künftig bitte die neue Vorlage verwenden."),
    # N: no submissions
    "N01": Message(NOTE, "Sperrdatei einer geöffneten Mappe; übergangen.", "Nichts zu tun."),
    "N02": Message(NOTE, "Versteckte Datei oder versteckter Ordner; übergangen.", "Nichts zu tun."),
    "N03": Message(NOTE, "Verknüpfung; übergangen.", "Legen Sie die Datei selbst in den Ordner."),
    "N04": Message(NOTE, "Keine gewöhnliche Datei; übergangen.", "Nichts zu tun."),
    "N20": Message(NOTE, "Der Ordner liegt tiefer als 50 Ebenen; was darin liegt, wurde nicht gelesen.", "Legen Sie die Mappen weiter oben ab."),
    "N05": Message(NOTE, "Ordner mit dem Namen einer Arbeitsmappe; gelesen wird, was darin liegt.", "Nichts zu tun."),
    "N30": Message(NOTE, "Anlage, die keine Excel-Arbeitsmappe ist; übergangen.", "Nichts zu tun."),
    "N31": Message(NOTE, "Darin liegt keine Excel-Arbeitsmappe.", "Prüfen Sie, ob der Absender die Mappe vergessen hat."),
    "N32": Message(NOTE, "Archiv oder E-Mail in einem Archiv oder einer E-Mail, die selbst schon in einer liegt; nicht geöffnet.", "Liegt eine Mappe darin, legen Sie diese selbst in den Ordner."),
    "N33": Message(NOTE, "In dieser Datei kann eine Mappe liegen, doch das Programm öffnet dieses Format nicht; übergangen.", "Liegt eine Mappe darin, legen Sie diese selbst in den Ordner."),
}  # fmt: skip

_RANK = {rule: rank for rank, rule in enumerate(MESSAGES)}


_SUBJECTS = ("nr", "ids", "place")  # the words that tell findings of one rule about one sheet apart


def rank(rule: str) -> int:
    """Return the position of a rule in the list; a smaller one is shown first."""
    return _RANK[rule]


def finding(
    rule: str,
    sheet: str | None = None,
    cell: str | None = None,
    column: str | None = None,
    /,
    **words: object,
) -> Finding:
    """Return a finding with its German texts, ``words`` put into their placeholders.

    Raises KeyError when a placeholder has no word.
    """
    message = MESSAGES[rule]
    subject = next((str(words[name]) for name in _SUBJECTS if name in words), "")
    words = {name: escaped(word) if isinstance(word, str) else word for name, word in words.items()}
    return Finding(
        rule=rule,
        severity=message.severity,
        message=message.text.format_map(words),
        remedy=message.remedy.format_map(words),
        sheet=sheet,
        cell=cell,
        column=column,
        cells=(cell,) if cell else (),
        subject=subject,
    )


def finding_place(one: Finding) -> str:
    """Return where a finding is: ``Personen!B7``, the sheet alone, or ``Datei``."""
    return "!".join(part for part in (one.sheet, one.cell) if part) or "Datei"


_RANGES_TOLD = 8


def finding_extent(one: Finding) -> str:
    """Return how many cells a finding concerns: ``12 Zellen: C26:C36, C40``; empty for a single cell."""
    if one.count == 1 or not one.cells:
        return ""
    more = ", …" if len(one.cells) > _RANGES_TOLD else ""
    return f"{one.count} Zellen: {', '.join(one.cells[:_RANGES_TOLD])}{more}"


REOPENED = "erneut offen: Der Wert hat sich seit der Antwort geändert"


def answer_text(one: Finding) -> str | None:
    """The municipality's answer as it may be shown, or that the finding is asked again after a change."""
    if one.answer is not None:
        return one.answer.shown
    return REOPENED if one.reopened else None


def worded(one: Finding) -> str:
    """The message for the municipality; says so where it is asked again because the value has changed."""
    return f"Erneut offen, weil sich der Wert geändert hat: {one.message}" if one.reopened else one.message


def general_message(one: Finding) -> str:
    """Return the finding's message without the rows and counts of persons that it names."""
    return MESSAGES[one.rule].general or one.message


def exempted(error: Finding, reason: str, decided_by: str, until: date) -> Finding:
    """Return an error as the warning that it is for a municipality with an exemption from the check."""
    return replace(
        error,
        severity=WARNING,
        message=f"{error.message} Ausnahme: {reason.rstrip('.')} (entschieden: {decided_by}), bis {german_date(until)}.",
        remedy="Nichts zu tun, solange die Ausnahme gilt.",
    )


def german_date(value: object) -> str:
    """Return a date as ``31.03.2026``."""
    return f"{value:%d.%m.%Y}"


def by_number(count: int, one: str, many: str) -> str:
    """Return the form of a word that goes with a number: ``Datei`` for 1, ``Dateien`` for any other."""
    return one if count == 1 else many


def number_of(count: int, one: str, many: str) -> str:
    """Return a number with its noun: ``1 Datei``, ``2 Dateien``."""
    return f"{count} {by_number(count, one, many)}"


def quoted(values: object) -> str:
    """Return names in quotation marks, separated by commas: „a“, „b“."""
    return ", ".join(f"„{v}“" for v in values)  # type: ignore[attr-defined]


def either(values: Iterable[object]) -> str:
    """Return alternatives in quotation marks: „a“ oder „b“; of more than two, what stands before their dash."""
    known = [str(value) for value in values]
    if len(known) > _FEW and all(_DASH in value for value in known):
        known = [value.partition(_DASH)[0] for value in known]
    return " oder ".join(f"„{value}“" for value in known)


_FEW, _DASH = 2, " – "


def key_form(column: Column) -> str:
    """Return in words what a key looks like (``Column.key_pattern`` is the regular expression)."""
    return f"{column.prefix}- und 3 bis 6 Ziffern"


def condition_text(condition: Condition) -> str:
    """Return when a condition holds, as the end of a clause: „Stand“ „abgebrochen“ ist."""
    what = either(condition.values) if condition.values else "ausgefüllt"
    return f"„{condition.column}“ {what} ist"
