"""The letters an account gets, in its own language: what they say, to whom, and how often at most."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from wiki import mail
from wiki.accounts import attempts
from wiki.accounts.marks import mark
from wiki.accounts.models import User
from wiki.database import db
from wiki.mail import Letter

# To one address: some at once, then ever fewer, so that nobody's box is filled by who knows their name.
_AT_ONCE, _LONGEST_WAIT = 3, 6 * 3600


def may_be_written(email: str) -> bool:
    """Whether this address did not get many letters lately; this one is counted."""
    try:
        attempts.count([attempts.Count(mark("letter", email), _AT_ONCE, _LONGEST_WAIT)])
    except attempts.TooSoon:
        return False
    return True


def _send(to: str | None, subject: str, *paragraphs: str) -> None:
    """`subject` and `paragraphs` are written in the running language."""
    wiki = current_app.config["WIKI"]["NAME"]
    if to:
        mail.send(Letter(to, f"{wiki} – {subject}", "\n\n".join([*paragraphs, f"-- \n{wiki}"]) + "\n"))


def _language(user: User) -> str:
    return user.language or str(current_app.config["WIKI"]["LANGUAGE"])


def recovery(user: User, address: str) -> None:
    """How to come in again."""
    with force_locale(_language(user)):
        _send(
            user.email,
            _("Choisir un nouveau mot de passe"),
            _("Bonjour %(name)s,", name=user.name),
            _("Quelqu’un, vous sans doute, a demandé un nouveau mot de passe pour votre compte. "
              "Choisissez-le à cette adresse, qui sert une fois, pendant une heure :"),
            address,
            _("Si ce n’est pas vous, ne faites rien : votre mot de passe reste le même."),
        )


def confirmation(user: User, address: str) -> None:
    """How to prove that an address is one's own."""
    with force_locale(_language(user)):
        _send(
            user.email,
            _("Confirmer votre adresse"),
            _("Bonjour,"),
            _("Le compte « %(name)s » a donné cette adresse pour être retrouvé si son mot de passe se perd. "
              "Confirmez-la ici, dans la journée :", name=user.name),
            address,
            _("Si ce compte n’est pas le vôtre, ne faites rien : l’adresse ne servira pas."),
        )


def tell_owner(what: str, user_id: int | None, to: str = "") -> None:
    """Tell the owner, after the answer, that the password ("password") or the address ("email") was changed.

    To their confirmed address, or to `to`, which was it.
    """
    mail.later("owner", what, user_id, to)


@mail.order("owner", timedelta(days=1))
def _tell_owner(what: str, user_id: int, to: str) -> None:
    user = db.session.execute(select(User).where(User.id == user_id, User.deleted_at.is_(None))).scalar_one_or_none()
    if user is None:
        return
    with force_locale(_language(user)):
        said = {
            "password": (_("Votre mot de passe a changé"), _("Le mot de passe de votre compte vient d’être changé, et "
                                                             "tous vos appareils ont été déconnectés.")),
            "email": (_("Votre adresse a changé"), _("Votre compte n’a plus cette adresse : une autre vient d’y être "
                                                     "mise, ou celle-ci d’en être retirée.")),
        }
        subject, words = said[what]
        _send(
            to or (user.email if user.email_confirmed_at else None), subject,
            _("Bonjour %(name)s,", name=user.name), words,
            _("Si ce n’est pas vous, écrivez vite à l’équipe du wiki."),
        )
