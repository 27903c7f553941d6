"""What one query costs against a gallery of 10,000 photographs: votes, then geometry of the shortlist.

    python benchmarks/identify_query.py [--photographs 10000]

The descriptors are random and spread evenly over the cells, so this measures time alone, no accuracy;
making the cells of a real gallery is done once and is not counted. Processor time and time by the clock
are told, since they differ where other work runs.
"""

import argparse
import json
import time

import numpy as np

from pardine.identify.features import Features, as_unit
from pardine.identify.index import Index, shortlist, votes
from pardine.identify.verify import VerifyOptions, prepare, verify

A_PHOTOGRAPH, N_CELLS, N_SHORTLIST, N_QUERIES = 300, 2048, 200, 5


def random_features(rng: np.random.Generator) -> Features:
    xy = rng.uniform((0, 0), (480, 300), (A_PHOTOGRAPH, 2)).astype(np.float32)
    return Features(
        xy=xy,
        scale=rng.uniform(4, 12, A_PHOTOGRAPH).astype(np.float32),
        angle_deg=np.zeros(A_PHOTOGRAPH, np.float32),
        descriptors=rng.integers(0, 90, (A_PHOTOGRAPH, 128), dtype=np.uint8),
        frame_xy=xy / np.array([480, 300], np.float32),
    )


def random_index(n: int, rng: np.random.Generator) -> Index:
    m = n * A_PHOTOGRAPH
    descriptors = rng.integers(0, 90, (m, 128), dtype=np.uint8)
    return Index(
        centres=as_unit(descriptors[rng.choice(m, N_CELLS)]),
        descriptors=descriptors,
        owner=rng.permutation(np.repeat(np.arange(n, dtype=np.int32), A_PHOTOGRAPH)),
        starts=np.linspace(0, m, N_CELLS + 1).astype(np.int64),
        group=np.arange(n, dtype=np.int32),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photographs", type=int, default=10_000)
    n = parser.parse_args().photographs
    rng = np.random.default_rng(1)
    index = random_index(n, rng)
    crowd = as_unit(random_features(rng).descriptors)
    prepared = [prepare(random_features(rng), crowd) for _ in range(N_SHORTLIST)]
    cpu, clock = [], []
    for query in [random_features(rng) for _ in range(N_QUERIES + 1)]:
        began = time.process_time(), time.perf_counter()
        best = shortlist(votes(index, query.descriptors, -1), N_SHORTLIST)
        one = prepare(query, crowd)
        for other in prepared[: len(best)]:
            verify(one, other, upright=True, options=VerifyOptions())
        cpu.append(1000 * (time.process_time() - began[0]))
        clock.append(1000 * (time.perf_counter() - began[1]))
    # The first waits for the compiler.
    print(json.dumps({"photographs": n, "query_cpu_ms": round(float(np.median(cpu[1:]))),
                      "query_ms": round(float(np.median(clock[1:])))}))  # fmt: skip


if __name__ == "__main__":
    main()
