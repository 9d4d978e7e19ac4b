"""The people who can sign in."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone with an account here; everything about them is invented."""

    username: str
    password: str
    name: str
    phone_number: str
    email: str

    def description(self) -> dict[str, str]:
        """Return every field, password included: in a sandbox it is no secret."""
        return asdict(self)


# +44 7700 900000 to 900999 is kept free of real subscribers by Ofcom, for use in fiction.
PEOPLE = (
    Person(
        username="alice",
        password="wonderland",
        name="Alice Liddell",
        phone_number="+447700900101",
        email="alice@example.org",
    ),
    Person(
        username="bob",
        password="builder",
        name="Bob Marlow",
        phone_number="+447700900102",
        email="bob@example.org",
    ),
)
