"""The data behind the sample API: an invented mobile operator, made on the fly from a seed.

Each record follows from the seed and its number alone, so any page of any length costs only its
own rows, and nothing is stored.
"""

from __future__ import annotations

from oauth_widgets._sandbox.network.network import Network

__all__ = ["Network"]
