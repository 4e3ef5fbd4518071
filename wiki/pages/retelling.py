"""What an event changed goes back to the recipe it followed: as a variant that says so, and as an offer."""

from __future__ import annotations

import re

from flask_babel import gettext as _

from wiki.accounts import Actor
from wiki.errors import NotFound
from wiki.pages import textform
from wiki.pages.kinds import EVENT
from wiki.pages.offers import offer
from wiki.pages.queries import PageInfo
from wiki.pages.reading import address, text_of
from wiki.pages.receiving import receiving, refuse_to_open
from wiki.pages.saving import Saved
from wiki.pages.variants import fork

_HEADING_SIGNS = re.compile(r"(?m)^(?=#{1,6}(\s|$))")


def changed_by(actor: Actor, event: str) -> tuple[PageInfo, str]:
    """An event, and what its people say they changed to the recipe. Raises NotFound where they say nothing."""
    page, head = text_of(actor, address(actor, event) or event)
    told = textform.parse(head.text).fields.get("adaptations")
    if page.kind != EVENT.name or not told:
        raise NotFound("adaptations")
    return page, str(told).strip()


def adapt(
    actor: Actor, slug: str, event: str, twist: str, *, title: str = "", propose: bool
) -> tuple[Saved, int | None]:
    """Make a variant of the recipe at `slug` that ends with what an event changed, and name the event there.

    `propose`: offer that part to the recipe too; its id comes second. Raises what `variants.fork` and `offers.offer`
    raise, NotFound where the event says nothing, and Invalid where it is less open than the recipe.
    """
    happened, told = changed_by(actor, event)
    refuse_to_open(happened, text_of(actor, slug)[0])
    # As it would be typed: fine spaces are for the screen.
    heading = _("Ce que nous avons changé : %(title)s", title=happened.title).replace("\u202f", " ")
    # What was typed in a field holds no headings.
    words = _HEADING_SIGNS.sub(r"\\", told)
    made = fork(actor, slug, twist, title=title, more=f"## {heading}\n\n{words}\n\n[[{happened.slug}]]")
    if not propose or made.offer is not None:
        # A variant that waits offers nothing before it is there.
        return made, None
    keys = [
        found.unit.key for found in receiving(actor, slug, made.slug).waiting
        if not found.unit.field and found.unit.title == heading
    ]
    return made, offer(actor, made.slug, slug, keys, _("Essayé lors de « %(title)s ».", title=happened.title)).id
