"""What must hold for any family: nothing lost without a decision, twice is once, the order does not matter."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

import pytest

from wiki.history import Decision, Improvement, compose, improvements, seen, take, units

FAMILIES = int(os.environ.get("LEVAIN_FAMILIES", "25"))
TEXTS = int(os.environ.get("LEVAIN_TEXTS", "300"))


class Writer:
    """Writes pages and edits in which no line stands twice, so that each can be followed through a family."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.count = 0

    def line(self) -> str:
        self.count += 1
        word = self.random.choice(("salle", "café", "scanner", "affiche", "mairie", "public"))
        return f"- {word} {self.count}"

    def section(self) -> list[str]:
        self.count += 1
        return [f"## Partie {self.count}", "", *(self.line() for _ in range(self.random.randrange(1, 5))), ""]

    def page(self) -> str:
        front = ["---", "kind: recipe", "title: Origine", f"tagline: {self.line()[2:]}", "difficulty: 2", "---", ""]
        body = [line for _ in range(self.random.randrange(2, 7)) for line in self.section()]
        return "\n".join([*front, f"Début {self.count}.", "", *body]).rstrip("\n") + "\n"

    def edit(self, text: str) -> str:
        """The text after one to three edits of lines, sections or an answer."""
        for _ in range(self.random.randrange(1, 4)):
            text = self.one_edit(text)
        return text

    def one_edit(self, text: str) -> str:
        front, _, body = text.partition("---\n\n")
        head, *rest = body.split("## Partie ")
        sections = ["## Partie " + part.rstrip("\n") + "\n\n" for part in rest]
        kind = self.random.random()
        place = self.random.randrange(len(sections)) if sections else 0
        if kind < 0.1:
            front = front.replace("difficulty: 2", f"difficulty: {self.random.randrange(1, 6)}")
        elif kind < 0.2 or not sections:
            sections.insert(place, "\n".join(self.section()) + "\n")
        elif kind < 0.28 and len(sections) > 2:
            del sections[place]
        elif kind < 0.36:
            sections.insert(self.random.randrange(len(sections)), sections.pop(place))
        else:
            lines = sections[place].rstrip("\n").split("\n")
            line = self.random.randrange(2, max(3, len(lines)))
            if kind < 0.6 and line < len(lines):
                lines[line] = self.line()
            elif kind < 0.85:
                lines.insert(line, self.line())
            elif line < len(lines) and len(lines) > 3:
                del lines[line]
            sections[place] = "\n".join(lines) + "\n\n"
        return front + "---\n\n" + head + "".join(sections).rstrip("\n") + "\n"


def words(text: str) -> set[str]:
    """The lines of a text that say something of their own."""
    return {line for line in text.split("\n") if line.startswith(("- ", "## "))}


