"""A draft order says what was measured, leaves to people what is theirs, and is the same each time."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from geo.bay_details import BayDetails
from geo.errors import InvalidFile, InvalidInput
from geo.exports.regulation import ALWAYS
from geo.orders.content import Order
from geo.orders.draft import draft_of_inventory, draft_of_suggestions, regulation_of
from geo.orders.fields import OrderFields, read_fields
from geo.orders.measured import Measured
from geo.orders.place import place_text, street_address
from geo.orders.printed import printed
from geo.orders.sign import sign_lines, sign_text
from geo.orders.typography import french, listed
from geo.words import BayType, Commune, Control, Day, TimeRule
from tests.geo.exports.bays_drawn import one_bay
from tests.service.suggested import SHORT, around, record

CLICHY = Commune(insee="92024", name="Clichy")
NOTHING = OrderFields()
FILLED = read_fields(
    b"""
numero_arrete = "2026-PM-0412"
departement = "Hauts-de-Seine"
service = "Voirie"
qualite_signataire = "maire"
nom_signataire = "Camille Durand"
arrete_delegation = "l'arr\xc3\xaat\xc3\xa9 du 28 mai 2020 portant d\xc3\xa9l\xc3\xa9gation de signature"
voie_departementale = false
date_entree_en_vigueur = 2026-12-01
arretes_abroges = ["AE/2023/54"]
motifs = ["que la rue est bord\xc3\xa9e de commerces"]
tribunal_administratif = "Cergy-Pontoise"
charges_execution = ["le directeur g\xc3\xa9n\xc3\xa9ral des services", "le chef de la police municipale"]
"""
)
BLANK = re.compile(r"\[[^\]]+\]")


def case(number: int = 1, **given: Any) -> Measured:
    """Return a bay with a suggestion, its figures no longer in the store."""
    bay = one_bay(bay_id=f"9202400{number}")
    said = record(bay.bay_id, commune="92024", **given)
    return Measured(
        bay, said, None, date(2026, 3, 1), date(2026, 4, 25), "engine-1", "ab" * 32, number
    )


def texts(value: Any) -> Iterator[str]:
    """Yield every text of an order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(part)


def whole(order: Order) -> str:
    """Return all texts of an order."""
    return "\n".join(texts(dataclasses.asdict(order)))


def test_reasons_hold_the_figures_with_their_intervals() -> None:
    """Period, coverage, demand, and the expected effect stand in the reasons, each estimate with its interval."""
    order = draft_of_suggestions([case()], CLICHY, NOTHING)
    reasons = " ".join(clause.text for clause in order.grounds)
    assert "du 1er mars 2026 au 25 avril 2026, pendant 93\u00a0% du temps" in reasons
    assert "18 (16 à 20)" in reasons
    assert "4,0 (3,0 à 5,0) ne trouvent pas de place" in reasons
    assert "3,0 (2,5 à 3,5) livraisons de plus par jour" in reasons
    assert "31 (25 à 37) minutes par jour d'arrêt en double file évitées" in reasons
    assert "intervalle à 90" in reasons


def test_an_effect_of_unknown_sense_is_said_so() -> None:
    """Where the interval goes through zero the sense is not claimed."""
    effect = record("x").effect
    assert effect is not None
    doubtful = effect.model_copy(update={"double_park_min_per_day": around(-1.0, 4.0)})
    order = draft_of_suggestions([case(effect=doubtful)], CLICHY, NOTHING)
    reasons = " ".join(clause.text for clause in order.grounds)
    assert "1,0 (-3,0 à 5,0)" in reasons.replace("\u2212", "-")
    assert "de sens incertain" in reasons


