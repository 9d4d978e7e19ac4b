"""Everything that can go wrong, in one tree.

OAuthError
├── ConfigurationError                what was described cannot work; nothing was sent
│   ├── CannotListen                  this machine cannot wait for the answer at that address
│   └── ForkedProcess                 only the process that signed in may do this
├── TransportError                    no usable answer arrived; the same call may work later
│   ├── ServerUnreachable             refused, unknown host, TLS failure, connection lost
│   ├── DeadlineExceeded              the whole exchange took longer than allowed
│   ├── AnswerTooLarge                the answer was larger than any such answer needs to be
│   └── AnswerLost                    the request went out and may have worked, or may not
├── InvalidResponse                   an answer breaks the standard or is not for this client
│   ├── InvalidDocument               not the JSON object it should be
│   ├── InvalidMetadata               the server's description of itself
│   ├── InvalidAuthorizationResponse  what the browser returned
│   │   ├── StateMismatch             belongs to another sign-in, or was used already
│   │   └── IssuerMismatch            comes from another server
│   ├── InvalidTokenResponse          what the token endpoint sent
│   ├── InvalidKeySet                 the server's signing keys
│   ├── InvalidIDToken                the signed statement of who signed in
│   │   ├── UntrustedSignature        unsigned, wrongly signed, or by an unknown key
│   │   ├── WrongIssuer               issued by another server
│   │   ├── WrongAudience             issued to another client
│   │   ├── WrongNonce                belongs to another sign-in
│   │   ├── WrongSubject              about another person than before
│   │   └── ExpiredIDToken            out of date, or from the future
│   └── InvalidUserInfo               what the userinfo endpoint sent
├── ErrorResponse                     the authorization server refused, in the standard's words
│   ├── AccessDenied  InvalidRequest  InvalidClient  InvalidGrant  InvalidScope
│   ├── UnauthorizedClient  UnsupportedGrantType  UnsupportedResponseType
│   ├── ServerFailure  TemporarilyUnavailable
│   └── PersonNeeded                  login_required and its kin: only a person can continue
├── ResourceError                     the API refused, or is not to be trusted with the token
│   ├── InvalidToken                  the token is expired, revoked or unknown
│   ├── InsufficientScope             the token is good, but does not cover this
│   ├── ForeignOrigin                 the address is not the API's; nothing was sent
│   ├── ResourceBusy                  the API is busy and asks you to wait
│   └── UnexpectedAnswer              not the records that were requested
├── DatasetProblem                    a folder can't be used as a dataset; it stays as it is
│   ├── DatasetInUse                  another call is writing to it
│   ├── DatasetDamaged                what it holds can't be read, nor fetched again
│   └── DatasetTooNew                 a newer version of this package wrote it
├── StoreProblem                      a place for saved sign-ins can't be used; all stay signed in
│   ├── StoreUnavailable              there is no such place here
│   ├── StoreLocked                   another program holds it, or it must be unlocked
│   ├── StoreReadOnly                 it can't be written, or is full
│   ├── StoreExposed                  other users of the computer could read it
│   ├── StoreDamaged                  what it holds can't be read
│   └── StoreTooNew                   a newer version of this package wrote it
├── ClassroomProblem                  the practice server of a class doesn't let you in
│   ├── ClassroomFull                 every space is taken
│   ├── OtherVersion                  it runs another version of this package
│   └── WrongKey                      there is no space with that key
├── ClusterProblem                    a Dask cluster can't use the session shared with it
│   ├── NotShared                     it isn't shared with this process, or not any more
│   ├── ClientGone                    the client that shares it doesn't answer
│   └── WorkerUnprepared              a worker lacks this package, or has another version
└── SignInIncomplete                  there is no session yet
    ├── NeedsAPerson                  only a person can sign in, and no one is there
    ├── NotSignedIn                   you haven't signed in yet
    ├── SignInCancelled               a person pressed Cancel
    └── SignInTimeout                 the sign-in was not finished in time

Every error says what happened and what to do next. None ever contains a token, a code or a secret.
A failed cell shows only your own lines; `%tb` shows every frame.
"""

from __future__ import annotations

