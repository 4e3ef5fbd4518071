"""Who acts: accounts with a password, and guests with a pseudonym.

An `Actor` is a plain value that outlives the database session; verbs receive it and never an account row.
"""

from __future__ import annotations

from wiki.accounts.actors import GUEST, OPERATOR, Actor, guest, new_guest_token
from wiki.accounts.attempts import TooSoon
from wiki.accounts.changing import account_data, change_email, change_password, email_of, erase, is_confirmed, take_name
from wiki.accounts.door import (
    ACCOUNT_ROLES,
    Suspended,
    enter,
    formerly,
    is_somebody,
    log_in,
    named,
    numbered,
    register,
    require_password,
)
from wiki.accounts.governing import (
    Account,
    account,
    everybody,
    matching,
    reactivate,
    set_role,
    suspend,
)
from wiki.accounts.links import (
    ask_confirmation,
    ask_recovery,
    confirm,
    confirming,
    linked,
    password_link,
    recover,
)
from wiki.accounts.marks import mark
from wiki.accounts.models import AccountLink, Attempt, FormerName, Session, User
from wiki.accounts.names import NAME_MAXIMUM, name_key
from wiki.accounts.networks import mark_of_network, marks_around, network_mark
from wiki.accounts.passwords import PASSWORD_MAXIMUM, PASSWORD_MINIMUM, password_problems
from wiki.accounts.sessions import (
    Device,
    OpenSession,
    by_session_token,
    end_session,
    end_session_of,
    end_sessions,
    sessions_of,
    suspension,
)

__all__ = [
    "ACCOUNT_ROLES",
    "GUEST",
    "NAME_MAXIMUM",
    "OPERATOR",
    "PASSWORD_MAXIMUM",
    "PASSWORD_MINIMUM",
    "Account",
    "AccountLink",
    "Actor",
    "Attempt",
    "Device",
    "FormerName",
    "OpenSession",
    "Session",
    "Suspended",
    "TooSoon",
    "User",
    "account",
    "account_data",
    "ask_confirmation",
    "ask_recovery",
    "by_session_token",
    "change_email",
    "change_password",
    "confirm",
    "confirming",
    "email_of",
    "end_session",
    "end_session_of",
    "end_sessions",
    "enter",
    "erase",
    "everybody",
    "formerly",
    "guest",
    "is_confirmed",
    "is_somebody",
    "linked",
    "log_in",
    "mark",
    "mark_of_network",
    "marks_around",
    "matching",
    "name_key",
    "named",
    "network_mark",
    "new_guest_token",
    "numbered",
    "password_link",
    "password_problems",
    "reactivate",
    "recover",
    "register",
    "require_password",
    "sessions_of",
    "set_role",
    "suspend",
    "suspension",
    "take_name",
]
