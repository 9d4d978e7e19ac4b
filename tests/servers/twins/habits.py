"""What each server's documentation says of its answers; the twins behave so."""

from __future__ import annotations

import oauth_widgets as ow

from .twin import Habits, standard_failure

_GOOGLE = "https://www.googleapis.com/auth"
_BASIC = "client_secret_basic"
_POST = "client_secret_post"


def _comma(names: list[str]) -> object:
    return ",".join(names)


def _google_names(names: list[str]) -> object:
    own = {"email", "profile"}
    return " ".join(f"{_GOOGLE}/userinfo.{one}" if one in own else one for one in names)


def _entra_names(names: list[str]) -> object:
    kept = (one for one in names if one != "offline_access")
    return " ".join(f"https://graph.microsoft.com/{one}" if "." in one else one for one in kept)


def _with_status_200(code: str, words: str) -> tuple[int, object]:
    return 200, {"error": code, "error_description": words, "error_uri": "https://docs.github.com"}


def _strava_failure(_: str, words: str) -> tuple[int, object]:
    fault = {"resource": "AuthorizationCode", "field": "code", "code": "invalid"}
    return 400, {"message": "Bad Request", "errors": [fault], "said": words}


def _fitbit_failure(code: str, words: str) -> tuple[int, object]:
    return 400, {"errors": [{"errorType": code, "message": words}], "success": False}


def _okta_failure(code: str, words: str) -> tuple[int, object]:
    return 400, {"errorCode": code, "errorSummary": words, "errorLink": code, "errorCauses": []}


def _entra_failure(code: str, words: str) -> tuple[int, object]:
    said = f"AADSTS70000: {words}\r\nTrace ID: 0\r\nTimestamp: 2026-01-01 00:00:00Z"
    return 400, {"error": code, "error_description": said, "error_codes": [70000]}


