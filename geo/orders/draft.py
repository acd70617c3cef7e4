"""Draft orders: from suggestions, with the figures that justify them, or from an inventory, as one list of all bays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from geo.errors import InvalidInput
from geo.exports.dialog import IDENTIFIER_MAX
from geo.exports.regulation import Regulation, binding_rules
from geo.orders.articles import articles
from geo.orders.content import Annex, Clause, Order, Table
from geo.orders.fields import OrderFields, Signer, blank
from geo.orders.measured import (
    LIMITS,
    METHOD,
    Measured,
    doubts,
    expectation,
    figures_table,
    need,
    observation,
    together,
    traces,
    usage,
)
from geo.orders.place import rule_phrase, street_address
from geo.orders.sign import sign_lines
from geo.orders.typography import number_text
from geo.orders.visas import CHECKS, visas
from geo.words import Bay, BayType, Commune

BAYS_PER_TABLE = 3
"""Bays whose figures fit side by side on a page."""

TYPES = {
    BayType.PERIODIC: "périodique",
    BayType.PERMANENT: "permanente",
    BayType.GOODS_ZONE: "zone marchandises",
}

VU, CONSIDERING = "VU", "CONSIDÉRANT"


@dataclass(frozen=True)
class _Basis:
    """What differs between the two kinds of draft."""

    grounds: tuple[Clause, ...]
    annexes: tuple[Annex, ...]
    dated_on: date
    is_sample: bool


def draft_of_suggestions(
    cases: Sequence[Measured], commune: Commune, fields: OrderFields, *, is_sample: bool = False
) -> Order:
    """Return the draft of one order that makes the proposed rules of some bays of a commune.

    Raises
    ------
    InvalidInput
        No case is given, or one proposes no rules.
    """
    for case in cases:
        if not case.rules_new:
            raise InvalidInput(
                f"suggestion {case.suggestion_id} says {case.record.decision!r}: wanted one that proposes a rule"
            )
    bays = [with_rules(case) for case in cases]
    annexes = [
        *([_list_of(bays)] if len(bays) > 1 else []),
        *_figures(cases),
        _signs(bays, fields),
    ]
    dated_on = max(case.last_on for case in cases)
    basis = _Basis(tuple(_grounds(cases)), tuple(annexes), dated_on, is_sample)
    return _order(bays, commune, fields, basis)


def draft_of_inventory(
    bays: Sequence[Bay], commune: Commune, fields: OrderFields, on: date, *, is_sample: bool = False
) -> Order:
    """Return the draft of one order that lists all bays of a commune with the rules they have.

    Raises
    ------
    InvalidInput
        There is no bay.
    """
    if not bays:
        raise InvalidInput(f"commune {commune.insee} has no bay: wanted at least one for an order")
    ordered = sorted(bays, key=lambda bay: (_street(bay), bay.bay_id))
    grounds = (
        Clause(
            CONSIDERING,
            "que le regroupement en un seul arrêté de l'ensemble des aires de livraison de la commune en facilite la connaissance, la mise à "
            "jour et le contrôle",
        ),
        Clause(
            CONSIDERING,
            blank(
                "motifs",
                "circonstances locales qui rendent ces emplacements nécessaires ; un arrêté doit être motivé",
            ),
        ),
    )
    annexes = (_list_of(ordered), _signs(ordered, fields))
    return _order(ordered, commune, fields, _Basis(grounds, annexes, on, is_sample))


def with_rules(case: Measured) -> Bay:
    """Return a bay as it would be under the proposed rules."""
    return case.bay.model_copy(update={"rules": case.rules_new})


def regulation_of(
    bays: Sequence[Bay], commune: Commune, fields: OrderFields, on: date, name: str
) -> Regulation:
    """Return the order for the registers, as a draft.

    Parameters
    ----------
    on
        First day in force where the fields do not say it.
    name
        Of the draft, for its reference where the fields do not give a number.
    """
    number = fields.number or f"projet-{commune.insee}-{name}"[:IDENTIFIER_MAX]
    return Regulation(
        regulation_id=number,
        title=_subject(bays),
        insee=commune.insee,
        authority=f"Commune : {fields.commune_name or commune.name}",
        from_on=fields.from_on or on,
        bays=tuple(bays),
        is_draft=True,
        time_zone=commune.time_zone,
    )


def _order(bays: Sequence[Bay], commune: Commune, fields: OrderFields, basis: _Basis) -> Order:
    name = fields.commune_name or commune.name
    number = fields.number or blank("numero_arrete")
    return Order(
        title=f"Projet d'arrêté - {name} - aires de livraison",
        reference=number,
        authority=name,
        head=(
            f"Département : {fields.department or blank('departement')}",
            f"Service : {fields.service or blank('service')}",
            f"Référence : {number}",
        ),
        register=(
            ("N° d'enregistrement", blank("numero_enregistrement")),
            ("Publié le", blank("date_publication")),
            ("Reçu en préfecture le", blank("date_reception")),
        ),
        subject=_subject(bays),
        author=f"{_signer(fields)},",
        visas=tuple(Clause(VU, text) for text in visas(bays, fields)),
        grounds=(
            *basis.grounds,
            *(Clause(CONSIDERING, text) for text in fields.reasons),
            _power(fields),
        ),
        articles=articles(bays, fields),
        signature=(
            f"Fait à {fields.place or name}, le {blank('date_signature')}",
            _signer(fields),
            fields.signer_name or blank("nom_signataire"),
        ),
        annexes=tuple(
            replace(annex, title=f"Annexe {position} - {annex.title}")
            for position, annex in enumerate(basis.annexes, start=1)
        ),
        checks=CHECKS,
        dated_on=basis.dated_on,
        is_sample=basis.is_sample,
    )


def _subject(bays: Sequence[Bay]) -> str:
    if len(bays) == 1:
        where = street_address(bays[0]) or bays[0].bay_id
        return f"Aire de livraison, {where} - réglementation permanente de police"
    return f"{len(bays)} aires de livraison - réglementation permanente de police"


def _signer(fields: OrderFields) -> str:
    if fields.signer is Signer.MAYOR:
        return "Le Maire"
    if fields.signer is Signer.PRESIDENT:
        return f"Le Président de {fields.group_name or blank('nom_epci')}"
    return blank(
        "qualite_signataire",
        "le Maire, ou le Président de l'EPCI si ce pouvoir de police lui est transféré",
    )


def _power(fields: OrderFields) -> Clause:
    who = "au président" if fields.signer is Signer.PRESIDENT else "au maire"
    return Clause(
        CONSIDERING,
        f"qu'il appartient {who}, par arrêté motivé, de réserver sur la voie publique des emplacements pour faciliter l'arrêt des véhicules "
        "effectuant un chargement ou un déchargement de marchandises",
    )


def _grounds(cases: Sequence[Measured]) -> Iterator[Clause]:
    """Yield the reasons: bay by bay where they are few, else together."""
    texts = (
        [
            text
            for case in cases
            for text in (observation(case), usage(case), need(case), expectation(case))
        ]
        if len(cases) <= BAYS_PER_TABLE
        else together(cases)
    )
    yield from (Clause(CONSIDERING, text) for text in texts if text is not None)
    yield Clause(CONSIDERING, LIMITS)


def _list_of(bays: Sequence[Bay]) -> Annex:
    rows = tuple(
        (
            str(position),
            street_address(bay) or bay.bay_id,
            bay.bay_id,
            TYPES[bay.bay_type],
            number_text(bay.length_m, 1).removesuffix(",0"),
            str(bay.capacity),
            rule_phrase(binding_rules(bay)) if binding_rules(bay) else blank("regle_horaire"),
        )
        for position, bay in enumerate(bays, start=1)
    )
    columns = (
        "N°",
        "Emplacement",
        "Identifiant",
        "Type",
        "Long. (m)",
        "Places",
        "Jours, heures et durée maximale",
    )
    table = Table(columns, (0.05, 0.22, 0.13, 0.12, 0.08, 0.09, 0.31), rows, right=(0, 4, 5))
    return Annex("Emplacements et règles", (), table)


def _figures(cases: Sequence[Measured]) -> Iterator[Annex]:
    """Yield the figures, three bays to a table; method and limits stand under the last."""
    chunks = [cases[i : i + BAYS_PER_TABLE] for i in range(0, len(cases), BAYS_PER_TABLE)]
    for position, chunk in enumerate(chunks, start=1):
        is_last = position == len(chunks)
        yield Annex(
            "Chiffres mesurés et effet attendu" + (f" ({position})" if len(chunks) > 1 else ""),
            ("Les valeurs entre parenthèses sont les bornes de l'intervalle à 90 %.",),
            figures_table(chunk),
            after=(*doubts(chunk), *((*METHOD, traces(cases)) if is_last else ())),
        )


def _signs(bays: Sequence[Bay], fields: OrderFields) -> Annex:
    number = fields.number or blank("numero_arrete")
    signs = tuple(dict.fromkeys(sign_lines(binding_rules(bay), number) for bay in bays))
    return Annex(
        "Texte proposé pour le panonceau",
        (
            (
                "Sous un panneau de stationnement interdit [à vérifier : panneau et panonceau, instruction interministérielle sur la signalisation routière, "
                "quatrième partie] :"
            ),
        ),
        signs=signs,
    )


def _street(bay: Bay) -> str:
    """Return an address without its leading number, by which lists of bays are in order."""
    return street_address(bay).lstrip("0123456789 ").casefold()
