"""Errors as pages: what happened, what was kept, what to do. The typed text is always on the screen."""

from __future__ import annotations

import logging

from flask import Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import (
    BadHost,
    HTTPException,
    InternalServerError,
    RequestEntityTooLarge,
    SecurityError,
    TooManyRequests,
)
from werkzeug.wrappers import Response as BaseResponse

from wiki import audit, pages
from wiki.accounts import Suspended
from wiki.errors import Forbidden, Invalid, Moved, NotFound, Problem
from wiki.pages import KINDS, Blocked
from wiki.web import security, visitor
from wiki.web.presenting import day

log = logging.getLogger("wiki")
# Answers of which the security log keeps a line.
_DENIALS = (403, 429)


def init_app(app: Flask) -> None:
    """Translate every error of the rooms, and every other one, into an answer."""
    app.register_error_handler(Moved, _moved)
    app.register_error_handler(NotFound, _missing)
    app.register_error_handler(Forbidden, lambda _error: _forbidden())
    app.register_error_handler(Suspended, _suspended)
    app.register_error_handler(Blocked, _blocked)
    app.register_error_handler(
        Invalid, lambda error: page(400, _("Cette demande ne peut pas aboutir."), problems=error.problems)
    )
    app.register_error_handler(CSRFError, lambda _error: _expired())
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def page(
    status: int,
    title: str,
    explanation: str = "",
    problems: list[Problem] | None = None,
    history_of: str = "",
    wanted: str = "",
) -> Response:
    """An error page in the visitor's language, with whatever they had typed and the number of their request.

    `history_of` is a page whose history may help, `wanted` the title that was looked for.
    """
    if status in _DENIALS:
        audit.note("denied", account=visitor.actor().id, status=status, endpoint=request.endpoint)
    if isinstance(request.routing_exception, BadHost | SecurityError):
        # Without a usable host no address can be put together, so no page drawn.
        return Response(f"{title}\n", status, content_type="text/plain; charset=utf-8")
    html = render_template(
        "errors/error.html",
        status=status,
        error_title=title,
        explanation=explanation,
        problems=problems or [],
        kept=_typed(),
        reference=audit.request_id.get(),
        history_of=history_of,
        wanted=wanted,
    )
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    return response


# What a form sends beside what a person wrote, and what must not stand on a screen.
_NOT_WRITTEN = frozenset(
    {"csrf_token", "password", "current", "name", "email", "next", "base", "head", "action", "minor", "section",
     "homepage", "started", "offer", "number", "held", "row"}
)


def _typed() -> list[tuple[str, str, str]]:
    """What a person wrote in the form that was sent: name and label of the field, text; lists one value a line."""
    if request.method not in ("POST", "PUT"):
        return []
    try:
        form = request.form
    except HTTPException:
        return []
    return [
        (name, _label(name), text)
        for name in form
        if name not in _NOT_WRITTEN
        and not name.startswith("choice-")
        and (text := "\n".join(form.getlist(name))).strip()
    ]


def _label(name: str) -> str:
    if name == "comment":
        return _("Résumé de votre modification")
    fields = (field for kind in KINDS.values() for field in kind.fields)
    return next((str(field.label) for field in fields if field.name == name), _("Texte"))


def _moved(error: Moved) -> BaseResponse:
    """To the same thing at the present address; a form that was sent goes along."""
    arguments = dict(request.view_args or {}, slug=error.slug)
    target = url_for(request.endpoint or "reading.home", **arguments)
    if request.query_string:
        target += "?" + request.query_string.decode("ascii", "replace")
    return redirect(target, 301 if request.method in ("GET", "HEAD") else 308)


def _missing(error: NotFound) -> Response:
    slug = (request.view_args or {}).get("slug")
    if isinstance(slug, str) and error.args == ("revision",) and pages.address(visitor.actor(), slug):
        return page(
            404,
            _("Cette version n’existe pas"),
            _("La page, elle, existe : lisez-la, ou choisissez une version dans son historique."),
            history_of=slug,
        )
    if isinstance(slug, str) and error.args == ("hidden",):
        return page(
            404,
            _("Le texte de cette version est masqué"),
            _("L’équipe de modération l’a masqué ; le journal dit pourquoi. La page, elle, se lit comme d’habitude."),
            history_of=slug,
        )
    explanation = _("Rien ne se trouve à cette adresse : la page a pu être archivée, ou n’a jamais existé.")
    wanted = slug.replace("-", " ")[:120] if isinstance(slug, str) and request.endpoint == "reading.page" else ""
    return page(404, _("Page introuvable"), explanation, wanted=wanted)


