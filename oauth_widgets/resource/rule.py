"""Which requests may carry the token, as the clients of `_net` ask it."""

from __future__ import annotations

from dataclasses import dataclass

from oauth_widgets.resource.resource import Resource
from oauth_widgets.secret import Secret
from oauth_widgets.secret.quoting import Secrets


@dataclass(frozen=True)
class ApiRule:
    """The rule of one API: the token goes to its origins alone, and is refreshed if refused."""

    resource: Resource

    def check(self, url: str) -> str:
        """Return `url` if the token may go there. Raises ForeignOrigin or ConfigurationError."""
        return self.resource.check(self.resource.address(url))

    def answered(self, url: str, status: int, secrets: Secrets = ()) -> None:
        """Take note of an answer, but not of `secrets` in its address."""
        self.resource.answered(url, status, secrets)

    async def fresh_token(self) -> Secret:
        """Return the token to send."""
        return await self.resource.source.fresh_token()

    async def renewed_token(self, refused: Secret) -> Secret | None:
        """Return the token that replaces `refused`, if there is one."""
        return await self.resource.source.renewed_token(refused)
