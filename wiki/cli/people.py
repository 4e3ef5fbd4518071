"""Accounts, as an operator handles them."""

from __future__ import annotations

import sys

import click
from flask_babel import gettext as _

from wiki import accounts
from wiki.cli.opening import data_option, opened, wiki
from wiki.errors import WikiError


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
        actor = accounts.register(name, password, email, role)
        click.echo(_("Le compte « %(name)s » est ouvert (%(role)s).", name=actor.name, role=actor.role))
