"""Recipes edited by two people at once: what comes out, written out, in both orders.

The scenarios are in `scenarios/`, to be read and added to. Each has a base, what one and the other made of it, and the
result. Where a person is asked, the result shows the three texts between lines that begin with "?". A text that ends
without a newline ends with a line "⏎".
"""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from wiki.history.merge import Chunk, merge3

FOLDER = Path(__file__).parent / "scenarios"
PARTS = ("base", "mine", "theirs", "result")


class Scenario(NamedTuple):
    """Three texts, and the result as the file writes it."""

    base: str
    mine: str
    theirs: str
    result: str


def scenarios() -> dict[str, Scenario]:
    """All scenarios by the name of their file and their title. Raises ValueError for one badly written."""
    found = {}
    for path in sorted(FOLDER.glob("*.txt")):
        for block in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            title, _, rest = block.rstrip("\n").partition("\n")
            names_and_texts = re.split(r"^--- (\w+)\n", rest + "\n", flags=re.MULTILINE)[1:]
            if tuple(names_and_texts[::2]) != PARTS:
                raise ValueError(f"{path.name}: {title}: the parts are {PARTS}")
            found[f"{path.stem}: {title}"] = Scenario(*names_and_texts[1::2])
    return found


SCENARIOS = scenarios()


def text(written: str) -> str:
    return written.removesuffix("\n⏎\n")


def shown(chunks: list[Chunk]) -> str:
    """The chunks as a scenario writes its result."""
    result = ""
    for chunk in chunks:
        if chunk.text is not None:
            result += _ended(chunk.text)
        else:
            result += f"? base\n{_ended(chunk.base)}? mine\n{_ended(chunk.mine)}? theirs\n{_ended(chunk.theirs)}?\n"
    return result


def _ended(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n⏎\n"


@pytest.mark.parametrize("name", SCENARIOS)
def test_two_edits_of_a_recipe_give_the_written_result(name: str) -> None:
    scenario = SCENARIOS[name]
    chunks = merge3(text(scenario.base), text(scenario.mine), text(scenario.theirs))
    assert shown(chunks) == scenario.result


@pytest.mark.parametrize("name", SCENARIOS)
def test_two_edits_of_a_recipe_give_it_in_the_other_order_too(name: str) -> None:
    scenario = SCENARIOS[name]
    chunks = merge3(text(scenario.base), text(scenario.theirs), text(scenario.mine))
    swapped = [Chunk(chunk.base, chunk.theirs, chunk.mine, chunk.text) for chunk in chunks]
    assert shown(swapped) == scenario.result


def test_there_are_enough_scenarios() -> None:
    assert len(SCENARIOS) >= 60
