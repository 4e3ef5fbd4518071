"""The laws of the merge, on thousands of random texts, and what bounds it."""

from collections import Counter
from collections.abc import Callable
from random import Random
from time import process_time

import pytest

from tests.history.random_texts import distinct_page, some_edit, some_page
from wiki.history.merge import Chunk, joined, merge3, resolve

PAGES = 2000
Merge = tuple[str, str, str, list[Chunk]]


@pytest.fixture(scope="module")
def merges() -> list[Merge]:
    """A base, two texts that grew from it, and what the merge makes of them, two thousand times."""
    found = []
    for seed in range(PAGES):
        random = Random(seed)
        base = some_page(random)
        mine, theirs = some_edit(random, base), some_edit(random, base)
        found.append((base, mine, theirs, merge3(base, mine, theirs)))
    return found


# -- Laws --------------------------------------------------------------------------------------------------------------


def test_an_unchanged_side_yields_the_other(merges: list[Merge]) -> None:
    for base, mine, _, _ in merges:
        assert joined(merge3(base, mine, base)) == mine
        assert joined(merge3(base, base, mine)) == mine


def test_equal_sides_yield_their_text(merges: list[Merge]) -> None:
    for base, mine, _, _ in merges:
        assert joined(merge3(base, mine, mine)) == mine


def test_the_chunks_rebuild_each_text_exactly(merges: list[Merge]) -> None:
    for base, mine, theirs, chunks in merges:
        assert "".join(chunk.base for chunk in chunks) == base
        assert "".join(chunk.mine for chunk in chunks) == mine
        assert "".join(chunk.theirs for chunk in chunks) == theirs


def test_swapping_the_sides_swaps_nothing_but_the_labels(merges: list[Merge]) -> None:
    for base, mine, theirs, chunks in merges:
        swapped = [Chunk(chunk.base, chunk.theirs, chunk.mine, chunk.text) for chunk in merge3(base, theirs, mine)]
        assert chunks == swapped


def test_merging_twice_changes_nothing(merges: list[Merge]) -> None:
    agreed = 0
    for base, mine, theirs, chunks in merges:
        text = joined(chunks)
        if text is not None:
            agreed += 1
            assert joined(merge3(base, mine, text)) == text
            assert joined(merge3(base, text, theirs)) == text
            assert joined(merge3(mine, text, mine)) == text
            assert joined(merge3(base, text, text)) == text
    assert agreed > PAGES / 20, "too few of the random texts merge to prove anything"


def test_a_chunk_without_conflict_says_what_one_of_the_sides_said_or_both_together(merges: list[Merge]) -> None:
    for *_, chunks in merges:
        for chunk in chunks:
            if chunk.mine == chunk.base or chunk.mine == chunk.theirs:
                assert chunk.text in (chunk.theirs, None)
            elif chunk.theirs == chunk.base:
                assert chunk.text in (chunk.mine, None)


def test_nothing_added_vanishes_and_nothing_deleted_returns_without_a_question(merges: list[Merge]) -> None:
    for base, mine, theirs, chunks in merges:
        text = joined(chunks)
        if text is None:
            continue
        before, one, other, after = (Counter(text.split("\n")) for text in (base, mine, theirs, text))
        for line in filter(str.strip, one.keys() | other.keys() | before.keys()):
            if one[line] == other[line]:
                # The same words under two headings may be two things, changed by one each.
                fewest, most = sorted((before[line], 2 * one[line] - before[line]))
                assert fewest <= after[line] <= most
            elif before[line] == other[line] == 0 or (before[line] == other[line] == 1 and one[line] == 0):
                assert after[line] == one[line] or _in_longer_line(line, text)
            elif before[line] == one[line] == 0 or (before[line] == one[line] == 1 and other[line] == 0):
                assert after[line] == other[line] or _in_longer_line(line, text)


def _in_longer_line(line: str, text: str) -> bool:
    """Whether the line is there but for its sentences, some of which the other side changed."""
    return sum(sentence in text for sentence in line.split(". ")) > 0


