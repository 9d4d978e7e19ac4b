"""A FHIR server by SMART App Launch. Source: "App Launch" in HL7's implementation guide."""

from __future__ import annotations

from oauth_widgets.servers.preset import Preset, address
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

_NAMED = "an address, named in BASE_URL/.well-known/smart-configuration"

fhir = Preset(
    name="fhir",
    title="SMART on FHIR",
    source="https://hl7.org/fhir/smart-app-launch/app-launch.html",
    register="https://hl7.org/fhir/smart-app-launch/app-launch.html#register-app-with-ehr",
    parts=(
        address(
            "base_url",
            "the base address of a FHIR server",
            "https://ehr.example.org/fhir/r4",
            unlike="/(?:metadata|[.]well-known)",
            advice="Pass the part before /metadata or /.well-known.",
        ),
        address("authorization_endpoint", _NAMED, "https://ehr.example.org/auth/authorize"),
        address("token_endpoint", _NAMED, "https://ehr.example.org/auth/token"),
        address("jwks_uri", _NAMED, "https://ehr.example.org/auth/keys", optional=True),
        address("issuer", _NAMED, "https://ehr.example.org/fhir/r4", default="{base_url}"),
        address("revocation_endpoint", _NAMED, "https://ehr.example.org/revoke", optional=True),
        address("introspection_endpoint", _NAMED, "https://ehr.example.org/intro", optional=True),
    ),
    describes={
        "issuer": "{issuer}",
        "authorization_endpoint": "{authorization_endpoint}",
        "token_endpoint": "{token_endpoint}",
        "revocation_endpoint": "{revocation_endpoint}",
        "introspection_endpoint": "{introspection_endpoint}",
        "jwks_uri": "{jwks_uri}",
        "authorization_parameters": {"aud": "{base_url}"},
        "api": "{base_url}",
    },
    scopes={
        **standard("openid"),
        "fhirUser": "See which FHIR record is yours.",
        "launch/patient": "Ask you to choose a patient.",
        "patient/*.rs": "Read and search everything about that patient.",
        "user/*.rs": "Read and search everything that you can see.",
        "offline_access": "Keep access when you're away. Adds a refresh token.",
        "online_access": "Adds a refresh token that lasts while you're signed in.",
    },
    refresh="with offline_access or online_access",
    redirects=Redirects(note="Servers differ; many accept only https addresses."),
    pkce="required",
    notes=(
        (
            "`ow.servers.fhir(ow.discover(BASE_URL))` reads the other addresses from "
            "BASE_URL/.well-known/smart-configuration."
        ),
        "SMART 1 writes a scope as `patient/*.read`.",
        "The answer with the token also names the patient you chose.",
    ),
)
