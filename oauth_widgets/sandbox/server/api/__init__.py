"""The sample API: a resource server next to the authorization server."""

from __future__ import annotations