def test_edits_that_do_not_touch_merge_and_say_what_both_said() -> None:
    for seed in range(300):
        random = Random(seed)
        lines = distinct_page(random)
        body = lines.index("---", 1) + 2
        places = [index for index in range(body, len(lines)) if lines[index]]
        random.shuffle(places)
        texts = [lines.copy() for _ in range(3)]
        taken: list[tuple[int, int]] = []
        for number, place in enumerate(places[:8]):
            side = number % 2
            if any(side != owner and abs(place - other) < 3 for other, owner in taken):
                continue
            taken.append((place, side))
            added = f"- ajout {number}\n" if random.random() < 0.3 and not lines[place].startswith("#") else ""
            for text in (texts[side], texts[2]):
                text[place] = added + (text[place] + f" ({number} bis)" if random.random() < 2 else "")
        mine, theirs, expected = ("\n".join(text) + "\n" for text in texts)
        assert joined(merge3("\n".join(lines) + "\n", mine, theirs)) == expected


def test_two_texts_for_one_line_are_a_question_about_that_line_alone() -> None:
    for seed in range(300):
        random = Random(seed)
        lines = distinct_page(random)
        body = lines.index("---", 1) + 2
        place = random.choice([index for index in range(body, len(lines)) if lines[index].startswith("- ")])
        texts = [[*lines[:place], words, *lines[place + 1 :]] for words in ("- à moi", "- aux autres")]
        base, mine, theirs = ("\n".join(text) + "\n" for text in (lines, *texts))
        conflicts = [chunk for chunk in merge3(base, mine, theirs) if chunk.conflict]
        assert conflicts == [Chunk(lines[place] + "\n", "- à moi\n", "- aux autres\n", None)]


def test_values_of_different_keys_never_touch() -> None:
    keys = ("kind: recipe", "title: Recette", "tagline: En une phrase", "difficulty: 2", "place: Brest")
    base = "---\n" + "".join(f"{key}\n" for key in keys) + "---\n\nBonjour.\n"
    for first in keys:
        for second in keys:
            if first != second:
                mine, theirs = base.replace(first, f"{first} à moi"), base.replace(second, f"{second} à vous")
                both = mine.replace(second, f"{second} à vous")
                assert joined(merge3(base, mine, theirs)) == both
                assert joined(merge3(base, base.replace(first + "\n", ""), theirs)) == theirs.replace(first + "\n", "")


# -- Edges -------------------------------------------------------------------------------------------------------------


def test_empty_texts_make_no_chunk() -> None:
    assert merge3("", "", "") == []
    assert joined([]) == ""


def test_unchanged_stretches_are_one_chunk_each() -> None:
    base = "".join(f"ligne {number}\n\n" for number in range(9))
    chunks = merge3(base, base.replace("ligne 1\n", "un\n"), base.replace("ligne 7\n", "sept\n"))
    assert [chunk.changed for chunk in chunks] == [False, True, False, True, False]
    assert [chunk.conflict for chunk in chunks] == [False] * 5


@pytest.mark.parametrize("text", ["\r\n".join(["un", "deux", "trois"]), "un\u2028deux\x0btrois\x85quatre", "\ud800\n"])
def test_only_the_newline_ends_a_line(text: str) -> None:
    chunks = merge3(text, "avant\n\n" + text, text + "\n\naprès\n")
    assert joined(chunks) in ("avant\n\n" + text + "\n\naprès\n", None)
    assert "".join(chunk.theirs for chunk in chunks) == text + "\n\naprès\n"


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    base = "---\n\nUn.\n\nDeux.\n\nTrois.\n"
    both = joined(merge3(base, base.replace("Un", "1"), base.replace("Trois", "3")))
    assert both == "---\n\n1.\n\nDeux.\n\n3.\n"


def test_front_matter_that_is_no_list_of_keys_merges_by_line() -> None:
    base = "---\n# vide\n- un\n- deux\n- trois\n---\n\nBonjour.\n"
    both = joined(merge3(base, base.replace("un", "1"), base.replace("trois", "3")))
    assert both == base.replace("un", "1").replace("trois", "3")


def test_a_body_never_lands_in_the_front_matter(merges: list[Merge]) -> None:
    for base, mine, theirs, chunks in merges:
        text = joined(chunks)
        if text and all(part.startswith("---\n") and part.count("\n---\n") == 1 for part in (base, mine, theirs)):
            keys = {line.partition(":")[0] for part in (mine, theirs) for line in part.split("\n---\n")[0].split("\n")}
            assert text.startswith("---\n")
            assert {line.partition(":")[0] for line in text.split("\n---\n")[0].split("\n")} <= keys


# -- Choices -----------------------------------------------------------------------------------------------------------

CONFLICT = merge3("a\n\nb\n\nc\n", "a\n\nB\n\nc\n", "a\n\nbb\n\nc\n")


