"""Makes the English evaluation set: recordings with the student's Portuguese of their true text.

FOLDER holds manifest.tsv (id, audio, duration_s, source_text) and the audio. There is no human
reference: the student's text of the true words is what a cascade that hears perfectly would write.
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
    folder: Path = parser.parse_args().folder
    text = TextTranslator(student_of("firefox-en-pt"))
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    with (folder / "manifest-pt.tsv").open("w", encoding="utf-8") as out:
        out.write("\t".join(COLUMNS) + "\n")
        for row in rows:
            row["reference"] = " ".join(text.all(SENTENCE_END.split(row["source_text"])))
            out.write("\t".join(row[column] for column in COLUMNS) + "\n")


if __name__ == "__main__":
    main()
