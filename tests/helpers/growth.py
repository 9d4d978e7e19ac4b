"""Whether time grows with size as it should, in processor seconds of one run."""

from __future__ import annotations

import time
from collections.abc import Callable

Use = Callable[[], object]


def seconds(use: Use) -> float:
    begun = time.process_time()
    use()
    return time.process_time() - begun


def is_within(times: float, much: Use, little: Use, *, enough: float = 0) -> bool:
    """Whether `much` takes less than so many times as long as `little`, in one of three tries.

    What takes `enough` seconds or less is too quick to tell, and fine.
    """
    return any(seconds(much) < max(times * seconds(little), enough) for _ in range(3))
