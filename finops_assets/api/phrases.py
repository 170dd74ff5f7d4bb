"""What the mart says in English, said in the language that is asked for: blockers, citations, lines set aside, titles.

What has no words here, an error of the database among it, is told as it is.
"""

from __future__ import annotations

import re

from finops_assets.closing import Blocker
from finops_assets.errors import Citation

# what blocks a month, and what to do about it
_BLOCKERS = {
    "UNKNOWN_MONTH": ("rien n'y a jamais été publié", "finops run {month}"),
    "CLOSED": ("il est déjà clos", "finops statement {month}"),
    "NOT_OVER": ("il n'est pas fini : le mois en cours est {subject}", "attendez sa fin"),
    "EARLIER_MONTH": (
        "{subject}, qui le précède, est ouvert",
        "clôturez d'abord {subject} : finops close {subject}",
    ),
    "SLICE": (
        "{domain} est {subject}",
        "livrez sa source et relancez-le : finops run {month} --domain {domain}",
    ),
    "DRIVER": (
        "{domain} a été réparti d'après ce que {subject} n'est plus",
        "finops run {month} --domain {domain}",
    ),
    "QUARANTINE": (
        "{domain} a {lines} de {subject} en quarantaine, sans décision",
        "finops quarantine list, puis corrigez, acceptez ou rejetez ; ou corrigez la source et relancez-la",
    ),
    "QUARANTINE_DECIDED": (
        "{domain} a {decided} de {subject} en attente d'une exécution",
        "finops run {month} --domain {domain}",
    ),
    "NO_DEFAULT_VIEW": ("aucune grille de prix n'est celle par défaut", "finops price import un fichier de grilles"),
    "UNPRICED": (
        "{domain} a {lines} de {subject} sans prix dans la grille par défaut",
        "finops price import un prix qui prend effet en {month} ou avant",
    ),
    "UNPRICED_ADJUSTMENT": (
        "l'ajustement {subject} de {domain} n'a pas de montant dans la grille par défaut",
        "finops adjust add un ajustement opposé dans les grilles qu'il a, puis un autre avec un montant dans chacune",
    ),
    "STALE_MARTS": ("les restitutions ne montrent pas {domain} tel qu'il est", "finops refresh"),
    "INVOICE": (
        "la facture de {domain} diffère de {subject}, plus que ce qui est toléré",
        "finops reconcile {month}, puis corrigez la facture ou la source",
    ),
}
# what cites a member, one of it and several
_CITING = {
    "fact": ("fait", "faits"),
    "replaced line": ("ligne remplacée", "lignes remplacées"),
    "price": ("prix", "prix"),
    "draft price": ("prix de brouillon", "prix de brouillon"),
    "adjustment": ("ajustement", "ajustements"),
    "access grant": ("accès accordé", "accès accordés"),
    "published version": ("version publiée", "versions publiées"),
}
# why a line was set aside, as the mart keeps it
_ASIDE = (
    (r"as corrected: (.*)", "une fois corrigée : {0}"),
    (r"the charge is of another month than (.*)", "la charge est d'un autre mois que {0}"),
    (
        r"negative, and no credit or correction explains it",
        "négative, sans avoir ni correction qui l'explique",
    ),
    (
        r"the product was decommissioned on (.*), before (.*)",
        "le produit a été mis hors service le {0}, avant {1}",
    ),
    (r"other lines count the product in (.*)", "d'autres lignes comptent le produit en {0}"),
)
_TITLES = {
    "bad-request": "Demande illisible",
    "busy": "Occupé",
    "forbidden": "Interdit",
    "invalid-cursor": "Curseur invalide",
    "invalid-months": "Mois invalides",
    "invalid-request": "Demande invalide",
    "method-not-allowed": "Méthode refusée",
    "month-blocked": "Mois bloqué",
    "no-database": "Base de données injoignable",
    "not-found": "Introuvable",
    "refused": "Refusé",
    "too-long": "Trop long",
    "unauthenticated": "Non authentifié",
    "unexpected": "Erreur inattendue",
    "unknown-caller": "Appelant inconnu",
    "unknown-names": "Noms inconnus",
    "unknown-pricing-view": "Grille de prix inconnue",
}


def of_blocker(one: Blocker, language: str) -> tuple[str, str]:
    """What keeps a month from being closed, and what to do about it."""
    if language == "en":
        return one.told, one.remedy
    several = "" if one.line_count == 1 else "s"
    values = {
        "domain": one.domain_id or "",
        "subject": one.subject or "",
        "month": one.period,
        "lines": f"{one.line_count} ligne{several}",
        "decided": f"{one.line_count} ligne{several} décidée{several}",
    }
    text, remedy = _BLOCKERS[one.blocker]
    return text.format_map(values), remedy.format_map(values)


def of_citation(one: Citation, language: str) -> str:
    """How much of what names a member, and in which months."""
    if language == "en":
        return str(one)
    kind = _CITING[one.kind][one.row_count > 1]
    return f"{one.row_count} {kind} ({' à '.join(one.months)})" if one.months else f"{one.row_count} {kind}"


def citing(one: Citation, language: str) -> str:
    """The same as a sentence."""
    verbs = {"en": ("cites it", "cite it"), "fr": ("le cite", "le citent")}
    return f"{of_citation(one, language)} {verbs[language][one.row_count > 1]}."


def of_set_aside(reason: str, language: str) -> str:
    """Why a line was set aside."""
    if language != "en":
        for pattern, text in _ASIDE:
            if found := re.fullmatch(pattern, reason):
                return text.format(*(of_set_aside(part, language) for part in found.groups()))
    return reason


def title(kind: str, language: str) -> str:
    """What a kind of problem is called."""
    told = kind.replace("-", " ").capitalize()
    return told if language == "en" else _TITLES.get(kind, told)
