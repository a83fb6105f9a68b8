"""Every error Halley raises, drawn as a tree. Nothing else defines an exception.

```
HalleyError                      code, message, hint
├── ArgumentError (ValueError)   a wrong argument of a public call; raised at the call
│   └── ArgumentTypeError (TypeError)
├── SettingError (ValueError)    a setting or the configuration file is wrong
├── JournalError                 the local journal cannot be read or written
│   ├── JournalCorrupt           bytes that are not a journal, or a broken checksum
│   └── JournalVersionError      written by a newer Halley
├── DeliveryError                the server could not be reached or refused; never raised into training
│   ├── ServerUnreachable
│   └── ServerRefused
├── StorageError                 the data folder or database cannot be used
│   ├── StorageVersionError      the database was written by a newer Halley
│   ├── StorageDamaged           something in the database is not what was written; the rest goes on
│   └── StorageLocked            another server is writing the same thing; the writer waits and tries again
├── ListenError                  the server cannot listen where it is told to
└── RequestError                 an HTTP request that the server answers with an error; has a status
    ├── InvalidRequest 400       ├── NotFound 404      ├── Conflict 409
    ├── SequenceGap 409          ├── TooLarge 413      └── Busy 429
    └── Forbidden 403
```

An error says what happened, to what, and what to do next: `message` is the first two, `hint` the last.
"""

from typing import ClassVar


class HalleyError(Exception):
    """The root of all errors of Halley.

    Args:
        message: What happened, and to what.
        hint: What to do next; may be empty.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".rstrip())
        self.message = message
        self.hint = hint


class ArgumentError(HalleyError, ValueError):
    """An argument of a public call has a value that cannot be used."""

    code = "wrong_argument"


class ArgumentTypeError(ArgumentError, TypeError):
    """An argument of a public call has a type that cannot be used."""

    code = "wrong_argument_type"


class SettingError(HalleyError, ValueError):
    """A setting, from whichever source, cannot be used."""

    code = "wrong_setting"


class JournalError(HalleyError):
    """A journal cannot be read or written."""

    code = "journal"


class JournalCorrupt(JournalError):
    """A journal holds bytes that no writer of ours wrote."""

    code = "journal_corrupt"


class JournalVersionError(JournalError):
    """A journal was written by a newer version of Halley."""

    code = "journal_version"


class DeliveryError(HalleyError):
    """Records could not be delivered. Kept in the journal and tried again; never raised into training."""

    code = "delivery"


class ServerUnreachable(DeliveryError):
    """No answer from the server, or one that says to try again.

    Args:
        message: What happened.
        after_seconds: When the server asks to try again; 0 if it does not say.
    """

    code = "server_unreachable"

    def __init__(self, message: str, *, after_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.after_seconds = after_seconds


class ServerRefused(DeliveryError):
    """The server answered that it will not take this, now or later."""

    code = "server_refused"

    def __init__(self, message: str, *, status: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status


class ExperimentGone(ServerRefused):
    """The experiment was deleted on the server. Nothing of it is kept any more."""

    code = "experiment_gone"


class StorageError(HalleyError):
    """The data folder or the database cannot be used."""

    code = "storage"


class StorageVersionError(StorageError):
    """The database was written by a newer version of Halley."""

    code = "storage_version"


class StorageDamaged(StorageError):
    """Something in the database is not what was written. Whatever does not need it goes on."""

    code = "storage_damaged"


class StorageLocked(StorageError):
    """Another server is writing what a job needs; the store's writer waits for it and runs the job again.

    Args:
        message: What happened.
        hint: What to do next.
        key: What is locked.
    """

    code = "storage_locked"

    def __init__(self, message: str, *, hint: str = "", key: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.key = key


class ListenError(HalleyError):
    """The server cannot listen on its address."""

    code = "listen"


class RequestError(HalleyError):
    """A request that is answered with an error.

    Args:
        message: What happened, and to what.
        hint: What to do next.
        field: The path of the request field that is wrong, such as `sort[0].column`; empty if none.
    """

    code = "request"
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, hint: str = "", field: str = "") -> None:
        super().__init__(message, hint=hint)
        self.field = field


class InvalidRequest(RequestError):
    """The request's path, query or body is wrong."""

    code = "invalid_request"
    status = 400


class Forbidden(RequestError):
    """The caller may not do this."""

    code = "forbidden"
    status = 403


class NotFound(RequestError):
    """What the request names does not exist, or the caller may not know of it."""

    code = "not_found"
    status = 404


class TooSlow(RequestError):
    """The body of the request did not come to its end in time."""

    code = "too_slow"
    status = 408


class Conflict(RequestError):
    """The request contradicts what is stored."""

    code = "conflict"
    status = 409


class SequenceGap(Conflict):
    """A batch does not follow on the last one taken from its writer.

    Args:
        message: What happened.
        acknowledged: How many records of this writer the server has; send on from there.
    """

    code = "sequence_gap"

    def __init__(self, message: str, *, acknowledged: int) -> None:
        super().__init__(message, hint=f"Send on from record {acknowledged}.")
        self.acknowledged = acknowledged


class Gone(RequestError):
    """What the request is about was deleted for good."""

    code = "gone"
    status = 410


class TooLarge(RequestError):
    """The request is larger than the server takes."""

    code = "too_large"
    status = 413


class Busy(RequestError):
    """The server cannot take more now.

    Args:
        message: What happened.
        retry_after_seconds: When to try again.
    """

    code = "busy"
    status = 429

    def __init__(self, message: str, *, retry_after_seconds: float = 1.0) -> None:
        super().__init__(message, hint=f"Try again in {retry_after_seconds:g} s.")
        self.retry_after_seconds = retry_after_seconds