@pytest.mark.parametrize("seed", range(TEXTS // 10))
def test_parts_of_a_text_make_the_whole(seed: int) -> None:
    writer = Writer(seed)
    for _ in range(10):
        old = writer.page()
        new = writer.edit(writer.edit(old))
        keys = [unit.key for unit in units(old, new)]
        assert len(keys) == len(set(keys))
        assert compose(old, new, []) == old
        assert compose(old, new, keys).partition("---\n\n")[2] == new.partition("---\n\n")[2]
        assert units(compose(old, new, keys), new) == []
        some = [key for key in keys if writer.random.random() < 0.5]
        part = compose(old, new, some)
        assert words(old) & words(new) <= words(part)


@dataclass
class Member:
    """A page of a family as the wiki keeps it: its text, and what it knows of others."""

    text: str
    known: dict[int, str] = field(default_factory=dict)
    lines: set[str] = field(default_factory=set)


class Kin:
    """A random family, its pages numbered from 0, the root."""

    def __init__(self, seed: int) -> None:
        self.writer = Writer(seed)
        self.members = [Member(self.writer.page())]
        self.parents: dict[int, int] = {}

    def step(self) -> None:
        random = self.writer.random
        kind = random.random()
        if kind < 0.25 and len(self.members) < 20:
            self.fork(random.randrange(len(self.members)))
        elif kind < 0.6 or not self.parents:
            member = random.choice(self.members)
            member.text = self.writer.edit(member.text)
        else:
            page = random.choice(list(self.parents))
            ends = (page, self.parents[page]) if random.random() < 0.6 else (self.parents[page], page)
            self.exchange(*ends)

    def fork(self, origin: int) -> None:
        text = self.members[origin].text
        child = len(self.members)
        self.members.append(Member(text.replace("title: Origine", f"title: Variante {child}"), {origin: text}))
        self.members[origin].known[child] = text
        self.parents[child] = origin

    def exchange(self, page: int, source: int) -> None:
        """`page` decides at random on what `source` has."""
        here, there = self.members[page], self.members[source]
        known = here.known[source]
        random = self.writer.random
        offered = improvements(known, there.text, here.text)
        decisions: dict[str, Decision] = {}
        for one in offered:
            choice = random.choice(
                ("theirs", "mine", "both", "decline", "") if one.contested else ("take", "take", "take", "decline", "")
            )
            if choice:
                decisions[one.unit.key] = Decision(choice)  # type: ignore[arg-type]
        taken = take(known, there.text, here.text, decisions, there.known[page])
        if taken.undecided:
            assert taken.undecided.keys() <= decisions.keys()
            return
        self.check(here.text, known, there.text, taken.text, decisions, offered)
        again = take(taken.known, there.text, taken.text, decisions, taken.returned)
        assert again.text == taken.text
        left = {one.unit.key for one in improvements(taken.known, there.text, taken.text)}
        assert not left & {key for key, decision in decisions.items() if decision.choice == "decline"}
        here.known[source] = seen(taken.known, there.text, taken.text)
        there.known[page] = seen(taken.returned, taken.text, there.text)
        here.text = taken.text

    def check(
        self,
        before: str,
        known: str,
        source: str,
        after: str,
        decisions: dict[str, Decision],
        offered: list[Improvement],
    ) -> None:
        """No line of ours goes that the source did not take away, and none comes that it does not have.

        But for passages for which somebody chose: of those ours may go, and what is shown there may come.
        """
        gone = words(before) - words(after)
        assert gone <= (words(known) - words(source)) | self.chosen("mine", offered, decisions, "theirs"), gone
        come = words(after) - words(before)
        assert come <= words(source) | self.chosen("theirs", offered, decisions, "theirs", "both"), come

    @staticmethod
    def chosen(side: str, offered: list[Improvement], decisions: dict[str, Decision], *choices: str) -> set[str]:
        """The lines one side has in the passages for which one of these choices was made."""
        return {
            line
            for one in offered
            if one.unit.key in decisions and decisions[one.unit.key].choice in choices
            for chunk in one.contested
            for line in words(getattr(chunk, side))
        }


@pytest.mark.parametrize("seed", range(FAMILIES))
def test_a_family_lives_and_loses_nothing_without_a_decision(seed: int) -> None:
    family = Kin(seed)
    for _ in range(60):
        family.step()


def pairs(seed: int, number: int) -> Iterator[tuple[str, str, str]]:
    writer = Writer(seed)
    for _ in range(number):
        base = writer.page()
        yield base, writer.edit(base), writer.edit(base)


@pytest.mark.parametrize("seed", range(1000, 1000 + TEXTS // 10))
def test_the_order_of_independent_takings_does_not_matter(seed: int) -> None:
    for base, source, ours in pairs(seed, 6):
        free = [one.unit.key for one in improvements(base, source, ours) if not one.contested]
        whole = take(base, source, ours, {key: Decision("take") for key in free}, base)
        if whole.undecided:
            continue
        for order in (free, free[::-1]):
            text, known = ours, base
            for key in order:
                now = {one.unit.key for one in improvements(known, source, text) if not one.contested}
                step = take(known, source, text, {key: Decision("take")} if key in now else {}, base)
                if step.undecided or key not in now:
                    break
                text, known = step.text, step.known
            else:
                assert sorted(words(text)) == sorted(words(whole.text))


@pytest.mark.parametrize("seed", range(2000, 2000 + TEXTS // 10))
def test_taking_from_two_relatives_in_either_order_gives_the_same_words(seed: int) -> None:
    writer = Writer(seed)
    base = writer.page()
    one, other = writer.edit(base), writer.edit(base)
    results = []
    for sources in ((one, other), (other, one)):
        text = base
        asked = False
        for source in sources:
            offered = improvements(base, source, text)
            asked = asked or any(found.contested for found in offered)
            taken = take(base, source, text, {found.unit.key: Decision("take") for found in offered}, base)
            asked = asked or bool(taken.undecided)
            text = text if taken.undecided else taken.text
        if asked:
            return
        results.append(sorted(words(text)))
    assert results[0] == results[1]