def test_order_has_the_shape_of_real_ones() -> None:
    """Visas, reasons and six articles, with the appeal and the repeal."""
    order = draft_of_suggestions([case()], CLICHY, FILLED)
    assert {clause.lead for clause in order.visas} == {"VU"}
    assert {clause.lead for clause in order.grounds} == {"CONSIDÉRANT"}
    assert [article.number for article in order.articles] == [
        "Article 1er",
        *(f"Article {number}" for number in range(2, 7)),
    ]
    assert "L. 2213-3" in order.visas[0].text
    assert "2026-PM-0412" in order.head[2]
    assert "AE/2023/54" in order.articles[3].paragraphs[0]
    assert (
        "tribunal administratif de Cergy-Pontoise dans un délai de deux mois"
        in order.articles[4].paragraphs[0]
    )
    assert order.articles[0].items == ("le lundi et mardi de 6 h à 11 h (20 min au plus)",)


def test_only_articles_that_were_read_are_cited() -> None:
    """Articles known from memory stand in brackets or on the page of checks, never as cited law."""
    order = draft_of_suggestions([case()], CLICHY, FILLED)
    act = BLANK.sub("", whole(dataclasses.replace(order, checks=())))
    cited = set(re.findall(r"[LR]\. \d+-\d+(?:-\d+)?", act))
    assert cited == {"L. 2213-1", "L. 2213-2", "L. 2213-3", "L. 2131-1", "R. 417-10"}
    assert "L. 5211-9-2" in " ".join(order.checks)


def test_what_only_a_person_can_say_is_a_blank_until_said() -> None:
    """Without settings number, signer, court and date are blanks; with them none of these is left."""
    names = (
        "numero_arrete",
        "qualite_signataire",
        "nom_signataire",
        "tribunal_administratif",
        "departement",
    )
    empty, filled = (
        whole(draft_of_suggestions([case()], CLICHY, fields)) for fields in (NOTHING, FILLED)
    )
    for name in names:
        assert f"[{name}" in empty
        assert f"[{name}" not in filled
    assert "[date_signature]" in filled


def test_signer_may_be_the_president_of_the_intercommunal_body() -> None:
    """Where the power is transferred the president signs, and the transfer is cited to be checked."""
    fields = OrderFields.model_validate(
        {"qualite_signataire": "president_epci", "nom_epci": "la métropole"}
    )
    order = draft_of_suggestions([case()], CLICHY, fields)
    assert order.author == "Le Président de la métropole,"
    assert any("transfert à la métropole" in clause.text for clause in order.visas)
    assert "au président" in order.grounds[-1].text


def test_several_suggestions_make_one_order_with_a_list() -> None:
    """Bays are listed in an annex; from four on their figures are in annexes only."""
    order = draft_of_suggestions([case(number) for number in range(1, 6)], CLICHY, NOTHING)
    assert [annex.title for annex in order.annexes] == [
        "Annexe 1 - Emplacements et règles",
        "Annexe 2 - Chiffres mesurés et effet attendu (1)",
        "Annexe 3 - Chiffres mesurés et effet attendu (2)",
        "Annexe 4 - Texte proposé pour le panonceau",
    ]
    table = order.annexes[0].table
    assert table is not None
    assert len(table.rows) == 5
    assert "annexe 1" in order.articles[0].paragraphs[0]
    assert len(order.grounds) < 6


def test_inventory_makes_one_order_of_all_bays() -> None:
    """The order lists every bay by street, wants local reasons, and cites the orders that it replaces."""
    bays = [
        one_bay(bay_id="2", name="3 rue Zola"),
        one_bay(bay_id="1", name="12 avenue Foch", details=BayDetails(order_ref="AE/2023/54")),
        one_bay(bay_id="3", name="", rules=(), bay_type=BayType.PERMANENT),
    ]
    order = draft_of_inventory(bays, CLICHY, NOTHING, date(2026, 3, 1))
    table = order.annexes[0].table
    assert table is not None
    assert [row[1] for row in table.rows] == ["3", "12 avenue Foch", "3 rue Zola"]
    assert table.rows[0][-1] == "en permanence"
    assert "[motifs" in order.grounds[1].text
    assert "AE/2023/54" in order.articles[3].paragraphs[0]
    assert any("AE/2023/54" in clause.text for clause in order.visas)


