"""Runs inside the peers' environment: cases as JSON on stdin to their scorers' values on stdout.

A case is one of SimulEval's log lines plus time_to_recording_end. Knows nothing of this project.
"""

import json
import logging
import sys
from types import SimpleNamespace
from typing import Any

from omnisteval.data import Instance  # type: ignore[import-not-found]
from omnisteval.scoring import (  # type: ignore[import-not-found]
    ALScorer,
    APScorer,
    DALScorer,
    LAALScorer,
    ShortformDegeneracyScorer,
    YAALScorer,
)
from simuleval.evaluator.instance import LogInstance  # type: ignore[import-not-found]
from simuleval.evaluator.scorers import latency_scorer  # type: ignore[import-not-found]


def of_omnisteval(case: dict[str, Any]) -> dict[str, float | None]:
    """Its five metrics, short and long, on delays and on elapsed times."""
    instance = Instance.from_dict(
        {
            **{key: case[key] for key in ("prediction", "reference", "source_length")},
            "emission_cu": case["delays"],
            "emission_ca": case["elapsed"],
        }
    )
    long = Instance.from_dict(
        {**vars(instance), "time_to_recording_end": case["time_to_recording_end"]}
    )
    values: dict[str, float | None] = {}
    for late in (False, True):
        end = ":elapsed" if late else ":delay"
        values[f"AL{end}"] = ALScorer(late).compute(instance)
        values[f"LAAL{end}"] = LAALScorer(late).compute(instance)
        values[f"AP{end}"] = APScorer(late)([instance])
        values[f"DAL{end}"] = DALScorer(late)([instance])
        values[f"YAAL{end}"] = YAALScorer(late).compute(instance)
        values[f"LongYAAL{end}"] = YAALScorer(late, is_longform=True).compute(long)
    return values


def of_simuleval(case: dict[str, Any]) -> dict[str, float | None]:
    """Its metrics on delays and on elapsed times; ATD of text and of speech."""
    logged = {0: LogInstance(json.dumps(case))}
    spoken = {0: SimpleNamespace(**case, metrics={})}
    values: dict[str, float | None] = {}
    for late in (False, True):
        end = ":elapsed" if late else ":delay"
        for name in ("AL", "LAAL", "AP", "DAL", "ATD", "StartOffset"):
            values[f"{name}{end}"] = scorer(name, late)(logged)
        values[f"Speech-ATD{end}"] = scorer("ATD", late)(spoken)
    values["EndOffset:delay"] = scorer("EndOffset", late=False)(logged)
    return values


def scorer(name: str, late: bool) -> Any:
    """SimulEval's scorer of that name."""
    return getattr(latency_scorer, f"{name}Scorer")(computation_aware=late)


def degeneracy(cases: list[dict[str, Any]]) -> dict[str, float]:
    """OmniSTEval's degenerate-policy test over all cases."""
    instances = [
        Instance.from_dict(
            {
                "reference": case["reference"],
                "source_length": case["source_length"],
                "emission_cu": case["delays"],
            }
        )
        for case in cases
    ]
    found: dict[str, float] = ShortformDegeneracyScorer()(instances)
    return found


def main() -> None:
    """All cases at once: starting the interpreter costs more than scoring."""
    logging.disable(logging.WARNING)
    cases = json.load(sys.stdin)
    json.dump(
        {
            "omnisteval": [of_omnisteval(case) for case in cases],
            "simuleval": [of_simuleval(case) for case in cases],
            "degeneracy": [degeneracy(cases[i : i + 20]) for i in range(0, len(cases), 20)],
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
