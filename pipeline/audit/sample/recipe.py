"""How an outsider repeats the draw: the steps in words, and a program of twenty lines."""

from __future__ import annotations

POPULATION_FILE, STRATA_FILE, PROGRAM_FILE = "grundgesamtheit.txt", "schichten.csv", "nachziehen.py"

METHOD_STEPS = (
    f"Grundgesamtheit: je Zeile der angenommenen Mappen eine Zeile „AGS;Blatt;Excel-Zeile;SHA-256 der Datei“, als "
    f"Text sortiert, jede mit Zeilenende ({POPULATION_FILE}). Ihre Prüfsumme ist die SHA-256 dieser Datei.",
    "Schichten: Kommune und Blatt. Gewicht einer Schicht ist die Zahl ihrer Zeilen; mit --weighted mal (1 + Zahl "
    f"der Befunde in diesem Blatt) ({STRATA_FILE}).",
    "Verteilung: Der Umfang wird Zeile für Zeile vergeben, jeweils an die Schicht mit dem größten Wert Gewicht ÷ "
    "(2 × bisher vergeben + 1), bei Gleichstand an die erste; keine Schicht bekommt mehr, als sie Zeilen hat.",
    "Ziehung: In jeder Schicht kommen die Zeilen mit der kleinsten SHA-256 von Startwert, Zeilenvorschub und Zeile "
    "der Grundgesamtheit in die Stichprobe.",
    f"Nachziehen: python {PROGRAM_FILE} STARTWERT UMFANG",
)

RANK_SCRIPT = """\
import csv, hashlib, sys
from fractions import Fraction

seed, size = sys.argv[1], int(sys.argv[2])
listing = open("grundgesamtheit.txt", "rb").read()
print("SHA-256 der Grundgesamtheit:", hashlib.sha256(listing).hexdigest())
strata = {}
for line in listing.decode().splitlines():
    strata.setdefault(tuple(line.split(";")[:2]), []).append(line)
with open("schichten.csv", encoding="utf-8-sig", newline="") as file:
    rows = list(csv.reader(file, delimiter=";"))[1:]
weights = {(row[0], row[1]): int(row[3]) for row in rows}
drawn = dict.fromkeys(sorted(strata), 0)
for _ in range(min(size, sum(map(len, strata.values())))):
    free = [s for s in drawn if drawn[s] < len(strata[s])]
    best = max(free, key=lambda s: Fraction(weights[s], 2 * drawn[s] + 1))
    drawn[best] += 1
for stratum, count in drawn.items():
    ranked = sorted(strata[stratum], key=lambda l: hashlib.sha256(f"{seed}\\n{l}".encode()).hexdigest())
    print(*ranked[:count], sep="\\n", end="\\n" if count else "")
"""
