"""The one door to Numba: loops that NumPy cannot say are compiled on first use and kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Return a function compiled to machine code, without the interpreter's lock; its arguments are arrays and numbers."""
    return cast("Function", numba.njit(cache=True, nogil=True)(function))
