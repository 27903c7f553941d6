"""The executor seam: the same work inline, in local processes, or on a cluster."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")

# Read by BLAS when a worker process starts: one thread a worker, or the workers fight.
_ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
_MAX_POOL_RESTARTS = 3


class InlineExecutor(Executor):
    """Does each task at once in this process: for tests and for one worker."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run the task now and return its finished future."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def local_executor(n_workers: int) -> Executor:
    """Executor of this machine: inline for one worker, else processes started by ``spawn``."""
    if n_workers <= 1:
        return InlineExecutor()
    return ProcessPoolExecutor(n_workers, mp_context=multiprocessing.get_context("spawn"))


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Let processes that start inside use one BLAS thread each."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(_ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def map_tasks(
    function: Callable[[Task], Answer],
    tasks: Sequence[Task],
    *,
    make_executor: Callable[[], Executor],
    on_done: Callable[[int, int], None] | None = None,
) -> list[Answer]:
    """Answers to all tasks, in their order, whatever worker did which.

    A worker that dies takes its pool with it: the pool is made again and only what is unanswered
    is redone, up to three times. A task that raises ends the work: its error is passed on, and what
    still waits is cancelled.

    Parameters
    ----------
    function
        A module-level function of one task, without side effects.
    tasks
        What to do; each can be pickled by the executor's own transport.
    make_executor
        Makes an executor, such as ``lambda: local_executor(2)`` or a dask client's ``get_executor``.
    on_done
        Called with (number done, number of tasks) after each answer.

    Raises
    ------
    BrokenProcessPool
        Workers kept dying.
    """
    answers: dict[int, Answer] = {}

    def keep(i: int, answer: Answer) -> None:
        answers[i] = answer
        if on_done is not None:
            on_done(len(answers), len(tasks))

    for attempt in range(_MAX_POOL_RESTARTS + 1):
        try:
            with one_blas_thread(), make_executor() as executor:
                _answer_the_rest(function, tasks, executor, answers, keep)
            break
        except BrokenProcessPool:
            if attempt == _MAX_POOL_RESTARTS:
                raise
    return [answers[i] for i in range(len(tasks))]


def _answer_the_rest(
    function: Callable[[Task], Answer],
    tasks: Sequence[Task],
    executor: Executor,
    answers: Mapping[int, Answer],
    keep: Callable[[int, Answer], None],
) -> None:
    """Hand every answer to ``keep`` as it comes, whatever its place in the order."""
    waiting: dict[Future[Answer], int] = {}
    try:
        for i in [i for i in range(len(tasks)) if i not in answers]:
            future = executor.submit(function, tasks[i])
            if future.done():
                keep(i, future.result())  # done inline: told at once, not after all the others
            else:
                waiting[future] = i
        for future in as_completed(waiting):
            keep(waiting[future], future.result())
    except BrokenProcessPool:
        for future, i in waiting.items():
            if i not in answers and future.done() and future.exception() is None:
                keep(i, future.result())  # answered before the pool broke
        raise
    finally:
        for future in waiting:
            future.cancel()
