"""The executor seam for real: inline, spawned processes, a killed worker, dask."""

import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pytest
from distributed import Client, LocalCluster

from pardine.base.bulk import InlineExecutor, local_executor, map_tasks
from pardine.base.randomness import stream

TASKS = [(i, "") for i in range(12)]


def draw(task):
    """Numbers of one replicate, and the process that drew them; dies once where a marker is given."""
    index, marker = task
    if marker and not Path(marker).exists():
        Path(marker).write_text("died here", encoding="utf-8")
        os._exit(1)
    numbers = stream(20, "bulk test", index).normal(size=(30, 30))
    return (numbers @ numbers.T).sum(), os.getpid()


def always_die(task):
    os._exit(1)


def blas_threads(task):
    return os.environ.get("OPENBLAS_NUM_THREADS"), os.environ.get("OMP_NUM_THREADS")


def fail_at_three(task):
    if task == 3:
        raise ValueError("three")
    return task


def answers(executor_maker, tasks=TASKS):
    return [value for value, _ in map_tasks(draw, tasks, make_executor=executor_maker)]


@pytest.fixture(scope="module")
def inline():
    return answers(InlineExecutor)


def test_two_processes_give_the_same_numbers(inline):
    done = map_tasks(draw, TASKS, make_executor=lambda: local_executor(2))
    assert [value for value, _ in done] == inline
    assert os.getpid() not in {pid for _, pid in done}


def test_threads_give_the_same_numbers(inline):
    assert answers(lambda: ThreadPoolExecutor(3)) == inline


def test_a_killed_worker_is_replaced_and_its_task_redone(inline, tmp_path):
    marker = tmp_path / "метка"
    tasks = [(i, str(marker) if i == 5 else "") for i in range(12)]
    progress = []
    done = map_tasks(
        draw,
        tasks,
        make_executor=lambda: local_executor(2),
        on_done=lambda n, of: progress.append((n, of)),
    )
    assert marker.read_text(encoding="utf-8") == "died here"
    assert [value for value, _ in done] == inline
    assert progress == [(n, 12) for n in range(1, 13)]  # each answer told once, before and after


def test_workers_that_keep_dying_end_the_work():
    pools = []

    def pool():
        pools.append(local_executor(2))
        return pools[-1]

    with pytest.raises(BrokenProcessPool):
        map_tasks(always_die, [1, 2], make_executor=pool)
    assert len(pools) == 4


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A dask cluster of this machine: two processes on loopback."""
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            local_directory=str(tmp_path_factory.mktemp("dask")),
            silence_logs=logging.ERROR,
        ) as made,
        Client(made) as client,
    ):
        yield client


def test_a_cluster_gives_the_same_numbers(inline, cluster):
    done = map_tasks(draw, TASKS, make_executor=cluster.get_executor)
    assert [value for value, _ in done] == inline
    assert os.getpid() not in {pid for _, pid in done}


def test_a_cluster_replaces_a_killed_worker(inline, cluster, tmp_path):
    marker = tmp_path / "marker"
    tasks = [(i, str(marker) if i == 5 else "") for i in range(12)]
    assert answers(cluster.get_executor, tasks) == inline
    assert marker.exists()


def test_workers_use_one_blas_thread_and_the_environment_is_put_back(monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert map_tasks(blas_threads, [0], make_executor=lambda: local_executor(2)) == [("1", "1")]
    assert os.environ["OPENBLAS_NUM_THREADS"] == "7"
    assert "OMP_NUM_THREADS" not in os.environ


def test_progress_is_told_as_each_inline_task_ends():
    seen = []
    map_tasks(
        seen.append, ["a", "b"], make_executor=InlineExecutor, on_done=lambda n, of: seen.append((n, of))
    )
    assert seen == ["a", (1, 2), "b", (2, 2)]


@pytest.mark.parametrize("maker", [InlineExecutor, lambda: local_executor(2)])
def test_an_error_of_a_task_is_passed_on(maker):
    with pytest.raises(ValueError, match="three"):
        map_tasks(fail_at_three, range(6), make_executor=maker)


def test_after_an_error_nobody_waits_for_the_rest():
    begun, release = [], threading.Event()

    def work(task):
        begun.append(task)
        if task == 0:
            raise ValueError("first")
        release.wait(0.05)

    started = time.monotonic()
    with pytest.raises(ValueError, match="first"):
        map_tasks(work, range(500), make_executor=lambda: ThreadPoolExecutor(1))
    assert len(begun) < 500
    assert time.monotonic() - started < 10.0


def test_no_tasks_no_answers():
    assert map_tasks(draw, [], make_executor=InlineExecutor) == []


def test_one_worker_works_in_this_process():
    assert isinstance(local_executor(1), InlineExecutor)
    assert map_tasks(draw, TASKS[:1], make_executor=lambda: local_executor(1))[0][1] == os.getpid()


def test_numbers_do_not_depend_on_what_was_done_before(inline):
    assert answers(InlineExecutor, TASKS[7:]) == inline[7:]
    assert len(np.unique(inline)) == len(inline)
