"""Texts made to keep a renderer busy: each shape grows to about the length asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial


def repeated(unit: str, length: int) -> str:
    return unit * (length // len(unit))


def nested(opening: str, closing: str, length: int) -> str:
    times = length // (len(opening) + len(closing))
    return opening * times + "a" + closing * times


def stairs(step: str, length: int) -> str:
    return "\n".join(step * height for height in range(1, int((2 * length / len(step)) ** 0.5)))


def numbered(pattern: str, length: int, each: int) -> str:
    return "".join(pattern.format(number) for number in range(length // each))


# What is repeated from the first character to the last.
UNITS = (
    "*a **b ", "*_", "a**b", "*a_ ", "**a*", "_a__b", "[", "![", "[](", '[]( "', "[a](<b", "[a][", "[a](", "`a``b",
    "<", "a <!--", "a <?", "<a ", '<a b="', "a<![CDATA[", "<a:", "<a@a.", "a<!A ", ">", "> ", ">>>>>>>>>>>> a\n",
    "- ", "1. ", "- - - - - - a\n", "> - ", "> - > - > - a\n", "- a\n", "-\n", "- a\n\n", "a|\n", "a|b\n-|\n",
    "|a|b|\n|-|\n", "|a|\n|-|\n|a|b|\n", "a|b\n-|-\n", "\\|", "|[[a|", "|", "[^a]", "[^a]: x\n\n", "a\n: b\n",
    "a\n\n: b\n\n", ": ", "~~a ", "~~~a", "~~", "```\n", "```a\n~~~\n", "> ```\n\n", "http://", "http://a ",
    "[http://a", "http://,,,,,,", "#", "# a\n", "a\n=\n", "=", "-", "_ ", "a  \n", "\t", "\n", " \n", " ", "\v\n", "\f",
    "\\", "\\*", "\\\n", "&", "&amp", "&#x1", "&amp;", '[a](b "c', "[a](b 'c", "[a](b\\", '[a]: b "c\n',
    '[a]: b\n"c\n', "[a]:\n", "[a]: <b", "[\\]", "[a\n", "[" + "a" * 900, "[" + "a" * 900 + "\n", "<b>", "<b",
    "<div>\n", "<div>\n\n", "<x>\n", "</a", "</b>", "<!--\n", "<!-- -->\n",
    "<pre>\n", "a <pre>", "<details>\n\n", "<ul><li>",
    "<table>\n", "<b lang=a>a\n\n", "<a href=/a>", "    a\n\n", "    a\n   \n", "> a\nb\n", "> a\n- b\n",
    "> a\n```\n```\n", "[[a]]", "[[a", "[[a|", "[[a|b]]", "[[a|*b* ", "[[a#", "]]", "- [ ] a\n", "![a](b)",
    "> [a]: b\n\n", "«", "« ", " ;", "a!", "!", '"', "é", "\u0300", "# a [b](c) `d`\n\n", "a\n", "*a* ", "![[a](b)](c)",
)

SHAPES: dict[str, Callable[[int], str]] = {
    repr(unit)[:40]: partial(repeated, unit) for unit in UNITS
} | {
    "nested emphasis": lambda n: nested("*a ", " b*", n),
    "nested strong": lambda n: nested("**a *b ", " c* d**", n),
    "nested underscores": lambda n: nested("_a ", " b_", n),
    "nested brackets": lambda n: nested("[", "]", n),
    "nested links": lambda n: nested("[", "](a)", n),
    "nested pictures": lambda n: nested("![", "](a)", n),
    "nested struck": lambda n: nested("~~a ", " b~~", n),
    "nested raw phrases": lambda n: nested("<b>", "</b>", n),
    "nested raw blocks": lambda n: nested("<details>\n\n", "</details>\n\n", n),
    "nested raw lists": lambda n: nested("<ul><li>", "</li></ul>", n),
    "one long reference": lambda n: "[a]: /" + "u" * (n // 2) + "\n\n" + repeated("[a] ", n // 2),
    "one long reference title": lambda n: '[a]: u "' + "u" * (n // 2) + '"\n\n' + repeated("[a] ", n // 2),
    "one long reference for pictures": lambda n: "[a]: /" + "u" * (n // 2) + "\n\n" + repeated("![a] ", n // 2),
    "many references": lambda n: numbered("[{0}]: u\n", n, 11),
    "many references used": lambda n: numbered("[{0}]: u\n", n // 2, 11) + "\n" + numbered("[{0}]", n // 2, 7),
    "references and quotes": lambda n: numbered("[{0}]: u\n\n> a\n\n", n, 16),
    "reference and nested brackets": lambda n: "[a]: u\n\n" + nested("[", "]", n),
    "reference and open brackets": lambda n: "[a]: u\n\n" + repeated("[", n),
    "reference and open pairs": lambda n: "[a]: u\n\n" + repeated("[a][", n),
    "rising backticks": lambda n: stairs("`", n).replace("\n", " "),
    "rising fences": lambda n: "\n".join("`" * height for height in range(3, int((2 * n) ** 0.5))),
    "rising quotes": lambda n: stairs(">", n),
    "rising lists": lambda n: "".join("  " * height + "- a\n" for height in range(int(n**0.5))),
    "falling lists": lambda n: "".join("  " * height + "- a\n" for height in reversed(range(int(n**0.5)))),
    "many attributes": lambda n: "<a" + repeated(" b", n),
    "many attributes not closed": lambda n: "x <a" + repeated(" b=c", n) + "!",
    "many quoted attributes": lambda n: '<a "' + repeated('" "<a', n),
    "blank lines in a list": lambda n: "- a\n" + "\n" * n + "b",
    "long list item": lambda n: "- a\n" + repeated("  b\n", n),
    "long table": lambda n: "|a|\n|-|\n" + repeated("|b|\n", n),
    "wide table": lambda n: repeated("|a", n // 2) + "\n" + repeated("|-", n // 2) + "|",
    "wide table, short rows": lambda n: (
        repeated("|a", n // 4) + "\n" + repeated("|-", n // 4) + "\n" + repeated("|b\n", n)
    ),
    "wide table, empty rows": lambda n: "|" * (n // 4) + "\n" + repeated("|-", n // 4) + "\n" + repeated("|\n", n // 2),
    "tables and a long row": lambda n: repeated("a|b\n-|-\n", n) + "e|f|g\n",
    "table, then other rows": lambda n: "a|b\n-|-\n" + repeated("c|d\n", n) + "e|f|g\n",
    "backslashes in a cell": lambda n: "|" + repeated("\\", n) + "|\n|-|",
    "note definitions": lambda n: numbered("[^{0}]: x\n", n, 12),
    "notes used": lambda n: numbered("[^{0}]", n // 2, 9) + "\n\n" + numbered("[^{0}]: x\n", n // 2, 12),
    "one note used often": lambda n: repeated("[^a]", n) + "\n\n[^a]: x",
    "one long note used often": lambda n: repeated("[^a]", n // 2) + "\n\n[^a]: " + "x" * (n // 2),
    "long note": lambda n: "[^a]: x\n" + repeated("    y\n", n) + "\n[^a]",
    "note and blank lines": lambda n: "[^a]: x\n" + "\n" * n + "y[^a]",
    "note of paragraphs": lambda n: "[^a]: x\n" + repeated("    y\n\n", n) + "z [^a]",
    "notes in notes": lambda n: "[^0]\n\n" + "".join(f"[^{i}]: [^{i + 1}]\n\n" for i in range(n // 18)),
    "long definition": lambda n: "a\n" + repeated(": b\n", n),
    "definition of definitions": lambda n: "a\n" + repeated(":   ", n) + "b",
    "definition of many terms": lambda n: repeated("a\n", n) + ": b",
    "lazy definition": lambda n: "a\n: b\n" + repeated("c\n", n),
    "blank definition": lambda n: "a\n: b\n" + "\n" * n + "c",
    "commas after an address": lambda n: "http://a" + repeated(",", n),
    "marks after a heading": lambda n: "# a" + repeated(" #", n) + "b",
    "blanks after a heading": lambda n: "# a" + " " * n + "b",
    "equal headings": lambda n: repeated("# a\n", n),
    "different headings": lambda n: numbered("# {0}\n", n, 8),
    "falling headings": lambda n: repeated("# a\n## a\n### a\n", n),
    "blanks in a line": lambda n: "a" + " " * n + "b",
    "blanks before a mark": lambda n: "a" + " " * n + ";",
    "rule that is none": lambda n: repeated("- ", n) + "x",
    "rule of stars that is none": lambda n: repeated("* ", n) + "x",
    "brackets in a link": lambda n: "[a](" + "(" * n,
    "blank lines in code": lambda n: "    a\n" + repeated("   \n", n) + "b",
    "lazy quote": lambda n: "> a\n" + repeated("b\n", n),
    "wiki link of many words": lambda n: "[[a|" + repeated("b ", n) + "]]",
    "wiki link of a long name": lambda n: "[[" + "a" * n + "]]",
    "wiki links of different pages": lambda n: numbered("[[{0}]]", n, 9),
    "one line": lambda n: "a" * n,
    "words": lambda n: repeated("lorem ipsum dolor ", n),
}
