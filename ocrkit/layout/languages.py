"""The names that PAGE has for languages.

Source: the PAGE content schema of 2019-07-15, ``LanguageSimpleType``; BCP 47 for the codes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["language_name", "language_of"]

_TABLE: Final = """
ml:Malayalam en:English ta:Tamil te:Telugu kn:Kannada hi:Hindi mr:Marathi sa:Sanskrit bn:Bengali gu:Gujarati
pa:Punjabi or:Oriya as:Assamese si:Sinhala ne:Nepali ur:Urdu sd:Sindhi ks:Kashmiri pi:Pāli dv:Divehi bo:Tibetan
my:Burmese th:Thai lo:Lao km:Cambodian ar:Arabic fa:Persian he:Hebrew yi:Yiddish ps:Pashto ku:Kurdish am:Amharic
ti:Tigrinya ka:Georgian hy:Armenian el:Greek la:Latin fr:French de:German nl:Dutch it:Italian es:Spanish
pt:Portuguese ca:Catalan oc:Occitan ro:Romanian pl:Polish cs:Czech sk:Slovak sl:Slovene hr:Croatian sr:Serbian
bs:Bosnian mk:Macedonian bg:Bulgarian ru:Russian uk:Ukrainian be:Belarusian cu:Old_Church_Slavonic lt:Lithuanian
lv:Latvian et:Estonian fi:Finnish sv:Swedish da:Danish no:Norwegian nb:Norwegian_Bokmål nn:Norwegian_Nynorsk
is:Icelandic fo:Faroese hu:Hungarian tr:Turkish az:Azerbaijani kk:Kazakh uz:Uzbek tk:Turkmen ky:Kyrgyz tg:Tajik
tt:Tatar mn:Mongolian zh:Chinese ja:Japanese ko:Korean vi:Vietnamese id:Indonesian ms:Malay jv:Javanese
su:Sundanese tl:Tagalog sw:Swahili ha:Hausa yo:Yoruba ig:Igbo zu:Zulu xh:Xhosa so:Somali af:Afrikaans ga:Irish
gd:Gaelic cy:Welsh br:Breton eu:Basque gl:Galician sq:Albanian mt:Maltese eo:Esperanto
"""
_NAMES: Final[Mapping[str, str]] = {
    code: name.replace("_", " ") for code, _, name in (pair.partition(":") for pair in _TABLE.split())
}
_CODES: Final[Mapping[str, str]] = {name: code for code, name in _NAMES.items()}


def language_name(code: str) -> str:
    """PAGE's name of a language that BCP 47 has a code for; ``other`` where this does not know it."""
    return _NAMES.get(code.partition("-")[0].lower(), "other")


def language_of(name: str) -> str | None:
    """The code of a language that PAGE has a name for; None where this does not know it."""
    return _CODES.get(name)
