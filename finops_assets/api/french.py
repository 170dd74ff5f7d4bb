"""French for what the mart says in English: a member by its kind, a sentence by a pattern of the English one.

`phrases` chooses; what has no words here is told as it is. {0} in a text is what its pattern's first group matched.
"""

from __future__ import annotations

# what blocks a month, and what to do about it
BLOCKERS = {
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
CITING = {
    "fact": ("fait", "faits"),
    "replaced line": ("ligne remplacée", "lignes remplacées"),
    "price": ("prix", "prix"),
    "draft price": ("prix de brouillon", "prix de brouillon"),
    "adjustment": ("ajustement", "ajustements"),
    "access grant": ("accès accordé", "accès accordés"),
    "published version": ("version publiée", "versions publiées"),
}
# why a line was set aside, as the mart keeps it
ASIDE = (
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
# what a domain should have before it goes live
CHECKED = (
    (r"acceptance run", "essai"),
    (r"pricing view", "grille de prix"),
    (r"marts", "restitutions"),
    (r"(\d+) months? published", "{0} mois publiés"),
    (r"run a month by hand and look at it: (.*)", "exécutez un mois à la main et regardez-le : {0}"),
    (r"it has prices in (.*)", "il a des prix dans {0}"),
    (r"they have nothing to show yet: .*", "elles n'ont encore rien à montrer : après l'essai"),
    (r"(\d+) months? not shown as published: (.*)", "{0} mois ne sont pas montrés tels que publiés : {1}"),
    (r"they show every month as it is", "elles montrent chaque mois tel qu'il est"),
    (r"none is the default: .*", "aucune n'est celle par défaut : importez-en un fichier par `finops price import`"),
    (r"(.*) has no price of (.*): .*", "{0} n'a pas de prix de {1} : importez-en un par `finops price import`"),
    (r"(.*) lacks prices in (.*): (.*)", "il manque des prix à {0} en {1} : {2}"),
)
# what is wrong with a request
WRONG = (
    (r"application (.*) is unknown, or another's", "l'application {0} est inconnue, ou d'un autre"),
    (r"(?:application (.*) is unknown|no application (\S+))(?:: .*)?", "l'application {0} est inconnue"),
    (r"(?:domain (\S+) is unknown|no domain (\S+)): there are (.*)", "le domaine {0} est inconnu : il y a {1}"),
    (r"no (?:family|product) (.*) in domain (.*)", "{0} est inconnu dans le domaine {1}"),
    (
        r"(?:pricing view (\S+) is unknown|no published (\S+)): there are (.*)",
        "la grille de prix {0} est inconnue : il y a {1}",
    ),
    (r"there is no product (.*): .*", "il n'y a pas de produit {0}"),
    (r"unknown applications: (.*)", "applications inconnues : {0}"),
    (r"unknown domains: (.*)", "domaines inconnus : {0}"),
    (r"unknown families: (.*)", "familles inconnues : {0}"),
    (r"unknown products: (.*)", "produits inconnus : {0}"),
    (r"unknown owners: (.*)", "responsables inconnus : {0}"),
    (r"unknown parameter (.*): there are (.*)", "le paramètre {0} est inconnu : il y a {1}"),
    (
        r"(.*) is not a month: write YYYY-MM, for instance (.*)",
        "{0} n'est pas un mois : écrivez AAAA-MM, par exemple {1}",
    ),
    (r"give `month`, or `from` and `to`: not both", "donnez `month`, ou bien `from` et `to` : pas les deux"),
    (r"`from` and `to` go together: .*", "`from` et `to` vont ensemble : les deux mois sont compris"),
    (r"`from` (.*) is after `to` (.*)", "`from` {0} vient après `to` {1}"),
    (
        r"(.*) months are too many: at most (.*), ask several times",
        "{0} mois sont trop : {1} au plus, demandez en plusieurs fois",
    ),
    (r"(.*) has no version: nothing of it was ever published", "{0} n'a aucune version : rien n'en a été publié"),
    (r"(.*) has no version (.*): there is (.*)", "{0} n'a pas de version {1} : il y a {2}"),
    (r"(.*) has no version (.*): the newest is (.*)", "{0} n'a pas de version {1} : la dernière est {2}"),
    (
        r"(.*) version (.*) is the first: there is nothing before it to compare it with",
        "la version {1} de {0} est la première : il n'y a rien avant à quoi la comparer",
    ),
    (
        r"(.*) was never closed: there is no statement; .*",
        "{0} n'a jamais été clos : il n'y a pas de relevé",
    ),
    (r"(.*) has no closing (.*): there is no statement; .*", "{0} n'a pas de clôture {1} : il n'y a pas de relevé"),
    (
        r"application (.*) has no line of product (.*) in (.*)",
        "l'application {0} n'a aucune ligne du produit {1} en {2}",
    ),
    (r"application (.*) has no line in (.*)", "l'application {0} n'a aucune ligne en {1}"),
    (
        r"(.*) is INDIRECT: it has one amount per application, and no product",
        "{0} est INDIRECT : il a un montant par application, et aucun produit",
    ),
    (
        r"product (.*): name its domain too, two domains may use one id",
        "produit {0} : nommez aussi son domaine, deux domaines peuvent avoir le même identifiant",
    ),
    (
        r"product: (.*) has several of this application, name one",
        "product : {0} en a plusieurs de cette application, nommez-en un",
    ),
    (r"(.*) has no slice in (.*): .*", "{0} n'a pas de tranche en {1}"),
    (r"cursor: it is none that was given out: .*", "cursor : il n'a pas été donné ici ; demandez sans lui"),
    (r"cursor: it is of (?:another question|a list in another order): .*", "cursor : il est d'une autre question"),
    (
        r"cursor: figures have changed since that page: .*",
        "cursor : les chiffres ont changé depuis cette page ; recommencez sans lui",
    ),
    (r"nothing is known of (.*): there are months from (.*)", "rien n'est connu de {0} : les mois vont de {1}"),
    (r"(\S+) to (\S+)", "{0} à {1}"),
    (r"there is no quarantined line (.*)", "il n'y a pas de ligne {0} en quarantaine"),
    (r"(.*) is no administrator: .*", "{0} n'est pas administrateur : ceci change ce que voient les autres"),
    (
        r"(.*) sees some applications only: .*",
        "{0} ne voit que certaines applications : ceci les montre toutes",
    ),
    (
        r"the answer took longer than is allowed: .*",
        "la réponse a pris plus de temps que permis : demandez moins de mois ou de groupes",
    ),
    (r"somebody else is changing the same: try again", "quelqu'un d'autre change la même chose : réessayez"),
    (r"the database does not answer: try again", "la base de données ne répond pas : réessayez"),
    (r"id: it goes with every `of` but `total`", "id : il va avec tout `of`, sauf `total`"),
    (
        r"domain: families and products are told apart by domain: name it",
        "domain : familles et produits se distinguent par leur domaine : nommez-le",
    ),
    (
        r"domain: it goes with families and products only; see (.*)",
        "domain : il ne va qu'avec les familles et les produits ; voyez {0}",
    ),
    (r"groupBy: a dimension is named twice", "groupBy : une dimension est nommée deux fois"),
    (
        r"correction: it goes with FIX and one line, and with nothing else",
        "correction : elle va avec FIX et une seule ligne, et rien d'autre",
    ),
    (
        r"isEnabled, availableFrom: give one of them at least",
        "isEnabled, availableFrom : donnez au moins l'un des deux",
    ),
    (
        r"from, to: no range of 1 to (\d+) months: write the earlier one first",
        "from, to : 1 à {0} mois sont permis : écrivez d'abord le premier",
    ),
    (r"a NUL character is in no name", "aucun nom ne contient le caractère NUL"),
    (r"Field required", "obligatoire"),
    (r"Input should be a valid integer.*", "un nombre entier est attendu"),
    (r"Input should be a valid string", "un texte est attendu"),
    (r"Input should be greater than or equal to (.*)", "{0} au moins"),
    (r"Input should be less than or equal to (.*)", "{0} au plus"),
    (r"Input should be (.*)", "valeurs possibles : {0}"),
    (r"String should have at least (\d+) .*", "{0} caractère(s) au moins"),
    (r"String should have at most (\d+) .*", "{0} caractères au plus"),
    (r"Extra inputs are not permitted", "ce nom est inconnu"),
)
TITLES = {
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