from oauth_widgets.errors.answers import (
    ExpiredIDToken,
    InvalidAuthorizationResponse,
    InvalidDocument,
    InvalidIDToken,
    InvalidKeySet,
    InvalidMetadata,
    InvalidResponse,
    InvalidTokenResponse,
    InvalidUserInfo,
    IssuerMismatch,
    StateMismatch,
    UntrustedSignature,
    WrongAudience,
    WrongIssuer,
    WrongNonce,
    WrongSubject,
)
from oauth_widgets.errors.classroom import (
    ClassroomFull,
    ClassroomProblem,
    OtherVersion,
    WrongKey,
)
from oauth_widgets.errors.client import (
    for_a_client,
)
from oauth_widgets.errors.cluster import (
    ClientGone,
    ClusterProblem,
    NotShared,
    WorkerUnprepared,
)
from oauth_widgets.errors.configuration import (
    CannotListen,
    ForkedProcess,
)
from oauth_widgets.errors.dataset import (
    DatasetDamaged,
    DatasetInUse,
    DatasetProblem,
    DatasetRepairedWarning,
    DatasetTooNew,
)
from oauth_widgets.errors.refusals import (
    AccessDenied,
    ErrorResponse,
    InvalidClient,
    InvalidGrant,
    InvalidRequest,
    InvalidScope,
    PersonNeeded,
    ServerFailure,
    TemporarilyUnavailable,
    UnauthorizedClient,
    UnsupportedGrantType,
    UnsupportedResponseType,
)
from oauth_widgets.errors.resource import (
    ForeignOrigin,
    InsufficientScope,
    InvalidToken,
    MaybeIncompleteWarning,
    ResourceBusy,
    ResourceError,
    UnexpectedAnswer,
)
from oauth_widgets.errors.root import (
    ConfigurationError,
    OAuthError,
    foreign_text,
    without_frames,
)
from oauth_widgets.errors.sign_in import (
    ImplicitGrantWarning,
    MixUpWarning,
    NeedsAPerson,
    NotSignedIn,
    SignInCancelled,
    SignInEndsWarning,
    SignInIncomplete,
    SignInTimeout,
)
from oauth_widgets.errors.store import (
    StoreDamaged,
    StoreExposed,
    StoreLocked,
    StoreProblem,
    StoreReadOnly,
    StoreTooNew,
    StoreUnavailable,
)
from oauth_widgets.errors.transport import (
    AnswerLost,
    AnswerTooLarge,
    DeadlineExceeded,
    ServerUnreachable,
    TransportError,
)

__all__ = [
    "AccessDenied",
    "AnswerLost",
    "AnswerTooLarge",
    "CannotListen",
    "ClassroomFull",
    "ClassroomProblem",
    "ClientGone",
    "ClusterProblem",
    "ConfigurationError",
    "DatasetDamaged",
    "DatasetInUse",
    "DatasetProblem",
    "DatasetRepairedWarning",
    "DatasetTooNew",
    "DeadlineExceeded",
    "ErrorResponse",
    "ExpiredIDToken",
    "ForeignOrigin",
    "ForkedProcess",
    "ImplicitGrantWarning",
    "InsufficientScope",
    "InvalidAuthorizationResponse",
    "InvalidClient",
    "InvalidDocument",
    "InvalidGrant",
    "InvalidIDToken",
    "InvalidKeySet",
    "InvalidMetadata",
    "InvalidRequest",
    "InvalidResponse",
    "InvalidScope",
    "InvalidToken",
    "InvalidTokenResponse",
    "InvalidUserInfo",
    "IssuerMismatch",
    "MaybeIncompleteWarning",
    "MixUpWarning",
    "NeedsAPerson",
    "NotShared",
    "NotSignedIn",
    "OAuthError",
    "OtherVersion",
    "PersonNeeded",
    "ResourceBusy",
    "ResourceError",
    "ServerFailure",
    "ServerUnreachable",
    "SignInCancelled",
    "SignInEndsWarning",
    "SignInIncomplete",
    "SignInTimeout",
    "StateMismatch",
    "StoreDamaged",
    "StoreExposed",
    "StoreLocked",
    "StoreProblem",
    "StoreReadOnly",
    "StoreTooNew",
    "StoreUnavailable",
    "TemporarilyUnavailable",
    "TransportError",
    "UnauthorizedClient",
    "UnexpectedAnswer",
    "UnsupportedGrantType",
    "UnsupportedResponseType",
    "UntrustedSignature",
    "WorkerUnprepared",
    "WrongAudience",
    "WrongIssuer",
    "WrongKey",
    "WrongNonce",
    "WrongSubject",
    "for_a_client",
    "foreign_text",
    "without_frames",
]

_KINDS = [name for name in __all__ if isinstance(globals()[name], type)]

# The type of an error shows the module that it can be imported from.
for _name in _KINDS:
    globals()[_name].__module__ = __name__


def __dir__() -> list[str]:
    return _KINDS
