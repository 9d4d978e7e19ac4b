"""The sample API: a resource server beside the authorization server."""

from __future__ import annotations

from oauth_widgets._sandbox.api.documentation import documentation
from oauth_widgets._sandbox.api.endpoint import endpoint
from oauth_widgets._sandbox.api.services import SERVICES

ENDPOINTS = (
    ("/api", documentation),
    ("/api/", documentation),
    *((f"/api/{service.name}", endpoint(service)) for service in SERVICES),
)
__all__ = ["ENDPOINTS"]
