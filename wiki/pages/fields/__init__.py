"""Fields: what a page's front matter can say, from the words people type to the values programs compare."""

from wiki.pages.fields.dates import PartialDate
from wiki.pages.fields.field import Choice, Field, Limits, TypeName, Words
from wiki.pages.fields.quantities import Coordinates, Duration, Money, Span
from wiki.pages.fields.sessions import DEFAULT_ZONE, Session, not_cancelled
from wiki.pages.fields.text import Refusal
from wiki.pages.fields.values import Checked, Value, check, clean, items, read, words
from wiki.pages.fields.vocabulary import DEFAULT_LICENCE, LICENCE_URLS
from wiki.pages.fields.wording import day_words, time_words

__all__ = [
    "DEFAULT_LICENCE", "DEFAULT_ZONE", "LICENCE_URLS", "Checked", "Choice", "Coordinates", "Duration",
    "Field", "Limits", "Money", "PartialDate", "Refusal", "Session", "Span", "TypeName", "Value", "Words",
    "check", "clean", "day_words", "items", "not_cancelled", "read", "time_words", "words",
]