def test_a_conflict_leaves_nothing_joined() -> None:
    assert joined(CONFLICT) is None
    assert [chunk.conflict for chunk in CONFLICT] == [False, True, False]


def test_a_choice_takes_the_place_of_its_conflict() -> None:
    assert resolve(CONFLICT, {1: "bbb\n"}) == "a\n\nbbb\n\nc\n"
    assert resolve(CONFLICT, {1: ""}) == "a\n\n\nc\n"


def test_a_choice_that_lacks_its_newline_does_not_swallow_the_next_line() -> None:
    assert resolve(CONFLICT, {1: "bbb"}) == "a\n\nbbb\n\nc\n"
    assert resolve([Chunk("a", "b", "c", None)], {0: "d"}) == "d"


def test_a_conflict_without_a_choice_is_refused() -> None:
    with pytest.raises(KeyError):
        resolve(CONFLICT, {})


@pytest.mark.parametrize("index", [0, 2, 3, -1])
def test_a_choice_without_a_conflict_is_refused(index: int) -> None:
    with pytest.raises(ValueError, match="no conflict"):
        resolve(CONFLICT, {1: "b\n", index: "x\n"})


def test_every_choice_of_sides_is_made_of_what_the_sides_said(merges: list[Merge]) -> None:
    for base, mine, theirs, chunks in merges:
        if joined(chunks) is None:
            said = set((base + "\n" + mine + "\n" + theirs).split("\n"))
            for side in ("mine", "theirs"):
                text = resolve(chunks, {index: getattr(c, side) for index, c in enumerate(chunks) if c.conflict})
                strange = [line for line in text.split("\n") if line not in said and not line.count(".") > 1]
                assert not strange


# -- Bounds ------------------------------------------------------------------------------------------------------------


def _lines(random: Random, count: int, choice: Callable[[Random], object]) -> str:
    return "".join(f"{choice(random)}\n" for _ in range(count))


HOSTILE: dict[str, Callable[[Random], str]] = {
    "identical lines": lambda random: "- 2 tables\n" * random.randrange(18000, 20000),
    "two letters": lambda random: _lines(random, 60000, lambda r: r.choice("ab")),
    "nothing in common": lambda random: _lines(random, 20000, lambda r: r.random()),
    "words in common": lambda random: _lines(random, 20000, lambda r: r.randrange(500)),
    "the same lines shuffled": lambda random: "".join(f"{n}\n" for n in random.sample(range(15000), 15000)),
    "a few lines shuffled": lambda random: "".join(f"{n}\n" for n in random.sample(range(700), 700)),
    "one endless line": lambda random: "".join(f"Phrase {random.randrange(99)} ici. " for _ in range(9000)),
    "one endless word": lambda random: "a" * random.randrange(190000, 200000),
    "brackets and fences": lambda random: random.choice("[`#.|") * 200000,
    "headings": lambda random: _lines(random, 15000, lambda r: "#" * r.randrange(1, 7) + f" {r.randrange(50)}"),
    "keys": lambda random: "---\n" + _lines(random, 9000, lambda r: f"{r.random()}: {r.random()}") + "---\n",
    "one long list": lambda random: (
        "---\nthemes:\n" + _lines(random, 15000, lambda r: f"  - {r.randrange(9)}") + "---\n"
    ),
    "numbered": lambda random: "".join(f"{n}. {random.randrange(30)}\n\n" for n in range(1, 9000)),
    "many sections": lambda random: "".join(
        f"{n}\n" + _lines(random, 400, lambda r: r.choice("ab")) for n in range(200)
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_merged_in_bounded_time(name: str) -> None:
    random = Random(name)
    base, mine, theirs = (HOSTILE[name](random) for _ in range(3))
    start = process_time()
    chunks = merge3(base, mine, theirs)
    assert process_time() - start < 10  # about one, on a machine with nothing else to do
    assert "".join(chunk.base for chunk in chunks) == base
    assert "".join(chunk.mine for chunk in chunks) == mine
    assert "".join(chunk.theirs for chunk in chunks) == theirs


def test_a_large_page_with_few_edits_is_merged_line_by_line() -> None:
    lines = [f"Ligne {number} de la page." for number in range(4000)]
    base = "\n".join(lines) + "\n"
    mine = base.replace("Ligne 10 ", "Dixième ligne ").replace("Ligne 3000 de la page.\n", "")
    theirs = base.replace("Ligne 2000 ", "Ligne deux mille ")
    assert joined(merge3(base, mine, theirs)) == mine.replace("Ligne 2000 ", "Ligne deux mille ")