HABITS: dict[str, Habits] = {
    "auth0": Habits(
        needed={"audience": "https://api.example.com"},
        scope="openid profile offline_access",
        refresh="offline_access",
        rotates=True,
        expires_in=86400,
        failure=lambda code, words: (403, {"error": code, "error_description": words}),
        device={"verification_uri_complete": "page"},
    ),
    "cilogon": Habits(
        scope="openid email org.cilogon.userinfo",
        refresh="always",
        rotates=True,
        expires_in=900,
        device={"verification_uri_complete": "page", "interval": 5},
    ),
    "copernicus": Habits(
        scope="openid",
        names_issuer=True,
        refresh="always",
        rotates=True,
        expires_in=600,
        more={"refresh_expires_in": 3600, "not-before-policy": 0, "session_state": "s"},
    ),
    "databricks": Habits(
        scope="all-apis offline_access",
        public=True,
        method="none",
        refresh="offline_access",
        rotates=True,
    ),
    "earthdata": Habits(
        scope="",
        method=_BASIC,
        written=None,
        refresh="always",
        unverified=True,
        more={"endpoint": "/api/users/someone"},
    ),
    "egi": Habits(
        scope="openid voperson_id offline_access",
        names_issuer=True,
        refresh="offline_access",
        device={"verification_uri_complete": "page"},
        more={"refresh_expires_in": 0, "session_state": "s"},
    ),
    "fhir": Habits(
        needed={"aud": "https://ehr.example.org/fhir/r4"},
        scope="openid fhirUser launch/patient patient/*.rs offline_access",
        method=_BASIC,
        refresh="offline_access",
        token_type="bearer",
        more={"patient": "123", "need_patient_banner": False},
    ),
    "fitbit": Habits(
        scope="activity sleep",
        method=_BASIC,
        refresh="always",
        rotates=True,
        expires_in=28800,
        failure=_fitbit_failure,
        more={"user_id": "ABC123"},
    ),
    "github": Habits(
        method=_POST,
        scope="repo read:user offline_access",
        written=_comma,
        names_issuer=True,
        token_type="bearer",
        expires_in=28800,
        refresh="offline_access",
        rotates=True,
        failure=_with_status_200,
        refused=("bad_verification_code", ow.errors.ErrorResponse),
    ),
    "gitlab": Habits(
        scope="openid read_api",
        refresh="always",
        rotates=True,
        expires_in=7200,
        more={"created_at": 1607635748},
        device={"verification_uri_complete": "page"},
    ),
    "globus": Habits(
        no_scope="offline_access",
        scope="openid urn:globus:auth:scope:transfer.api.globus.org:all offline_access",
        method=_BASIC,
        refresh="access_type=offline",
        alg="RS512",
        expires_in=172800,
        more={"resource_server": "transfer.api.globus.org", "other_tokens": [], "state": "_"},
    ),
    "google": Habits(
        no_scope="offline_access",
        scope=f"openid email {_GOOGLE}/drive.readonly offline_access",
        written=_google_names,
        refresh="access_type=offline",
        expires_in=3599,
        device={"verification_uri": None, "verification_url": "page", "expires_in": 1800},
        pending=lambda code, _: (
            428,
            {"error": code, "error_description": "Precondition Required"},
        ),
    ),
    "hugging_face": Habits(
        scope="openid profile read-repos",
        token_type="bearer",
        expires_in=28800,
    ),
    "keycloak": Habits(
        scope="openid profile offline_access",
        names_issuer=True,
        refresh="always",
        expires_in=300,
        more={"refresh_expires_in": 0, "not-before-policy": 0, "session_state": "s"},
        device={"verification_uri_complete": "page", "expires_in": 600},
    ),
    "microsoft": Habits(
        scope="openid User.Read offline_access",
        written=_entra_names,
        refresh="offline_access",
        rotates=True,
        expires_in=4799,
        more={"ext_expires_in": 4799},
        failure=_entra_failure,
        device={"expires_in": "900", "interval": "5", "message": "To sign in, use a web browser."},
    ),
    "okta": Habits(
        scope="openid profile offline_access",
        refresh="offline_access",
        rotates=True,
        failure=_okta_failure,
        pending=standard_failure,
        device={"verification_uri_complete": "page", "expires_in": 600},
    ),
    "onewelcome": Habits(scope="openid", refresh="always", rotates=True, token_type="bearer"),
    "orcid": Habits(
        method=_POST,
        scope="openid",
        refresh="always",
        token_type="bearer",
        expires_in=631138518,
        unverified=True,
        more={"name": "Someone", "orcid": "0000-0001-2345-6789"},
    ),
    "reddit": Habits(
        no_scope="offline_access",
        scope="identity history offline_access",
        public=True,
        method=_BASIC,
        refresh="duration=permanent",
        token_type="bearer",
        expires_in=86400,
        unverified=True,
        failure=lambda code, _: (400, {"error": code}),
        revoked=204,
    ),
    "salesforce": Habits(
        scope="openid api refresh_token",
        refresh="refresh_token",
        expires_in=None,
        more={
            "instance_url": "https://acme.my.salesforce.com",
            "id": "https://login.salesforce.com/id/00D/005",
            "issued_at": "1278448101416",
            "signature": "c2lnbmF0dXJl",
        },
    ),
    "slack": Habits(
        separator=",",
        scope="channels:read search:read",
        written=_comma,
        token_type="user",
        refresh="always",
        rotates=True,
        expires_in=43200,
        failure=lambda code, _: (200, {"ok": False, "error": code}),
        refused=("invalid_code", ow.errors.ErrorResponse),
        more={"ok": True, "team": {"id": "T1"}, "user_id": "U1"},
    ),
    "snowflake": Habits(
        scope="refresh_token session:role:ANALYST",
        method=_BASIC,
        refresh="refresh_token",
        expires_in=600,
        more={"username": "someone", "idpInitiated": False},
    ),
    "spotify": Habits(
        scope="user-top-read playlist-read-private",
        method=_BASIC,
        refresh="always",
    ),
    "strava": Habits(
        separator=",",
        method=_POST,
        scope="read activity:read_all",
        written=None,
        in_callback=lambda names: {"scope": ",".join(names)},
        refresh="always",
        rotates=True,
        expires_in=21600,
        unverified=True,
        failure=_strava_failure,
        refused=("invalid", ow.errors.OAuthError),
        more={"expires_at": 1568775134, "athlete": {"id": 1}},
    ),
    "twitch": Habits(
        method=_POST,
        scope="openid user:read:email",
        written=lambda names: names,
        in_callback=lambda names: {"scope": " ".join(names)},
        refresh="always",
        token_type="bearer",
        expires_in=14124,
        unverified=True,
        failure=lambda code, _: (400, {"status": 400, "message": code}),
        refused=("Invalid authorization code", ow.errors.OAuthError),
        device_scope="scopes",
    ),
    "wgtwo": Habits(
        scope="openid phone offline_access", method=_BASIC, refresh="offline_access", rotates=True
    ),
    "zenodo": Habits(
        method=_POST,
        scope="user:email deposit:write",
        refresh="always",
        unverified=True,
        more={"user": {"id": "1", "email": "someone@example.com"}},
    ),
    "zitadel": Habits(
        scope="openid profile offline_access",
        refresh="offline_access",
        rotates=True,
        audience=lambda client: [client, "project-1"],
        client={"additional_audiences": ["project-1"]},
        device={"verification_uri_complete": "page", "expires_in": 300},
    ),
}
