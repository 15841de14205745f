"""Texts with a part that is in the words of a locale, so that a page can say in which language it is."""

from __future__ import annotations

from babel import Locale

ENGLISH = Locale("en")


class Local(str):
    """A text. `words` are those of the locale; `before` and `after` them it is English."""

    before: str
    words: str
    after: str
    locale: Locale

    def __new__(cls, words: str, locale: Locale, before: str = "", after: str = "") -> Local:
        made = super().__new__(cls, before + words + after)
        made.before, made.words, made.after, made.locale = before, str(words), after, locale
        return made

    def within(self, before: str, after: str = "") -> Local:
        """The same with English around it."""
        return Local(self.words, self.locale, before + self.before, self.after + after)

    @property
    def tag(self) -> str:
        """The language as a web page names it."""
        return str(self.locale).replace("_", "-")

    @property
    def direction(self) -> str:
        """Which way it is read: ltr or rtl."""
        return "rtl" if self.locale.character_order == "right-to-left" else "ltr"