def test_nothing_to_order_is_refused() -> None:
    """An order needs a bay, and a suggestion that proposes a rule."""
    with pytest.raises(InvalidInput, match="no bay"):
        draft_of_inventory([], CLICHY, NOTHING, date(2026, 3, 1))
    with pytest.raises(InvalidInput, match="'keep'"):
        draft_of_suggestions([case(decision="keep")], CLICHY, NOTHING)


def test_regulation_for_registers_is_a_draft_of_the_new_rules() -> None:
    """What goes to registers has the number and day of the fields, else its own."""
    bay = one_bay(rules=SHORT)
    filled = regulation_of([bay], CLICHY, FILLED, date(2026, 3, 1), "7")
    assert (filled.regulation_id, filled.from_on, filled.is_draft) == (
        "2026-PM-0412",
        date(2026, 12, 1),
        True,
    )
    empty = regulation_of([bay], CLICHY, NOTHING, date(2026, 3, 1), "7")
    assert empty.regulation_id == "projet-92024-7"
    assert empty.bays[0].rules == SHORT


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"numero_arrete = 3", "numero_arrete = 3"),
        (b"numero = 'x'", "known keys are numero_arrete"),
        (b"nom_signataire = '[x]'", "nom_signataire"),
        (b"qualite_signataire = 'roi'", "qualite_signataire"),
        (b"= 3", "no TOML"),
        (b"\xff", "no TOML"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(data: bytes, wanted: str) -> None:
    """A message names the key and the value."""
    with pytest.raises(InvalidFile, match=re.escape(wanted)):
        read_fields(data)


def test_sign_says_the_whole_rule() -> None:
    """Days, hours, holidays, maximum stay and the order's number stand on the panel, and so does every condition."""
    rule = TimeRule(days=tuple(Day)[:6], start="07:00", end="19:30", max_stay_min=30)
    assert sign_lines((rule,), "AE/1") == (
        "SAUF LIVRAISONS",
        "du lundi au samedi 7h-19h30",
        "sauf jours fériés",
        "30 min max",
        "arrêté AE/1",
    )
    assert sign_lines((ALWAYS,), "AE/1")[1] == "tous les jours 24h/24"
    sunday = rule.model_copy(update={"days": (Day.SU,), "max_stay_min": 45})
    assert [line[:8] for line in sign_lines((rule, sunday), "x")[1:3]] == ["du lundi", "dimanche"]
    limited = rule.model_copy(update={"max_weight_t": 3.5, "control": Control.DISC, "months": (1,)})
    text = " ".join(sign_lines((limited,), "x"))
    assert all(word in text for word in ("3,5 t", "disque obligatoire", "janvier"))
    assert sign_lines((), "x")[1] == "[regle_horaire]"
    assert sign_text([("12 rue X", ("A", "B"))]) == "12 rue X\n    A\n    B\n"


def test_places_are_named_as_orders_name_them() -> None:
    """A number is said as "au droit du"; postal code and town are left out; without an address the name stands."""
    with_address = one_bay(details=BayDetails(address="27 Rue Ney, 69006 Lyon"))
    assert street_address(with_address) == "27 Rue Ney"
    assert place_text(with_address) == "au droit du 27 Rue Ney"
    assert place_text(one_bay(name="Place Foch")) == "« Place Foch »"
    assert place_text(one_bay(name="")) == "« 92024046 »"


def test_print_has_french_marks() -> None:
    """Apostrophes, dashes and unbreakable spaces stand as in print, in every text of an order."""
    assert french("l'aire : 7 h - 8 h ; n° 3 « x »") == (
        "l\N{RIGHT SINGLE QUOTATION MARK}aire\u00a0: 7\u00a0h \N{EN DASH} 8\u00a0h\u00a0; n°\u00a03 «\u00a0x\u00a0»"
    )
    data = printed(draft_of_suggestions([case()], CLICHY, FILLED))
    assert not any("'" in text or " ;" in text for text in texts(data))
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b et c"
