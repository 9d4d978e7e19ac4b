"""The API of the job on a cluster: it counts requests, ends tokens early and asks for patience."""

from __future__ import annotations

import math
import threading
import time

from tests.helpers.mint import Mint
from tests.helpers.rigged import Answer, Sent, as_json

MARK = "-of-the-cluster-job"
"""What every secret of the job ends in, which is in no other text."""

LIFE = 5
PAGES = 4
ROWS = 5
PAUSE = 2.0
"""Seconds for which the API wants no requests."""

NEWS = 1.0
"""Seconds that the news of it may take to reach the other workers, of a busy machine too."""


class Api(Mint):
    """Pages by cursor, which take a moment, and a count of the requests at once."""

    def __init__(self) -> None:
        super().__init__()
        self.life = LIFE
        self.most = self.now = self.pages_given = self.refused = self.impolite = self.pauses = 0
        self.tokens = [f"access-1{MARK}"]
        self.good = self.tokens[0]
        self.renews = f"refresh-1{MARK}"
        self._ends = {self.good: time.monotonic() + LIFE}
        self._wants_pause = False
        self._pause_began = -PAUSE
        self._lock = threading.Lock()

    def end_token(self) -> None:
        """End the newest token before its time."""
        self._ends[self.good] = 0.0

    def want_pause(self) -> None:
        """Answer the next request with 429, and so all that follow for a while."""
        self._wants_pause = True
        self.pauses += 1

    def _takes(self, token: str) -> bool:
        return time.monotonic() < self._ends.get(token, 0.0)

    def _renew(self, sent: Sent) -> Answer:
        if sent.form.get("refresh_token") != self.renews:
            return as_json({"error": "invalid_grant"}, status=400)
        number = len(self.tokens) + 1
        self.good, self.renews = f"access-{number}{MARK}", f"refresh-{number}{MARK}"
        self.tokens.append(self.good)
        self._ends[self.good] = time.monotonic() + LIFE
        tokens = {"access_token": self.good, "refresh_token": self.renews, "token_type": "Bearer"}
        return as_json({**tokens, "expires_in": LIFE})

    def _answer(self, sent: Sent) -> Answer:
        if not sent.target.startswith("/api/"):
            return super()._answer(sent)
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            return self._page(sent)
        finally:
            with self._lock:
                self.now -= 1

    def _paused(self) -> Answer | None:
        now = time.monotonic()
        with self._lock:
            if self._wants_pause:
                self._wants_pause, self._pause_began = False, now
        since = now - self._pause_began
        if since >= PAUSE:
            return None
        if since > NEWS:
            self.impolite += 1
        return as_json({}, status=429, retry_after=f"{math.ceil(PAUSE - since)}")

    def _page(self, sent: Sent) -> Answer:
        if (paused := self._paused()) is not None:
            return paused
        time.sleep(0.03)
        if not self._takes(sent.token):
            self.refused += 1
            return as_json({}, status=401, www_authenticate='Bearer error="invalid_token"')
        self.pages_given += 1
        path, _, after = sent.target.partition("?after=")
        customer, page = path.removeprefix("/api/customers/"), int(after or 0)
        rows = [{"row": f"{customer}-{page}-{at}"} for at in range(ROWS)]
        following = f"{path}?after={page + 1}" if page + 1 < PAGES else None
        return as_json({"items": rows, "next": following})
