"""Thrift's compact protocol, as far as the end of a Parquet file needs it.

Arrow's own access to what it says of a column ends the process if that is no proper value.
"""

from __future__ import annotations

from typing import Any

_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 0, 1, 2, 3, 7, 8, 9, 10, 12
_WHOLE = (4, 5, 6)
_LONG = 15
_SHIFTS = range(0, 70, 7)

Struct = dict[int, Any]
"""The values of a struct by the numbers of their fields."""


class Malformed(ValueError):
    """These bytes are not what they should be."""


def struct(data: bytes) -> Struct:
    """Return the struct at the start of `data`. Raises Malformed."""
    try:
        return _Reader(data).struct()
    except (IndexError, RecursionError):
        raise Malformed from None


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def struct(self) -> Struct:
        found: Struct = {}
        number = 0
        while (head := self._byte()) != _STOP:
            step, kind = head >> 4, head & 15
            number = number + step if step else self._whole()
            found[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind)
        return found

    def _value(self, kind: int) -> Any:  # noqa: ANN401 - any value of Thrift's
        if kind in _WHOLE:
            return self._whole()
        if kind == _BINARY:
            return self._bytes(self._unsigned())
        if kind in (_TRUE, _FALSE, _BYTE):
            return self._byte()
        if kind == _STRUCT:
            return self.struct()
        if kind in (_LIST, _SET):
            head = self._byte()
            count = self._unsigned() if head >> 4 == _LONG else head >> 4
            return [self._value(head & 15) for _ in range(count)]
        if kind == _DOUBLE:
            return self._bytes(8)
        raise Malformed

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _bytes(self, count: int) -> bytes:
        self._at += count
        if self._at > len(self._data):
            raise Malformed
        return self._data[self._at - count : self._at]

    def _unsigned(self) -> int:
        value = 0
        for shift in _SHIFTS:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise Malformed

    def _whole(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)
