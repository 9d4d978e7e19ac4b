"""The scopes that several profiles share."""

from __future__ import annotations

from oauth_widgets._sandbox.profile import ScopeMeaning

OPENID = ScopeMeaning(
    name="openid",
    gives="Know you again when you come back",
    brings="Brings an ID token",
    personal=True,
    claims=("sub",),
)
NAME = ScopeMeaning(
    name="profile",
    gives="See your name",
    personal=True,
    claims=("name", "preferred_username"),
)
EMAIL = ScopeMeaning(
    name="email",
    gives="See your e-mail address",
    personal=True,
    identifier=True,
    claims=("email", "email_verified"),
)
PHONE = ScopeMeaning(
    name="phone",
    gives="See your phone number, and phone numbers in the data it reads",
    brings="The number stands in the ID token and in userinfo",
    personal=True,
    identifier=True,
    claims=("phone_number", "phone_number_verified"),
)
OFFLINE_ACCESS = ScopeMeaning(
    name="offline_access",
    gives="Keep this access while you are away",
    brings="Brings a refresh token",
    personal=True,
)
SERVICES = (
    ScopeMeaning(name="events.read", gives="Read network events: calls, messages, data use"),
    ScopeMeaning(name="subscribers.read", gives="Read the list of subscribers"),
    ScopeMeaning(name="usage.read", gives="Read how much the subscribers use"),
    ScopeMeaning(name="cells.read", gives="Read where the masts are"),
)
