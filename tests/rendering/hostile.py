"""Texts that try to run, fetch, cover, or impersonate something, and others that only look like it."""

from __future__ import annotations

from pathlib import Path

HARMLESS = {
    "Ceci & cela": "<p>Ceci &amp; cela</p>",
    "a < b et c > d": "<p>a &lt; b et c &gt; d</p>",
    "AT&T": "<p>AT&amp;T</p>",
    "&copy; &eacute;": "<p>© é</p>",
    "H<sub>2</sub>O": "<p>H<sub>2</sub>O</p>",
    "<kbd>Ctrl</kbd>+<kbd>S</kbd>": "<p><kbd>Ctrl</kbd>+<kbd>S</kbd></p>",
    '<abbr title="Île-de-France">IdF</abbr>': '<p><abbr title="Île-de-France">IdF</abbr></p>',
    'un <span lang="en">fork</span>': '<p>un <span lang="en">fork</span></p>',
    "ligne<br>suite": "<p>ligne<br>suite</p>",
    "<mark>vu</mark> <ins>plus</ins> <small>petit</small>": (
        "<p><mark>vu</mark> <ins>plus</ins> <small>petit</small></p>"
    ),
    "`<script>`": "<p><code>&lt;script&gt;</code></p>",
    "`{{ x }}`": "<p><code>{{ x }}</code></p>",
    "{{ x }}": "<p>{{ x }}</p>",
    "<nom du lieu>": "<p>&lt;nom du lieu&gt;</p>",
    "<ville>": "<p>&lt;ville&gt;</p>",
    "1 < 2, <3": "<p>1 &lt; 2, &lt;3</p>",
    "javascript: un langage": "<p>javascript\u202f: un langage</p>",
    "onclick=oui": "<p>onclick=oui</p>",
    "[doc](/wiki/x?a=1&b=2#c)": '<p><a href="/wiki/x?a=1&amp;b=2#c">doc</a></p>',
    "[m](mailto:a@example.org)": '<p><a href="mailto:a@example.org" rel="nofollow ugc noopener">m</a></p>',
    "[t](tel:+33123456789)": '<p><a href="tel:+33123456789" rel="nofollow ugc noopener">t</a></p>',
    "![plan](/files/plan.png)": '<p><img src="/files/plan.png" alt="plan" loading="lazy"></p>',
    "<div align=center>Bonjour</div>": "<p>Bonjour</p>",
}


def payloads() -> list[str]:
    """Every hostile text of hostile.txt: one a line, ¶ standing for a line end."""
    lines = Path(__file__).with_name("hostile.txt").read_text("utf-8").split("\n")
    return [line.replace("¶", "\n") for line in dict.fromkeys(lines) if line]
