"""Plays an exchange against answers written beforehand, with no network."""

from __future__ import annotations

from typing import Any

from oauth_widgets._net.message import Pause, Request, Response
from oauth_widgets.errors import OAuthError
from oauth_widgets.flows._drive import Exchange


class Script:
    """Answers in turn, throwing an error among them; keeps the requests and the pauses."""

    def __init__(self, *answers: Response | OAuthError) -> None:
        self._answers = list(answers)
        self.requests: list[Request] = []
        self.pauses: list[float] = []

    @property
    def urls(self) -> list[str]:
        return [request.url for request in self.requests]

    def play(self, exchange: Exchange[Any]) -> Any:
        """Return what `exchange` returns; every answer must have been asked for by then."""
        try:
            wanted = next(exchange)
            while True:
                wanted = self._step(exchange, wanted)
        except StopIteration as end:
            assert not self._answers, "an answer was not asked for"
            return end.value

    def _step(self, exchange: Exchange[Any], wanted: Request | Pause) -> Request | Pause:
        if isinstance(wanted, Pause):
            self.pauses.append(wanted.seconds)
            return exchange.send(Response(0))
        self.requests.append(wanted)
        assert self._answers, f"no request for {wanted.url} was expected"
        answer = self._answers.pop(0)
        return exchange.throw(answer) if isinstance(answer, OAuthError) else exchange.send(answer)


def play(exchange: Exchange[Any], *answers: Response | OAuthError) -> Any:
    return Script(*answers).play(exchange)
