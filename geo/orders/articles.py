"""The articles of an order on delivery bays: place and rule, signs, offences, repeal, appeal, execution."""

from __future__ import annotations

from collections.abc import Sequence

from geo.exports.regulation import binding_rules
from geo.orders.content import Article
from geo.orders.fields import OrderFields, blank
from geo.orders.place import place_text, rule_phrase
from geo.orders.typography import day_text, listed, number_text
from geo.words import Bay, BayType, Control, Day, TimeRule

RESERVED = "à l'arrêt des véhicules effectuant un chargement ou un déchargement de marchandises"
"""For whom bays are reserved, in the words of CGCT L2213-3."""

CONTROLS = {
    Control.DISC: "La durée est contrôlée par un dispositif mentionnant l'heure d'arrivée [à vérifier : disque, article R. 417-3 du code de la route].",
    Control.CAMERA: "[controle_duree : un contrôle par caméra doit avoir sa propre base légale]",
    Control.SENSOR: "La durée est mesurée par un capteur dans la chaussée [à vérifier : base légale du contrôle].",
}
"""How the maximum stay is checked, where the rules say it."""


def articles(bays: Sequence[Bay], fields: OrderFields) -> tuple[Article, ...]:
    """Return the six articles for bays that carry the rules to be made."""
    return (
        _places(bays),
        _signs(fields),
        Article(
            "Article 3",
            "Infractions",
            (
                (
                    "Le stationnement d'un véhicule en infraction au présent arrêté est considéré comme gênant au sens de l'article R. 417-10 du "
                    "code de la route. Les infractions sont constatées et réprimées conformément aux lois et règlements en vigueur ; les véhicules en "
                    "cause peuvent être immobilisés et mis en fourrière dans les conditions prévues par le code de la route."
                ),
            ),
        ),
        _repeal(bays, fields),
        Article(
            "Article 5",
            "Recours",
            (
                (
                    f"Le présent arrêté peut faire l'objet d'un recours devant le tribunal administratif de "
                    f"{fields.court or blank('tribunal_administratif')} dans un délai de deux mois à compter de sa publication. Dans ce délai, il peut "
                    "être présenté un recours gracieux."
                ),
            ),
        ),
        _execution(fields),
    )


def _places(bays: Sequence[Bay]) -> Article:
    if len(bays) > 1:
        intro = (
            f"Les {len(bays)} emplacements désignés en annexe 1 sont réservés {RESERVED}, aux jours et aux heures que cette annexe indique pour "
            "chacun d'eux. Elle indique aussi, le cas échéant, la durée maximale de l'arrêt."
        )
        return Article("Article 1er", "Emplacements et règle", (intro, *_conditions(bays)))
    bay = bays[0]
    intro = (
        f"L'aire de livraison {place_text(bay)} (identifiant {bay.bay_id}, {number_text(bay.length_m, 1).removesuffix(',0')} m linéaires, "
        f"{bay.capacity} {'places' if bay.capacity > 1 else 'place'}) est réservée {RESERVED} :"
    )
    rules = binding_rules(bay)
    items = (rule_phrase(rules),) if rules else (blank("regle_horaire"),)
    return Article("Article 1er", "Emplacement et règle", (intro, *_conditions(bays)), items)


def _conditions(bays: Sequence[Bay]) -> list[str]:
    """Return what holds beside the hours: maximum stay, control, public holidays, other times."""
    rules = [rule for bay in bays for rule in binding_rules(bay)]
    found = [*_stays(rules), *_holidays(rules)]
    if any(bay.bay_type is not BayType.PERMANENT for bay in bays):
        found.append(
            "En dehors des jours et heures ainsi réservés, le stationnement est ouvert à tous les véhicules, dans les conditions de la "
            "réglementation applicable à la voie."
        )
    return found


def _stays(rules: Sequence[TimeRule]) -> list[str]:
    stays = sorted({rule.max_stay_min for rule in rules if rule.max_stay_min})
    controls = sorted({rule.control for rule in rules if rule.control in CONTROLS})
    found = [CONTROLS[control] for control in controls]
    if len(stays) == 1:
        return [
            f"L'arrêt y est limité à {stays[0]} minutes et au temps nécessaire à la livraison.",
            *found,
        ]
    return found


def _holidays(rules: Sequence[TimeRule]) -> list[str]:
    named = {Day.PH in rule.days for rule in rules}
    if named == {False}:
        return ["Cette réservation ne s'applique pas les jours fériés."]
    if named == {True}:
        return ["Cette réservation s'applique aussi les jours fériés."]
    return (
        ["La réservation ne s'applique les jours fériés que là où la règle le dit."]
        if named
        else []
    )


def _signs(fields: OrderFields) -> Article:
    begin = (
        f"à compter du {day_text(fields.from_on)}"
        if fields.from_on
        else f"à compter du {blank('date_entree_en_vigueur')}"
    )
    return Article(
        "Article 2",
        "Signalisation et entrée en vigueur",
        (
            (
                f"Le présent arrêté est applicable {begin}, une fois accomplies les formalités de l'article L. 2131-1 du code général des collectivités "
                "territoriales et une fois la signalisation mise en place."
            ),
            (
                "La signalisation verticale et le marquage sont conformes à l'instruction interministérielle sur la signalisation routière, quatrième et "
                "septième parties. Le texte proposé pour le panonceau est donné en annexe."
            ),
        ),
    )


def _repeal(bays: Sequence[Bay], fields: OrderFields) -> Article:
    known = [
        *fields.repealed,
        *sorted({bay.details.order_ref for bay in bays if bay.details.order_ref}),
    ]
    orders = list(dict.fromkeys(known))
    named = listed(orders) if orders else blank("arretes_abroges", "aucun, ou leurs références")
    return Article(
        "Article 4",
        "Abrogation",
        (
            (
                "Les dispositions antérieures contraires au présent arrêté, en ce qu'elles concernent les emplacements désignés à l'article 1er, sont "
                f"abrogées, notamment celles de : {named}."
            ),
        ),
    )


def _execution(fields: OrderFields) -> Article:
    executors = fields.executors or (
        "le directeur général des services",
        "le chef de la police municipale",
        blank("charges_execution", "police nationale ou gendarmerie, services techniques"),
    )
    return Article(
        "Article 6",
        "Exécution",
        (
            (
                f"{_capital(listed(executors))} sont chargés, chacun en ce qui le concerne, de l'exécution du présent arrêté, qui sera publié et dont une "
                "copie leur sera adressée."
            ),
        ),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
