"""OPEN's products: families, units, prices, and what becomes of them in each edition of the product list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from finops_assets.demo.files import Table
from finops_assets.demo.story import DECOMMISSIONED, LAST, SECOND_EDITION, THIRD_EDITION
from finops_assets.period import Period

CPU = "CPU"
UNLISTED = "fonctions-ephemeres"
_HEADER = ("product_id", "product_label", "family_id", "family_label", "metric", "decommissioned_at")

_FAMILIES = {
    "compute": "Calcul",
    "memory": "Mémoire",
    "storage": "Stockage",
    "network": "Réseau",
    "databases": "Bases de données et intergiciels",
}


@dataclass(frozen=True)
class Product:
    """A product: an application of weight 100 uses ``usual`` of it a month; its price is in millionths of a euro."""

    product_id: str
    label: str
    family_id: str
    metric: str
    usual: int
    decimals: int
    price: int
    first_used: int = 0
    last_used: int = LAST

    def is_used_in(self, month: int) -> bool:
        """Whether applications use it in a month of the history."""
        return self.first_used <= month <= self.last_used


RETIRED = Product("lame-x86", "Lame x86 dédiée", "compute", CPU, 3000, 4, 29_000, last_used=DECOMMISSIONED)
DROPPED = Product(
    "nas-historique",
    "Partage de fichiers historique",
    "storage",
    "GB-month",
    900,
    3,
    64_000,
    last_used=THIRD_EDITION - 1,
)
NEW = Product(
    "base-vectorielle",
    "Base vectorielle gérée",
    "databases",
    "instance-hour",
    160,
    2,
    310_000,
    first_used=THIRD_EDITION,
)
RENAMED = Product("conteneur-petit", "Conteneur, petit", "compute", CPU, 4200, 6, 31_500)
_NEW_LABEL = "Conteneur léger (ex « petit »)"

PRODUCTS = (
    RENAMED,
    Product("conteneur-moyen", "Conteneur, moyen", "compute", CPU, 6800, 6, 30_200),
    Product("conteneur-grand", "Conteneur, grand", "compute", CPU, 9100, 6, 28_900),
    Product("vm-generale", "Machine virtuelle générale", "compute", CPU, 8200, 4, 34_000),
    Product("vm-calcul", "Machine virtuelle de calcul intensif", "compute", CPU, 5600, 4, 41_250),
    Product("lots-de-nuit", "Traitements par lots de nuit", "compute", CPU, 3900, 6, 17_800),
    RETIRED,
    Product("memoire-conteneur", "Mémoire des conteneurs", "memory", "GB-hour", 17_000, 6, 4_100),
    Product("memoire-vm", "Mémoire des machines virtuelles", "memory", "GB-hour", 24_000, 4, 3_750),
    Product("cache-partage", "Cache partagé", "memory", "GB-hour", 2_600, 6, 12_400),
    Product("cache-dedie", "Cache dédié à une application", "memory", "GB-hour", 1_900, 6, 19_900),
    Product("bloc-rapide", "Stockage bloc rapide", "storage", "GB-month", 2_400, 3, 98_000),
    Product("bloc-standard", "Stockage bloc standard", "storage", "GB-month", 4_800, 3, 52_000),
    Product("objet-standard", "Stockage objet", "storage", "GB-month", 9_500, 6, 19_000),
    Product("objet-froid", "Stockage objet, accès rare", "storage", "GB-month", 16_000, 6, 6_300),
    Product("sauvegarde", "Sauvegarde à distance", "storage", "GB-month", 6_200, 3, 27_000),
    DROPPED,
    Product("sortie-internet", "Trafic sortant vers Internet", "network", "GB", 3_100, 6, 61_000),
    Product("trafic-interne", "Trafic entre centres de données", "network", "GB", 8_800, 6, 8_400),
    Product("repartiteur", "Répartiteur de charge", "network", "instance-hour", 730, 2, 84_000),
    Product("pare-feu", "Pare-feu applicatif", "network", "request-million", 95, 6, 2_150_000),
    Product("diffusion", "Réseau de diffusion de contenu", "network", "GB", 5_400, 6, 33_000),
    Product("postgresql", "PostgreSQL géré", "databases", "instance-hour", 780, 2, 412_000),
    Product("postgresql-ha", "PostgreSQL géré, haute disponibilité", "databases", "instance-hour", 410, 2, 865_000),
    Product("documents", "Base de documents gérée", "databases", "instance-hour", 360, 2, 538_000),
    Product("file-messages", "Files de messages", "databases", "request-million", 210, 6, 1_480_000),
    Product("flux-evenements", "Flux d'événements", "databases", "request-million", 340, 6, 960_000),
    Product("passerelle-api", "Passerelle d'API", "databases", "request-million", 150, 6, 2_640_000),
    Product("recherche-texte", "Moteur de recherche plein texte", "databases", "instance-hour", 220, 2, 705_000),
    NEW,
)


def product_tables(first: Period) -> Iterator[Table]:
    """The editions of OPEN's product list, one row per product, oldest first."""
    for edition in (0, SECOND_EDITION, THIRD_EDITION):
        rows = [_row(product, first, edition) for product in PRODUCTS if _is_listed(product, edition)]
        yield Table(f"open/products-{first.shift(edition)}.csv", _HEADER, rows)


def _is_listed(product: Product, edition: int) -> bool:
    return product.first_used <= edition and not (product is DROPPED and edition == THIRD_EDITION)


def _row(product: Product, first: Period, edition: int) -> tuple[str, ...]:
    gone = ""
    if edition >= SECOND_EDITION and product is RENAMED:
        product = replace(product, label=_NEW_LABEL)
    if edition >= SECOND_EDITION and product is RETIRED:
        gone = f"{first.shift(DECOMMISSIONED)}-15"
    family = product.family_id
    return (product.product_id, product.label, family, _FAMILIES[family], product.metric, gone)
