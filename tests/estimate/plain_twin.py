"""The likelihood of every model class word for word: loops over animals, points, classes, occasions.

Slow on purpose, and sharing nothing with the engine but the records it reads.
"""

import math

SHAPES = {
    "HN": lambda d, p: math.exp(-(d**2) / (2 * p["sigma"] ** 2)),
    "EX": lambda d, p: math.exp(-d / p["sigma"]),
    "HR": lambda d, p: 1.0 - math.exp(-((d / p["sigma"]) ** -p["z"])),
}


def hazard(detection, d, p):
    """Detections per station-day, from the parameters of one cell."""
    if detection in SHAPES:
        return -math.log1p(-p["g0"] * SHAPES[detection](d, p))
    shape = SHAPES[{"HHN": "HN", "HEX": "EX", "HHR": "HR"}[detection]]
    lambda0 = p["lambda0"] if "lambda0" in p else p["a0"] * 1e6 / (2 * math.pi * p["sigma"] ** 2)
    return lambda0 * shape(d, p)


def counts_of(history):
    counts = {}
    events = (history.event_animal, history.event_occasion, history.event_detector, history.event_count)
    for i, s, j, y in zip(*(e.tolist() for e in events), strict=True):
        counts.setdefault(i, {})[j, s] = y
    return counts


def learnt(behaviour, seen, j, s):
    """Whether an animal with these events has learnt, at detector j on occasion s."""
    here = [when for (where, when) in seen if where == j or not behaviour.endswith("k")]
    return (
        any(when < s for when in here) if behaviour.startswith("b") else any(when == s - 1 for when in here)
    )


def log_likelihood(
    history,
    space,
    detection,
    cell,
    density,
    *,
    shares=(1.0,),
    classes=None,
    behaviours=(),
    likelihood="full",
    groups=None,
    distance=None,
):
    """Log-likelihood, animals distinguishable.

    ``cell(k, i, state, j, s)`` gives the parameters for class k, group i, states of behaviour, detector
    and occasion; ``density(m)`` animals per km2; ``classes[i]`` the known class of animal i or None;
    ``groups[i]`` its group; ``distance(m, j)``.
    """
    n, n_detectors, n_occasions = history.n_animals, history.n_detectors, history.n_occasions
    area = space.cell_area_m2 / 1e6
    counts = counts_of(history)
    naive = (False,) * len(behaviours)
    everyone = sorted(set(groups)) if groups else [0]
    detected = dict.fromkeys(everyone, 0.0)
    integrals = [0.0] * n
    for m, point in enumerate(space.xy_m):
        d = [
            math.dist(point, xy) if distance is None else distance(m, j) for j, xy in enumerate(history.xy_m)
        ]

        def u_h(k, g, state, j, s, d=d):
            usage = history.usage_station_days[j, s]
            return usage * hazard(detection, d[j], cell(k, g, state, j, s)) if usage else 0.0

        weight = (density(m) if likelihood == "full" else 1.0) * area
        for k, share in enumerate(shares):
            for g in everyone:
                missed = 1.0
                for j in range(n_detectors):
                    for s in range(n_occasions):
                        missed *= math.exp(-u_h(k, g, naive, j, s))
                detected[g] += share * weight * (1.0 - missed)
            for i in range(n):
                if classes and classes[i] not in (None, k):
                    continue
                g = groups[i] if groups else 0
                until = history.last_occasion.get(history.animals[i], n_occasions - 1)
                means = {
                    (j, s): u_h(k, g, tuple(learnt(b, counts[i], j, s) for b in behaviours), j, s)
                    for j in range(n_detectors)
                    for s in range(until + 1)
                }
                integrals[i] += share * weight * probability(history.detector_type, counts[i], means)
    total = sum(math.log(value) for value in integrals)
    if likelihood == "full":
        return total - sum(detected.values())
    return total - sum(math.log(detected[groups[i] if groups else 0]) for i in range(n))


def probability(detector_type, seen, means):
    """Pr of one history given the expected detections of each detector and occasion."""
    value = 1.0
    for s in {s for _, s in means}:
        here = {j: mean for (j, when), mean in means.items() if when == s}
        if detector_type == "multi":
            total = sum(here.values())
            caught = [j for j in here if (j, s) in seen]
            value *= -math.expm1(-total) * here[caught[0]] / total if caught else math.exp(-total)
            continue
        for j, mean in here.items():
            y = seen.get((j, s), 0)
            if detector_type == "count":
                value *= mean**y * math.exp(-mean) / math.factorial(y)
            else:
                value *= -math.expm1(-mean) if y else math.exp(-mean)
    return value
