"""How often 95 % intervals of the difference of two classifiers' accuracies hold the truth, by way of resampling.

    python simulate_seed_intervals.py

The two classifiers are equally good: their decision values are an item's easiness plus noise of their own, and
each seed shifts each one's threshold. Printed: seeds, items, size of the seed effect; for each way the share of
intervals that hold 0, and their median width in points. These are the numbers in PairedBootstrap's documentation.
"""
import numpy as np

ROUNDS = 400
# Noise of the two differs; this keeps their accuracies equal.
SECOND = 1.5 * np.sqrt((1.5**2 + 0.5**2 + 0.6**2) / (1.5**2 + 0.6**2))


def differences(random, seeds, items, effect):
    first = random.normal(size=items) * 1.5
    second = first + random.normal(size=items) * 0.5
    rows = []
    for _ in range(seeds):
        a = first + 0.6 * random.normal(size=items) + 1.5 + effect * random.normal() > 0
        b = second + 0.6 * random.normal(size=items) + SECOND + effect * random.normal() > 0
        rows.append(a.astype(float) - b)
    return np.stack(rows)


def intervals(random, difference):
    seeds, items = difference.shape
    drawn = difference[:, random.integers(0, items, (ROUNDS, items))].mean(2)
    mean = drawn.mean(0)
    yield "items only", mean
    which = random.integers(0, seeds, (ROUNDS, seeds))
    yield "items and seeds resampled", np.take_along_axis(drawn.T, which, 1).mean(1)
    from_items = (drawn - mean).var(1, ddof=1).sum() / (seeds - 1)
    variance = max(0, difference.mean(1).var(ddof=1) - from_items)
    yield "items resampled, seeds by t", mean + random.standard_t(seeds - 1, ROUNDS) * np.sqrt(variance / seeds)


def simulate(random, seeds, items, effect, simulations=600):
    held, widths = {}, {}
    for _ in range(simulations):
        for way, values in intervals(random, differences(random, seeds, items, effect)):
            low, high = np.quantile(values, [0.025, 0.975])
            held.setdefault(way, []).append(low <= 0 <= high)
            widths.setdefault(way, []).append(high - low)
    for way in held:
        print(seeds, items, effect, way, f"{np.mean(held[way]):.3f}", f"{100 * np.median(widths[way]):.2f}", flush=True)


random = np.random.default_rng(1)
for effect in (0, 0.1, 0.2, 0.5):
    simulate(random, 3, 300, effect)
