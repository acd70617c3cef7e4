"""The legal bases of an order on delivery bays, and what a jurist has still to check.

Only articles that were read in a source are cited; the others are named as to be checked.
Source: answer to question AN 12-74855 (CGCT L2213-1 to L2213-3); orders of Antibes of 2016 and 2023 (shape, L2131-1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geo.orders.fields import OrderFields, Signer, blank
from geo.words import Bay

CHECKS = (
    (
        "Qui signe : le maire, ou le président de l'établissement public de coopération intercommunale si le pouvoir de police de la circulation et du "
        "stationnement lui a été transféré (article L. 5211-9-2 du code général des collectivités territoriales, à vérifier) ; la délégation de signature "
        "s'il y en a une."
    ),
    "La voie : communale, départementale ou nationale, en agglomération ou non, et l'avis ou l'accord que cela demande.",
    (
        "Les articles du code de la route : R. 417-10 (stationnement gênant : paragraphe à viser), R. 417-3 (disque) et R. 411-25 (signalisation) sont à "
        "vérifier dans leur version en vigueur."
    ),
    "Les motifs : un arrêté trop général est illégal. Les Considérant disent des faits mesurés ; compléter par les circonstances locales.",
    "La signalisation : panneau, panonceau et marquage selon l'instruction interministérielle, quatrième et septième parties.",
    "Chaque passage entre crochets est à compléter ou à vérifier ; il ne doit en rester aucun dans l'arrêté signé.",
)
"""What a jurist checks before signing."""


def visas(bays: Sequence[Bay], fields: OrderFields) -> Iterator[str]:
    """Yield what the order rests on, each as it follows ``Vu``."""
    yield (
        "le code général des collectivités territoriales, et notamment ses articles L. 2213-1, L. 2213-2 et L. 2213-3"
    )
    if fields.signer is Signer.PRESIDENT:
        yield (
            f"le transfert à {fields.group_name or blank('nom_epci')} du pouvoir de police de la circulation et du stationnement "
            "[à vérifier : article L. 5211-9-2 du code général des collectivités territoriales]"
        )
    yield "le code de la route, et notamment son article R. 417-10"
    yield "le code de la voirie routière"
    yield "l'instruction interministérielle sur la signalisation routière, quatrième et septième parties"
    yield from _earlier(bays, fields)
    yield fields.delegation or blank("arrete_delegation", "s'il y a délégation de signature")
    if fields.is_departmental:
        yield f"l'avis du président du conseil départemental en date du {blank('date_avis_departement')}"
    yield from fields.opinions


def _earlier(bays: Sequence[Bay], fields: OrderFields) -> Iterator[str]:
    known = sorted({bay.details.order_ref for bay in bays if bay.details.order_ref})
    for reference in dict.fromkeys([*fields.repealed, *known]):
        yield f"l'arrêté {reference}"