def _forbidden() -> Response:
    if current_app.config["WIKI"]["EDITING"] == "approved" and pages.is_newcomer(visitor.actor()):
        explanation = _(
            "Ici, une personne membre relit les premiers textes. Cette action s’ouvre à vous une fois quelques-uns "
            "acceptés. D’ici là, tout se propose dans « Modifier », le titre aussi."
        )
    elif visitor.actor().is_authenticated:
        explanation = _("Votre compte ne permet pas cette action. Demandez à l’équipe de modération.")
    else:
        explanation = _("Cette action demande un compte. Connectez-vous.")
        if request.method == "POST":
            explanation = _("Cette action demande un compte. Connectez-vous ; votre texte reste ci-dessous.")
    return page(403, _("Action réservée"), explanation)


def suspended_words(reason: str) -> str:
    """What somebody is told whose account is suspended."""
    said = _("Votre compte est suspendu. Raison donnée : « %(reason)s ».", reason=reason) if reason else ""
    return f"{said or _('Votre compte est suspendu.')} {whom_to_ask()}"


def _suspended(error: Suspended) -> Response:
    return page(403, _("Action réservée"), suspended_words(str(error)))


def _blocked(error: Blocked) -> Response:
    block = error.block
    explanation = " ".join(
        [
            _("Depuis ce réseau, on ne peut pas écrire pour l’instant.") if block.kind == "network"
            else _("Vous ne pouvez pas écrire pour l’instant."),
            _("Fin prévue : %(end)s.", end=day(block.until)),
            _("Raison donnée par %(name)s : « %(reason)s ».", name=block.author_name, reason=block.reason),
            _("La lecture reste ouverte."),
            whom_to_ask(),
        ]
    )
    return page(403, _("Écriture suspendue"), explanation)


def whom_to_ask() -> str:
    """Where somebody who was refused can ask why."""
    contact = current_app.config["WIKI"]["CONTACT"]
    if contact:
        return _("Une question, une erreur ? Écrivez à %(contact)s.", contact=contact)
    return _("Une question, une erreur ? Demandez à l’équipe qui tient ce wiki.")


def _expired() -> Response:
    return page(
        400,
        _("Le formulaire a expiré"),
        _("Par sécurité, rien n’a été enregistré. Copiez votre texte ci-dessous, rouvrez la page et collez-le."),
    )


def _http(error: HTTPException) -> BaseResponse:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    if isinstance(error, RequestEntityTooLarge):
        return page(
            413,
            _("Envoi trop volumineux"),
            _(
                "Ce que vous envoyez dépasse la limite de ce wiki, %(limit)s. "
                "Revenez en arrière : votre navigateur a gardé votre texte. Envoyez-le en plusieurs parties.",
                limit=pages.volume(current_app.config["MAX_CONTENT_LENGTH"]),
            ),
        )
    if isinstance(error, TooManyRequests):
        response = page(
            429,
            _("Un instant, s’il vous plaît"),
            _("Vous allez plus vite que prévu. Attendez un peu puis recommencez ; votre texte est ci-dessous.")
            if _typed()
            else _("Vous allez plus vite que prévu. Attendez un peu puis recommencez."),
        )
        response.headers["Retry-After"] = str(security.seconds_to_wait())
        return response
    titles = {
        400: _("Le wiki n’a pas compris cette demande"),
        403: _("Action réservée"),
        404: _("Page introuvable"),
        405: _("Action impossible ici"),
        414: _("Adresse trop longue"),
        415: _("Format non accepté"),
    }
    advice = {
        400: _("Il manque quelque chose à cette demande. Revenez à la page d’où vous venez, puis recommencez."),
        404: _("Rien ne se trouve à cette adresse. Cherchez en haut de la page, ou revenez à l’accueil."),
        405: _("Cette adresse ne s’ouvre pas ainsi. Revenez à la page d’où vous venez, puis recommencez."),
        414: _("Cherchez avec moins de mots, ou retirez des filtres."),
    }
    title = titles.get(status, _("Cette demande ne peut pas aboutir."))
    response = page(status, title, advice.get(status, ""))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    log.error(
        "Unexpected error %s at %s %s", audit.request_id.get(), request.method, request.endpoint, exc_info=error
    )
    original = error.original_exception if isinstance(error, InternalServerError) else error
    if original.__class__.__name__ == "OperationalError":
        return page(
            503,
            _("Le wiki ne peut pas enregistrer pour le moment"),
            _(
                "La lecture reste possible. Votre texte est ci-dessous : "
                "gardez-en une copie et réessayez dans quelques minutes."
            )
            if _typed()
            else _("La lecture reste possible. Réessayez dans quelques minutes."),
        )
    return page(
        500,
        _("Une erreur imprévue s’est produite"),
        _("Elle est notée sous la référence indiquée. Votre texte est ci-dessous.")
        if _typed()
        else _("Elle est notée sous la référence indiquée. Réessayez dans quelques minutes."),
    )
