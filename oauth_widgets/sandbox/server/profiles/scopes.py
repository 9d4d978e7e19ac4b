"""The scopes that profiles share, and how a scope is described."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ScopeMeaning:
    """A scope and what it gives, in words for the person who is asked to agree.

    `brings` tells the client's developer what else the scope changes. `claims` are the ones it
    releases. An `identifier` scope stands for values that identify the person; introspection
    returns them to a resource server (O8).
    """

    name: str
    gives: str
    brings: str = ""
    identifier: bool = False
    claims: tuple[str, ...] = ()


OPENID = ScopeMeaning(
    name="openid",
    gives="Recognize you when you come back",
    brings="Adds an ID token",
    claims=("sub",),
)
NAME = ScopeMeaning(
    name="profile",
    gives="See your name",
    claims=("name", "preferred_username"),
)
EMAIL = ScopeMeaning(
    name="email",
    gives="See your email address",
    identifier=True,
    claims=("email", "email_verified"),
)
PHONE = ScopeMeaning(
    name="phone",
    gives="See your phone number, and phone numbers in any data it may read",
    brings="The number is in the ID token and in userinfo",
    identifier=True,
    claims=("phone_number", "phone_number_verified"),
)
OFFLINE_ACCESS = ScopeMeaning(
    name="offline_access",
    gives="Keep this access when you're away, without asking again",
    brings="Adds a refresh token",
)
