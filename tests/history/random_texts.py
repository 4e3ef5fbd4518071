"""Random pages and random edits of them, for the laws: the same for the same seed.

They repeat themselves far more than people do, for that is where merges go wrong.
"""

from random import Random

WORDS = ("salle", "café", "scanner", "affiche", "mairie", "public", "droit", "micro", "badge", "goûter")
LINES = (
    "- 2 tables", "- 3 tables", "- 10 chaises", "- [ ] prévenir", "Prévoir large.", "1. Ouvrir", "2. Accueillir",
    "| accueil | 2 |", "| scanner | 3 |", "|---|---|", "```", "Voir [^1].", "[^1]: la loi",
)  # fmt: skip
HEADINGS = ("# Copy party", "## Matériel", "## Étapes", "### Accueil", "### 1. Accord", "### 2. Affiches")
KEYS = ("kind", "title", "summary", "themes", "difficulty", "place", "inconnue")


def some_page(random: Random) -> str:
    """A page of up to some thirty lines; now and then without front matter, without final newline, or empty."""
    text = _front_matter(random) if random.random() < 0.6 else ""
    text += "".join(_line(random) + "\n" for _ in range(random.randrange(25)))
    return text.removesuffix("\n") if random.random() < 0.1 else text


def some_edit(random: Random, text: str) -> str:
    """`text` after one to four edits: lines changed, added, deleted, moved, values changed, sentences added."""
    lines = text.split("\n")
    for _ in range(random.randrange(1, 5)):
        start = random.randrange(len(lines))
        end = min(len(lines), start + random.choice((1, 1, 2, 4)))
        kind = random.random()
        if kind < 0.3:
            lines[start] = _line(random) if random.random() < 0.5 else f"{lines[start]} {_sentence(random)}"
        elif kind < 0.55:
            lines[start:start] = [_line(random) for _ in range(random.randrange(1, 4))]
        elif kind < 0.8:
            del lines[start:end]
        else:
            moved = lines[start:end]
            del lines[start:end]
            place = random.randrange(len(lines) + 1)
            lines[place:place] = moved
        lines = lines or [""]
    return "\n".join(lines)


def distinct_page(random: Random, size: int = 40) -> list[str]:
    """The lines of a page of which no line but the blank one stands twice: values, sections, lists, paragraphs."""
    lines = ["---", "kind: recipe", f"title: Recette {_word(random)}", "tagline: En une phrase", "themes:"]
    lines += [f"  - thème-{number}-{_word(random)}" for number in range(4)]
    lines += ["difficulty: 2", "place: Brest", "---", ""]
    for number in range(size):
        shape = random.random()
        if shape < 0.15:
            lines += ["", f"## Partie {chr(97 + number)} {_word(random)}", ""]
        elif shape < 0.6:
            lines.append(f"- {number} {_word(random)}")
        else:
            lines += ["", f"{_word(random).capitalize()} {number}. {_word(random).capitalize()} et {number}.", ""]
    return lines


def _front_matter(random: Random) -> str:
    values = []
    for key in KEYS:
        if random.random() < 0.4:
            continue
        if key == "themes":
            values.append("themes:\n" + "".join(f"  - {_word(random)}\n" for _ in range(random.randrange(1, 5))))
        elif key == "summary":
            values.append("summary: |\n" + "".join(f"  {_sentence(random)}\n" for _ in range(random.randrange(1, 4))))
        else:
            values.append(f"{key}: {_word(random)}\n")
    if random.random() < 0.1:
        random.shuffle(values)
    return "---\n" + "".join(values) + "---\n\n"


def _line(random: Random) -> str:
    kind = random.random()
    if kind < 0.3:
        return random.choice(LINES)
    if kind < 0.45:
        return random.choice(HEADINGS)
    if kind < 0.65:
        return ""
    if kind < 0.8:
        return f"- {_word(random)}"
    return " ".join(_sentence(random) for _ in range(random.randrange(1, 5)))


def _sentence(random: Random) -> str:
    return f"{_word(random).capitalize()} et {_word(random)}{random.choice(('.', ' !', '.'))}"


def _word(random: Random) -> str:
    return random.choice(WORDS)
