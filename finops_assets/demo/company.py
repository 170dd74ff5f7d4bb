"""The fictional company: its applications, who owns them, how large they are and when they live."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from finops_assets.demo.files import Table
from finops_assets.demo.story import LAST

_LARGEST = 4000
_APPEARS = {"portefeuille-mobile": 9, "jumeau-numerique": 18}
_STOPS = {"archives-minitel": 21}

_BY_GROUP = {
    "paiements": (
        ("passerelle-paiement", "Passerelle de paiement"),
        ("rapprochement", "Rapprochement bancaire"),
        ("prelevements", "Prélèvements SEPA"),
        ("lutte-fraude", "Détection de la fraude"),
        ("remboursements", "Remboursements"),
        ("portefeuille-mobile", "Portefeuille mobile"),
    ),
    "relation-client": (
        ("espace-client", "Espace client"),
        ("centre-appels", "Centre d'appels"),
        ("reclamations", "Réclamations"),
        ("fidelite", "Programme de fidélité"),
        ("messagerie-client", "Messagerie client"),
        ("assistant-virtuel", "Assistant virtuel"),
    ),
    "ventes-en-ligne": (
        ("boutique", "Boutique en ligne"),
        ("panier", "Panier et commande"),
        ("moteur-recherche", "Moteur de recherche"),
        ("catalogue-produits", "Catalogue des produits"),
        ("recommandations", "Recommandations"),
        ("place-de-marche", "Place de marché"),
    ),
    "logistique": (
        ("entrepots", "Gestion des entrepôts"),
        ("suivi-colis", "Suivi des colis"),
        ("tournees", "Optimisation des tournées"),
        ("stocks", "Stocks et réassort"),
        ("retours", "Retours de marchandises"),
        ("douanes", "Déclarations en douane"),
    ),
    "finance": (
        ("comptabilite", "Comptabilité générale"),
        ("facturation", "Facturation"),
        ("tresorerie", "Trésorerie"),
        ("controle-gestion", "Contrôle de gestion"),
        ("notes-de-frais", "Notes de frais"),
    ),
    "ressources-humaines": (
        ("paie", "Paie"),
        ("recrutement", "Recrutement"),
        ("conges", "Congés et absences"),
        ("formation", "Formation à distance"),
        ("annuaire", "Annuaire des salariés"),
    ),
    "donnees": (
        ("entrepot-donnees", "Entrepôt de données"),
        ("tableaux-de-bord", "Tableaux de bord"),
        ("previsions-ventes", "Prévisions des ventes"),
        ("qualite-donnees", "Qualité des données"),
        ("jumeau-numerique", "Jumeau numérique"),
    ),
    "plateforme": (
        ("integration-continue", "Intégration continue"),
        ("observabilite", "Observabilité"),
        ("bus-evenements", "Bus d'événements"),
        ("portail-developpeurs", "Portail des développeurs"),
        ("registre-images", "Registre d'images"),
    ),
    "fabrication": (
        ("ordonnancement", "Ordonnancement d'atelier"),
        ("maintenance", "Maintenance prédictive"),
        ("controle-qualite", "Contrôle qualité"),
        ("nomenclatures", "Nomenclatures"),
        ("capteurs", "Collecte des capteurs"),
    ),
    "marketing": (
        ("campagnes", "Campagnes e-mail"),
        ("site-vitrine", "Site vitrine"),
        ("mediatheque", "Médiathèque"),
        ("enquetes", "Enquêtes de satisfaction"),
        ("tarification", "Tarification dynamique"),
    ),
    "securite": (
        ("identites", "Identités et accès"),
        ("coffre-secrets", "Coffre à secrets"),
        ("journal-securite", "Journal de sécurité"),
        ("analyse-failles", "Analyse des failles"),
        ("sauvegardes", "Sauvegardes"),
    ),
    "juridique": (
        ("contrats", "Gestion des contrats"),
        ("signature", "Signature électronique"),
        ("archives-minitel", "Archives Minitel (français)"),
        ("conformite", "Conformité et RGPD"),
        ("marques", "Marques et brevets"),
    ),
}


@dataclass(frozen=True)
class Application:
    """An application: its size beside the others, its growth a month (thousandths) and the months it lives."""

    application_id: str
    label: str
    owner: str
    weight: int
    growth: int
    first_used: int
    last_used: int

    def lives_in(self, month: int) -> bool:
        """Whether it uses anything in a month of the history."""
        return self.first_used <= month <= self.last_used

    @property
    def lives_throughout(self) -> bool:
        """Whether it lives in every month of the history."""
        return self.lives_in(0) and self.lives_in(LAST)

    def size_in(self, month: int) -> int:
        """Its weight in a month, grown, in thousandths."""
        return self.weight * (1000 + self.growth * month)


@cache
def applications() -> tuple[Application, ...]:
    """Every application of the company, by group; a few are far larger than the rest."""
    random = Random("applications")
    named = [(group, *names) for group, those in _BY_GROUP.items() for names in those]
    ranks = list(range(1, len(named) + 1))
    random.shuffle(ranks)
    return tuple(
        Application(
            application_id=application_id,
            label=label,
            owner=f"group:default/{group}",
            weight=_LARGEST // rank,
            growth=random.randint(-4, 22),
            first_used=_APPEARS.get(application_id, 0),
            last_used=_STOPS.get(application_id, LAST),
        )
        for (group, application_id, label), rank in zip(named, ranks, strict=True)
    )


def application_tables() -> Iterator[Table]:
    """The application referential, one row per application."""
    rows = [(one.application_id, one.label, one.owner) for one in applications()]
    yield Table("applications.csv", ("application_id", "application_label", "owner"), rows)
