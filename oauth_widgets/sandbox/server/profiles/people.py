"""The people who can sign in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

MOST = 1000  # people; the sign-in page lists everyone
_NEEDED = ("username", "password")


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone with an account here; every detail is invented."""

    username: str
    password: str
    name: str
    phone_number: str
    email: str
    customer_number: str

    def description(self) -> dict[str, str]:
        """Return every field, including the password, which is public in a sandbox."""
        return asdict(self)

    def claims(self) -> dict[str, Any]:
        """Return every claim about the person, by the names of OpenID Connect Core 5.1."""
        return {
            "name": self.name,
            "preferred_username": self.username,
            "email": self.email,
            "email_verified": True,
            "phone_number": self.phone_number,
            "phone_number_verified": True,
            "customer_number": self.customer_number,
        }


# Ofcom reserves +44 7700 900000 to 900999 for fiction.
PEOPLE = (
    Person(
        username="alice",
        password="wonderland",
        name="Alice Liddell",
        phone_number="+447700900101",
        email="alice@example.org",
        customer_number="C-1001",
    ),
    Person(
        username="bob",
        password="builder",
        name="Bob Marlow",
        phone_number="+447700900102",
        email="bob@example.org",
        customer_number="C-1002",
    ),
)


def people_from(records: Iterable[Mapping[str, Any]]) -> tuple[Person, ...]:
    """Return the people in `records`; each needs a username and a password, the rest is made up.

    Raises ValueError that says which record is wrong and why.
    """
    people = tuple(_person(record, number) for number, record in enumerate(records, 1))
    if not 0 < len(people) <= MOST:
        raise ValueError(f"A sandbox has 1 to {MOST} users, not {len(people)}.")
    if len({person.username for person in people}) < len(people):
        raise ValueError("Two users have the same username.")
    return people


def _person(record: Mapping[str, Any], number: int) -> Person:
    known = [field.name for field in fields(Person)]
    if not isinstance(record, Mapping) or not all(isinstance(one, str) for one in record.values()):
        raise ValueError(f"User {number} is not an object of strings.")
    wrong = [name for name in record if name not in known]
    if wrong:
        raise ValueError(f"User {number} has {wrong[0]!r}; the fields are {', '.join(known)}.")
    missing = [name for name in _NEEDED if not record.get(name, "").strip()]
    if missing:
        raise ValueError(f"User {number} has no {missing[0]}.")
    username = record["username"].strip().lower()
    invented = {
        "name": username.title(),
        "phone_number": f"+447700900{(100 + number) % 1000:03d}",
        "email": f"{username}@example.org",
        "customer_number": f"C-{1000 + number}",
    }
    return Person(**{**invented, **record, "username": username})
