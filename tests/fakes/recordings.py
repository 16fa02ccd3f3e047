"""Two real French recordings with references, as a manifest."""

import json
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "fr"


def manifest(folder: Path) -> str:
    """Its path, in that folder."""
    path = folder / "m.jsonl"
    rows = [
        {
            "id": "invalid",
            "audio": str(FOLDER / "vm-invalidpassword.flac"),
            "reference": "That is not a valid password, please try again.",
        },
        {
            "id": "begin",
            "audio": str(FOLDER / "confbridge-conf-begin.flac"),
            "reference": "The conference will now begin.",
        },
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return str(path)
