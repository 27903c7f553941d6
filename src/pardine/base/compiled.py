"""Loops over pixels, vertices and mask points, compiled on first use and kept beside the package."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile a function of arrays and numbers; its Python types stay what they say.

    The machine code is kept in the cache beside the module, so that only the first use on a machine
    waits for the compiler. Results do not depend on the number of threads: there is one.
    """
    return cast(Function, njit(cache=True)(function))
