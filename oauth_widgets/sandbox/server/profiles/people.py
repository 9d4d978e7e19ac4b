"""The people who can sign in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from oauth_widgets.sandbox.server.refusals import OptionError

MOST = 1000  # people; the sign-in page lists everyone
LONG = 200  # characters of a text that pages show
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


def people_from(users: object) -> tuple[Person, ...]:
    """Return the people that `users` describes, by username or as a list of records.

    Each needs a username and a password; the rest is made up. Raises OptionError that says which
    record is wrong and why.
    """
    if isinstance(users, Mapping):
        users = [_named(name, about) for name, about in users.items()]
    if isinstance(users, str) or not isinstance(users, Iterable):
        raise OptionError('Describe the users by username: {"ada": {"password": "engine"}}.')
    people = tuple(_person(record, number) for number, record in enumerate(users, 1))
    if not 0 < len(people) <= MOST:
        raise OptionError(f"A sandbox has 1 to {MOST} users, not {len(people)}.")
    names = [person.username for person in people]
    twice = next((name for name, times in Counter(names).items() if times > 1), None)
    if twice is not None:
        raise OptionError(
            f"Two users have the same username, {twice}. Give one of them a different name."
        )
    return people


def is_line(text: object) -> bool:
    """Return whether `text` is some words on one line, which pages can show."""
    return isinstance(text, str) and bool(text.strip()) and text.isprintable() and len(text) <= LONG


def _named(name: object, about: object) -> object:
    if not isinstance(about, Mapping):
        raise OptionError(f'Describe the user {name!r:.80} as {{"password": "engine"}}.')
    return {"username": name, **about}


def _person(record: object, number: int) -> Person:
    known = [field.name for field in fields(Person)]
    if not isinstance(record, Mapping):
        raise OptionError(
            f"User {number} is {type(record).__name__}, not a dict such as "
            '{"username": "ada", "password": "engine"}.'
        )
    username = record.get("username")
    who = f"The user {username}" if is_line(username) else f"User {number}"
    wrong = [name for name in record if name not in known]
    if wrong:
        raise OptionError(f"{who} has no field {wrong[0]!r}; the fields are {', '.join(known)}.")
    kinds = {
        name: type(value).__name__ for name, value in record.items() if not isinstance(value, str)
    }
    if kinds:
        name, kind = kinds.popitem()
        raise OptionError(f"{who}: the {name} is {kind}, not text. Put it in quotes.")
    missing = [name for name in _NEEDED if not record.get(name, "").strip()]
    if missing:
        raise OptionError(f"{who} has no {missing[0]}.")
    odd = [name for name, value in record.items() if value and not is_line(value)]
    if odd:
        raise OptionError(
            f"{who}: the {odd[0]} is not a line of at most {LONG} printable characters."
        )
    username = record["username"].strip().lower()
    invented = {
        "name": username.title(),
        "phone_number": f"+447700900{(100 + number) % 1000:03d}",
        "email": f"{username}@example.org",
        "customer_number": f"C-{1000 + number}",
    }
    return Person(**{**invented, **record, "username": username})
