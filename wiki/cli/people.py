"""Accounts, as an operator handles them."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask_babel import gettext as _

from wiki import accounts
from wiki.accounts import Actor
from wiki.cli.opening import data_option, opened, wiki
from wiki.errors import NotFound, WikiError


@wiki.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.argument("name")
@click.option("--email", help="For messages to this person; never shown.")
@click.option("--role", type=click.Choice(accounts.ACCOUNT_ROLES), default="member", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@data_option
def user_add(name: str, email: str | None, role: str, password_stdin: bool) -> None:
    """Open an account, the first admin's for example."""
    with opened(new=True):
        if password_stdin:
            password = sys.stdin.readline().rstrip("\r\n")
        elif sys.stdin.isatty():
            password = click.prompt(_("Mot de passe"), hide_input=True, confirmation_prompt=True, err=True)
        else:
            raise WikiError(_("Donnez le mot de passe sur l’entrée standard avec --password-stdin."))
        actor = accounts.register(name, password, email, role, confirmed=True)
        click.echo(_("Le compte « %(name)s » est ouvert (%(role)s).", name=actor.name, role=actor.role))


@user.command("list")
@data_option
def user_list() -> None:
    """All accounts: name, role, whether suspended, since when."""
    with opened():
        for one in accounts.everybody():
            state = "" if one.active else _("suspendu")
            click.echo("\t".join((one.name, one.role, state, one.created_at.date().isoformat())))


@user.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(accounts.ACCOUNT_ROLES))
@data_option
def user_role(name: str, role: str) -> None:
    """Give an account another role."""
    with opened():
        actor = accounts.set_role(account(name).name, role)
        click.echo(_("Le compte « %(name)s » a le rôle %(role)s.", name=actor.name, role=role))


@user.command("suspend")
@click.argument("name")
@click.option("--reason", default="", help="Told to the owner of the account.")
@data_option
def user_suspend(name: str, reason: str) -> None:
    """Keep an account out, from its next request on."""
    with opened():
        click.echo(_("Le compte « %(name)s » est suspendu.", name=accounts.suspend(account(name).name, reason).name))


@user.command("reactivate")
@click.argument("name")
@data_option
def user_reactivate(name: str) -> None:
    """Let a suspended account in again."""
    with opened():
        actor = accounts.reactivate(account(name).name)
        click.echo(_("Le compte « %(name)s » est de nouveau ouvert.", name=actor.name))


@user.command("password-link")
@click.argument("name")
@data_option
def user_password_link(name: str) -> None:
    """Print an address that sets a new password: once, within the hour. Needs WIKI_BASE_URL."""
    with opened():
        base = str(current_app.config["WIKI"]["BASE_URL"]).rstrip("/")
        if not base:
            raise WikiError(_("Donnez d’abord l’adresse publique du wiki dans WIKI_BASE_URL."))
        click.echo(f"{base}/recover/{accounts.password_link(account(name).name)}")


def account(name: str) -> Actor:
    """Who has the account of this name. Raises WikiError in words."""
    try:
        return accounts.named(name)
    except NotFound:
        raise WikiError(_("Aucun compte ne s’appelle « %(name)s ».", name=name)) from None
