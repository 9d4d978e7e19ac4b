from __future__ import annotations

from dataclasses import is_dataclass
from importlib import import_module
from pkgutil import iter_modules

import pytest

from oauth_widgets import protocol

VALUES = {
    value
    for module in iter_modules(protocol.__path__, "oauth_widgets.protocol.")
    for value in vars(import_module(module.name)).values()
    if isinstance(value, type) and is_dataclass(value)
}


@pytest.mark.parametrize("value", sorted(VALUES, key=str))
def test_a_value_never_changes_once_it_was_judged(value: type) -> None:
    assert value.__module__.startswith(("oauth_widgets.protocol.", "oauth_widgets._net."))
    assert value.__dataclass_params__.frozen  # type: ignore[attr-defined]
