"""`python -m training.baselines SOURCE`: train and measure the baselines, and publish their records."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from training.baselines.measured import runs
from training.runs import Runs
from training.told import told

log = logging.getLogger(__name__)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("source", type=Path, help="ChatbotData.csv of songys, or a folder of data/sets/")
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--runs", type=Path, default=Path("data/runs.db"))
    asked.add_argument("--records", type=Path, default=Path("training/records"))
    given = asked.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    kept = Runs(given.runs)
    for run in runs(given.source, given.seed):
        kept.save(run)
        log.info("%s: %s", kept.publish(run.id, given.records), run.metrics)


if __name__ == "__main__":
    told(main)
