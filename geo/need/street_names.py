"""Street names that compare, whoever wrote them."""

from __future__ import annotations

from geo.csv_rows import plain_name

SHORT_WORDS = {
    "all": "allee",
    "av": "avenue",
    "ave": "avenue",
    "bd": "boulevard",
    "bld": "boulevard",
    "bvd": "boulevard",
    "che": "chemin",
    "crs": "cours",
    "fg": "faubourg",
    "gal": "general",
    "imp": "impasse",
    "mal": "marechal",
    "pas": "passage",
    "pl": "place",
    "r": "rue",
    "rte": "route",
    "sq": "square",
    "st": "saint",
    "ste": "sainte",
}
"""Words in full of the abbreviations of SIRENE (``typeVoieEtablissement``) and of common use."""


def plain_street(name: str) -> str:
    """Return a street's name in lower case without accents, hyphens and abbreviations: ``Av. St-Ouen`` is ``avenue saint ouen``."""
    words = plain_name(name).split("_")
    return " ".join(SHORT_WORDS.get(word, word) for word in words if word)
