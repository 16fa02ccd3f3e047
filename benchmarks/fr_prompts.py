"""Builds the French evaluation set from Debian's package asterisk-core-sounds-fr-g722.

`make data` fetches and unpacks the package and runs this. Texts: fr_prompts.tsv. Both are CC BY-SA
3.0: recorded by June Wallack, funded by Digium, Inc.; English texts of the same collection.
"""

import argparse
import csv
import shutil
from pathlib import Path

import av
import numpy as np
import soundfile

MANIFEST = Path(__file__).with_suffix(".tsv")
RATE_HZ = 16_000


def decode(path: Path) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    """G.722 to PCM16 at 16 kHz, [sample]."""
    with av.open(str(path), format="g722") as container:
        frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    return np.concatenate(frames).astype(np.int16)


def main() -> None:
    """Write one FLAC per row of the manifest, and the manifest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sounds", type=Path, help="folder with the package's .g722 files")
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        names = [row["id"] for row in csv.DictReader(file, delimiter="\t")]
    paths = args.sounds.rglob("*.g722")
    sounds = {"-".join(path.relative_to(args.sounds).with_suffix("").parts): path for path in paths}
    for name in names:
        soundfile.write(args.out / f"{name}.flac", decode(sounds[name]), RATE_HZ)
    shutil.copy(MANIFEST, args.out / "manifest.tsv")
    print(f"{len(names)} recordings in {args.out}")


if __name__ == "__main__":
    main()
