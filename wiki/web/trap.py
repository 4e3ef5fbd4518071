"""Two traps for programs that fill in forms as guests: a field nobody sees, and the moment the form was opened.

There is no upper limit to the time: one may write for days. Members never meet either.
"""

from __future__ import annotations

from time import time

from flask import Flask, current_app, request
from flask_babel import gettext as _
from itsdangerous import BadSignature, TimestampSigner

from wiki.accounts import Actor
from wiki.errors import Invalid

HIDDEN_FIELD, MOMENT_FIELD = "homepage", "started"


def init_app(app: Flask) -> None:
    """Let forms carry the traps."""
    app.jinja_env.globals["form_moment"] = form_moment


def _signer() -> TimestampSigner:
    return TimestampSigner(str(current_app.secret_key), salt="moment a form was opened")


def form_moment() -> str:
    """The signed moment this form was first opened; a form that comes back keeps its own."""
    sent = request.form.get(MOMENT_FIELD, "") if request.method == "POST" else ""
    return sent if _age(sent) is not None else _signer().sign("form").decode()


def _age(sent: str) -> float | None:
    """Seconds since the form was opened; None where that is not told by a moment of ours."""
    try:
        _value, opened = _signer().unsign(sent[:200], return_timestamp=True)
    except BadSignature:
        return None
    return time() - opened.timestamp()


def require_person(actor: Actor) -> None:
    """Raise Invalid where the form a guest sent looks filled in by a program."""
    seconds = current_app.config["WIKI"]["GUEST_SECONDS"]
    if actor.is_authenticated or not seconds:
        return
    if request.form.get(HIDDEN_FIELD, ""):
        raise Invalid(
            _(
                "Un champ invisible a été rempli, comme le font les programmes publicitaires. Rien n’est perdu : "
                "si vous êtes une personne, enregistrez à nouveau."
            )
        )
    age = _age(request.form.get(MOMENT_FIELD, ""))
    if age is None or age < seconds:
        raise Invalid(
            _(
                "Votre texte est arrivé si vite qu’un programme pourrait l’avoir écrit. Rien n’est perdu : "
                "attendez quelques secondes et enregistrez à nouveau."
            )
        )
