"""What can go wrong, as types.

Every error carries a code for programs, a message for people (what, which, why) and a remedy
(what to do, or None). Texts that the user reads first are written in `notesync.texts`.
"""

from __future__ import annotations


class NotesyncError(Exception):
    """Any failure that notesync can name. Raised on any thread, shown without a stack trace."""

    def __init__(
        self, code: str, message: str, remedy: str | None = None, path: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.path = path

    def __str__(self) -> str:
        where = f" ({self.path})" if self.path and self.path not in self.message else ""
        return self.message + where + (f": {self.remedy}" if self.remedy else "")


class Malformed(NotesyncError):
    """A peer sent something that the protocol does not allow."""

    def __init__(self, message: str, code: str = "bad_request") -> None:
        super().__init__(code, message)


class ProtocolMismatch(NotesyncError):
    """A peer speaks another version of the protocol."""


class JavaMissing(NotesyncError):
    """No Java of the needed version on this machine."""


class AgentNotStarted(NotesyncError):
    """The agent could not be started; the message holds what it wrote to stderr."""


class AgentRefused(NotesyncError):
    """The agent answered a request with an error."""

    def __init__(
        self,
        code: str,
        message: str,
        remedy: str | None = None,
        path: str | None = None,
        offset: int | None = None,
    ) -> None:
        super().__init__(code, message, remedy, path)
        self.offset = offset


class AgentLost(NotesyncError):
    """The agent died, was replaced, or forgot this kernel: attach again."""


class AgentSilent(NotesyncError):
    """The agent lives but does not answer in time."""


class LaptopRefused(NotesyncError):
    """The laptop server answered a call with an error."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        remedy: str | None = None,
        path: str | None = None,
    ) -> None:
        super().__init__(code, message, remedy, path)
        self.status = status


class LaptopUnreachable(NotesyncError):
    """No answer was had from the laptop: try again later."""


class PermissionRefused(NotesyncError):
    """The browser refused the way to the laptop: only the user can change that."""


class Unpaired(NotesyncError):
    """The token is missing, expired or revoked: pair again."""
