"""Makes evaluation sets into Portuguese: recordings with the student's text of their true English.

FOLDER holds manifest.tsv (id, audio, duration_s, source_text, reference) and the audio. There is no
human reference in Portuguese: the student's text of the true words is what a cascade that hears
perfectly would write. Of recordings in another language, which have their English as reference:
--of reference.
"""

import argparse
import csv
import re
from pathlib import Path

from benchmarks.students import TextTranslator, student_of

COLUMNS = ("id", "audio", "duration_s", "source_text", "reference")
SENTENCE_END = re.compile(r"(?<=[.?!]) +")


def main() -> None:
    """Write FOLDER/manifest-pt.tsv."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--of", choices=("source_text", "reference"), default="source_text")
    args = parser.parse_args()
    folder: Path = args.folder
    text = TextTranslator(student_of("firefox-en-pt"))
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    with (folder / "manifest-pt.tsv").open("w", encoding="utf-8") as out:
        out.write("\t".join(COLUMNS) + "\n")
        for row in rows:
            row["reference"] = " ".join(text.all(SENTENCE_END.split(row[args.of])))
            out.write("\t".join(row[column] for column in COLUMNS) + "\n")


if __name__ == "__main__":
    main()
