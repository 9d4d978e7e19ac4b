"""Servers that repeat in their no what they were sent: what a person is told has no secret."""

from __future__ import annotations

import json
import traceback

import pytest

from oauth_widgets import errors
from tests.rigged import Sent, answer

from .endpoints import ENDPOINTS, Endpoint

FORMS = [e for e in ENDPOINTS if e.name not in {"metadata", "JWKS", "userinfo", "device"}]
SECRETS = {"code", "code_verifier", "refresh_token", "token"}


@pytest.mark.parametrize("endpoint", FORMS, ids=lambda e: e.name)
@pytest.mark.parametrize("slash", ["/", r"\/"], ids=["plain", "escaped"])
@pytest.mark.parametrize("member", ["error", "error_description", "error_uri"])
def test_check_87_a_secret_that_the_server_repeats_is_not_shown(
    endpoint: Endpoint, slash: str, member: str
) -> None:
    sent_secrets: list[str] = []

    def echo(sent: Sent) -> bytes:
        sent_secrets.extend(value for name, value in sent.form.items() if name in SECRETS)
        said = {"error": "invalid_grant", member: f"not known: {' '.join(sent_secrets)} (7)"}
        body = json.dumps(said).replace("/", slash).encode()
        return answer(body, status=400, kind="application/json")

    with endpoint.answering(echo) as use, pytest.raises(errors.ErrorResponse) as refused:
        use()
    problem = refused.value
    shown = "".join(traceback.format_exception(problem)) + repr(vars(problem))
    assert "not known: ***" in shown
    assert sent_secrets
    assert [secret for secret in sent_secrets if secret[:16] in shown] == []
