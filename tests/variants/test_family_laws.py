"""What must hold for any family that lives through the verbs: random pages, edits, takings, offers, answers.

`LEVAIN_LIVES` says how many families live (five where nothing is said), `LEVAIN_YEARS` how many steps each.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from random import Random
from typing import Any

import pytest

from tests.conftest import Cast
from tests.pages.copy_party import newest, saved
from tests.variants.test_taking_laws import Writer, words
from wiki import pages
from wiki.accounts import Actor
from wiki.errors import Invalid
from wiki.pages import Decision, Receiving

pytestmark = pytest.mark.usefixtures("context")

LIVES = int(os.environ.get("LEVAIN_LIVES", "5"))
STEPS = int(os.environ.get("LEVAIN_YEARS", "60"))
MOST_PAGES = 20
CHOICES = ("theirs", "mine", "both", "decline", "write", "")
FREE = ("take", "take", "take", "decline", "")


class Family:
    """A family that lives, and a plain account of what was decided about every line ever written in it.

    Every line is written once, by one person. A page has `dealt` with a line when somebody there took it away or
    declined it; whatever else another page has must stand here or wait here.
    """

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.writer = cast, Writer(seed)
        self.random: Random = self.writer.random
        self.people = (cast.alice, cast.bob, cast.eve, cast.mona, cast.ada)
        self.wrote: dict[str, str] = {}
        self.dealt: defaultdict[int, set[str]] = defaultdict(set)
        self.origins: dict[int, int] = {}
        self.offers: list[int] = []
        self.counts: defaultdict[str, int] = defaultdict(int)
        ada = cast.ada
        text = self.writer.page().replace("difficulty: 2\n", "difficulty: 2\nthemes:\n  - communs\n")
        self.ids = [pages.find(ada, saved(pages.create(ada, text)).slug).id]
        self.note(ada, text)

    # -- What is there -------------------------------------------------------------------------------------------------

    def slug(self, page_id: int) -> str:
        return pages.by_ids(self.cast.ada, [page_id])[page_id].slug

    def text(self, page_id: int) -> str:
        return newest(self.slug(page_id)).text

    def note(self, actor: Actor, text: str) -> None:
        for line in words(text):
            self.wrote.setdefault(line, actor.name)

    # -- What happens --------------------------------------------------------------------------------------------------

    def step(self) -> None:
        acts: list[tuple[int, Callable[[Actor], str]]] = [
            (8 if len(self.ids) < MOST_PAGES else 0, self.fork), (14, self.edit), (16, self.take), (8, self.offer),
            (8, self.answer), (1, self.rename), (1, self.hide),
        ]
        act = self.random.choices([act for _weight, act in acts], [weight for weight, _act in acts])[0]
        self.counts[act(self.random.choice(self.people))] += 1

    def fork(self, actor: Actor) -> str:
        origin = self.random.choice(self.ids)
        made = pages.fork(actor, self.slug(origin), f"lieu {len(self.ids)}", title=f"Variante {len(self.ids)}")
        page = pages.find(actor, made.slug).id
        self.ids.append(page)
        self.origins[page] = origin
        self.dealt[page] |= self.dealt[origin]
        assert pages.parse(self.text(page)).body == pages.parse(self.text(origin)).body
        return "fork"

    def edit(self, actor: Actor) -> str:
        page = self.random.choice(self.ids)
        head = newest(self.slug(page))
        text = self.writer.edit(head.text)
        saved(pages.save(actor, self.slug(page), text, head.number))
        self.note(actor, text)
        self.dealt[page] |= words(head.text) - words(text)
        return "edit"

    def rename(self, actor: Actor) -> str:
        page = self.random.choice(self.ids)
        saved(pages.rename(self.cast.ada, self.slug(page), f"Recette {sum(self.counts.values())}"))
        return "rename"

    def hide(self, _actor: Actor) -> str:
        """A page goes out of sight and comes back as it was."""
        page = self.random.choice(self.ids)
        slug = self.slug(page)
        before = self.standing(page)
        pages.archive(self.cast.ada, slug)
        for child in (child for child, origin in self.origins.items() if origin == page):
            assert pages.standing(self.cast.bob, self.info(child)).origin is None
        pages.unarchive(self.cast.ada, slug)
        assert self.standing(page) == before
        return "hide"

    def info(self, page_id: int) -> pages.PageInfo:
        return pages.by_ids(self.cast.ada, [page_id])[page_id]

    def standing(self, page_id: int) -> Mapping[int, int]:
        """How much the count on each variant of a page says is waiting."""
        children = [child for child, origin in self.origins.items() if origin == page_id]
        standings = {child: pages.standing(self.cast.bob, self.info(child)) for child in children}
        return {child: standing.improvements + standing.left for child, standing in standings.items()}

    def take(self, actor: Actor) -> str:
        """One page decides on another: its origin mostly, else a variant, a sibling, a grandparent, anybody."""
        if not self.origins:
            return self.edit(actor)
        page = self.random.choice(list(self.origins))
        source = self.origins[page]
        if self.random.random() < 0.3:
            source = self.random.choice([other for other in self.ids if other != page])
        if self.random.random() < 0.2:
            page, source = source, page
        what = pages.receiving(actor, self.slug(page), self.slug(source))
        decisions = self.decide(what)
        self.decided(actor, what, decisions, lambda: pages.take(
            actor, what.page.slug, what.source.slug, what.source_text.number, decisions
        ))
        return "take"

    def decide(self, what: Receiving) -> dict[str, Decision]:
        whole = self.random.random() < 0.4
        found: dict[str, Decision] = {}
        for one in what.waiting:
            choice = self.random.choice(CHOICES) if one.contested else "take" if whole else self.random.choice(FREE)
            if choice == "write":
                written = "3" if one.unit.field else self.writer.line()
                texts = tuple(pages.passage_text(what.page, one.unit, written) for _chunk in one.contested)
                found[one.unit.key] = Decision("write", texts, one.mark)
            elif choice:
                found[one.unit.key] = Decision(choice, seen=one.mark if one.contested else "")  # type: ignore[arg-type]
        return found

    def offer(self, actor: Actor) -> str:
        if not self.origins:
            return self.edit(actor)
        source = self.random.choice(list(self.origins))
        target = self.origins[source]
        what = pages.receiving(actor, self.slug(target), self.slug(source))
        keys = [one.unit.key for one in what.waiting if self.random.random() < 0.7]
        if not keys:
            return "nothing to offer"
        made = pages.offer(actor, self.slug(source), self.slug(target), keys, "Chez nous, cela marche.").id
        assert pages.offer(actor, self.slug(source), self.slug(target), keys, "Chez nous, cela marche.").id == made
        self.offers.append(made)
        return "offer"

    def answer(self, actor: Actor) -> str:
        if not self.offers:
            return self.offer(actor)
        number = self.offers.pop(self.random.randrange(len(self.offers)))
        opened = pages.open_offer(actor, number)
        if opened.info.state != "open":
            return "answered before"
        if not opened.may_answer:
            # Nobody answers an offer of their own.
            pages.withdraw(actor, number)
            return "withdraw"
        if self.random.random() < 0.3:
            decisions = {one.unit.key: Decision("decline") for one in opened.what.waiting}
            self.decided(actor, opened.what, decisions, lambda: pages.decline(actor, number, "Pas ici."))
            return "decline"
        decisions = self.decide(opened.what)
        if opened.what.waiting and not any(decision.choice != "decline" for decision in decisions.values()):
            with pytest.raises(Invalid):
                pages.accept(actor, number, decisions)
            return "answer of nothing"
        whole = {one.unit.key: decisions.get(one.unit.key, Decision("decline")) for one in opened.what.waiting}
        self.decided(actor, opened.what, whole, lambda: pages.accept(actor, number, decisions, "Merci."))
        return "accept"

    # -- What must hold ------------------------------------------------------------------------------------------------

    def decided(
        self, actor: Actor, what: Receiving, decisions: Mapping[str, Decision], carry_out: Callable[[], Any]
    ) -> None:
        """Carry decisions out: nothing goes or comes without one of them, and the same again is nothing."""
        page, source = what.page.id, what.source.id
        before = words(what.head.text)
        done = carry_out()
        if getattr(done, "undecided", None):
            assert newest(what.page.slug).number == what.head.number
            return
        after_text = newest(what.page.slug)
        after = words(after_text.text)
        chosen = [(one, decisions[one.unit.key]) for one in what.waiting if one.unit.key in decisions]
        may_go: set[str] = set()
        may_come: set[str] = set()
        for one, decision in chosen:
            ours = {line for chunk in one.contested for line in words(chunk.mine)}
            theirs = {line for chunk in one.contested for line in words(chunk.theirs)}
            if decision.choice in ("take", "theirs", "write", "both", "mine"):
                may_go |= words(one.unit.old) - words(one.unit.new)
                may_come |= words(one.unit.new) - words(one.unit.old)
            if decision.choice in ("theirs", "write"):
                may_go |= ours
            if decision.choice in ("theirs", "both"):
                may_come |= theirs
            if decision.choice == "write":
                for text in decision.texts:
                    self.note(actor, text)
                    may_come |= words(text)
            if decision.choice in ("decline", "mine", "write", "both"):
                self.dealt[page] |= words(one.unit.new) | theirs
        gone, come = before - after, after - before
        assert gone <= may_go, (gone - may_go, decisions)
        assert come <= may_come, (come - may_come, decisions)
        self.dealt[page] |= gone
        again = pages.receiving(actor, what.page.slug, what.source.slug, what.source_text.number)
        assert not {one.unit.key for one in again.waiting} & {
            key for key, decision in decisions.items() if decision.choice == "decline"
        }
        twice = pages.take(actor, what.page.slug, what.source.slug, what.source_text.number, decisions)
        assert (twice.unchanged, newest(what.page.slug)) == (True, after_text), decisions
        if not again.waiting and not any(d.choice in ("decline", "mine") for d in decisions.values()):
            # All of it was taken: what was dealt with there is dealt with here.
            self.dealt[page] |= self.dealt[source]

    def check(self) -> None:
        """Every line of a page stands, waits, or was dealt with on every page related to it; and is credited."""
        texts = {page: words(self.text(page)) for page in self.ids}
        for page in self.ids:
            names = pages.cite(self.cast.ada, self.slug(page)).names
            assert {self.wrote[line] for line in texts[page]} <= set(names)
            assert set(pages.credited(self.info(page))) == set(names)
        for page, origin in self.origins.items():
            for here, there in ((page, origin), (origin, page)):
                self.check_pair(here, there, texts)

    def check_pair(self, here: int, there: int, texts: Mapping[int, Collection[str]]) -> None:
        what = pages.receiving(self.cast.ada, self.slug(here), self.slug(there))
        waiting = {line for one in what.waiting for line in words(one.unit.new)}
        lost = set(texts[there]) - set(texts[here]) - waiting - self.dealt[here]
        assert not lost, (lost, self.slug(here), self.slug(there))
        if self.origins.get(here) == there:
            standing = pages.standing(self.cast.ada, self.info(here))
            assert standing.waits >= bool(what.waiting), "something waits and nothing says so"


@pytest.mark.parametrize("seed", range(LIVES))
def test_a_family_lives_through_the_verbs_and_loses_nothing_without_a_decision(cast: Cast, seed: int) -> None:
    family = Family(cast, seed)
    for _ in range(STEPS):
        family.step()
    family.check()
    assert pages.verify() == []


@pytest.mark.parametrize("seed", range(1000, 1000 + LIVES))
def test_independent_takings_in_any_order_make_the_same_page(cast: Cast, seed: int) -> None:
    """Three twins take the same from the same relatives: in one order, in the other, and part after part, mixed."""
    ada, random, compared = cast.ada, Random(seed), 0
    for tried in range(20):
        if compared == 2:
            break
        writer = Writer(seed + 1000 * tried)
        root = pages.create(ada, writer.page().replace("title: Origine", f"title: Origine {tried}")).slug
        sources = [pages.fork(ada, root, "", title=f"Variante {tried} {n}").slug for n in range(2)]
        for source in sources:
            saved(pages.save(ada, source, writer.edit(newest(source).text), 1))
        wanted = {source: {one.unit.key for one in pages.receiving(ada, root, source).waiting} for source in sources}
        if not all(wanted.values()) or set.intersection(*wanted.values()):
            continue
        twins = [pages.fork(ada, root, "", title=f"Jumelle {tried} {n}").slug for n in range(3)]
        parts = [(source, {key}) for source in sources for key in sorted(wanted[source])]
        random.shuffle(parts)
        outcomes = [
            take_in_order(ada, twins[0], [(source, wanted[source]) for source in sources]),
            take_in_order(ada, twins[1], [(source, wanted[source]) for source in reversed(sources)]),
            take_in_order(ada, twins[2], parts),
        ]
        if all(outcomes):
            compared += 1
            one, other, third = (pages.parse(newest(slug).text) for slug in twins)
            assert sorted(words(one.body)) == sorted(words(other.body)) == sorted(words(third.body))
            assert one.fields["difficulty"] == other.fields["difficulty"] == third.fields["difficulty"]
    assert compared


def take_in_order(actor: Actor, slug: str, takings: list[tuple[str, set[str]]]) -> bool:
    """Take these units one source after the other; whether nothing had to be chosen."""
    for source, keys in takings:
        what = pages.receiving(actor, slug, source)
        decisions = {one.unit.key: Decision("take") for one in what.waiting if one.unit.key in keys}
        if any(one.contested for one in what.waiting if one.unit.key in keys) or (keys and not decisions):
            return False
        if pages.take(actor, slug, source, what.source_text.number, decisions).undecided:
            return False
    return True
