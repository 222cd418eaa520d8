"""Makes reference values of intervals and corrected p-values: SciPy's and statsmodels', in statistics.json.

    python make_statistics_fixtures.py OUT
"""
import json
import sys
from pathlib import Path

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

random = np.random.default_rng(7)
intervals = []
for count in (2, 3, 5, 10, 31):
    values = random.normal(0.8, 0.03, count)
    low, high = stats.t.interval(0.95, count - 1, values.mean(), stats.sem(values))
    intervals.append({"values": values.tolist(), "mean": values.mean(), "low": low, "high": high})
holm = []
for count in (1, 4, 12):
    p = random.uniform(0, 1, count) ** 3
    holm.append({"p": p.tolist(), "adjusted": multipletests(p, method="holm")[1].tolist()})
ties = [0.01, 0.04, 0.01, 0.03, 0.03]
holm.append({"p": ties, "adjusted": multipletests(ties, method="holm")[1].tolist()})
Path(sys.argv[1], "statistics.json").write_text(json.dumps({"intervals": intervals, "holm": holm}, indent=1) + "\n")
