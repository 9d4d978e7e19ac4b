"""What was described cannot work on this machine or in this process; nothing was sent."""

from __future__ import annotations

from oauth_widgets.errors.root import ConfigurationError


class CannotListen(ConfigurationError):
    """This machine cannot wait for the answer at that address; the message says why."""

    next_step = "Register another address for the client, or paste the answer: card.paste()."


class ForkedProcess(ConfigurationError):
    """A forked child would change its parent's tokens, or end its wait for another device.

    A server accepts a refresh token once, so a child's refresh would end the parent's session.
    """

    next_step = "Do this in the process that signed in, before it forks, or sign in again here."
