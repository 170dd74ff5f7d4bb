"""What is refused is said in the language asked for, names what there is, and never passes for an amount of nothing."""

from __future__ import annotations

import re

import pytest

from finops_assets.api import phrases

FRENCH = {"Accept-Language": "fr"}


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/applications/nope", 404, "l'application 'nope' est inconnue"),
        ("/domains/NOPE", 404, "le domaine 'NOPE' est inconnu : il y a AUDIT, CLOUD"),
        ("/dashboard?month=2026-13", 422, "query.month: '2026-13' n'est pas un mois : écrivez AAAA-MM"),
        ("/dashboard?pricingView=nope", 404, "la grille de prix 'nope' est inconnue : il y a "),
        ("/dashboard?application=nope", 422, "applications inconnues : 'nope'"),
        ("/dashboard?from=2024-02&to=2024-01", 422, "`from` 2024-02 vient après `to` 2024-01"),
        ("/dashboard?from=2024-02", 422, "`from` et `to` vont ensemble"),
        ("/dashboard?from=2000-01&to=2024-01", 422, "289 mois sont trop : 120 au plus"),
        ("/dashboard?month=2024-01&from=2024-01", 422, "donnez `month`, ou bien `from` et `to`"),
        ("/dashboard?moth=2024-01", 422, "le paramètre 'moth' est inconnu : il y a "),
        ("/dashboard?top=0", 422, "query.top: 1 au moins"),
        ("/lineage?application=nope&month=2024-01", 404, "l'application 'nope' est inconnue"),
        ("/months/2024-01/statement?domain=nope", 422, "domaines inconnus : 'nope'"),
        ("/dashboard?application=nope&application=none", 422, "applications inconnues : 'none', 'nope'"),
        ("/history?of=product&id=nope&domain=OPEN&month=2024-01", 404, "'nope' est inconnu dans le domaine 'OPEN'"),
        ("/history?of=domain&month=2024-01", 422, "id : il va avec tout `of`, sauf `total`"),
        ("/history?of=product&id=vm&month=2024-01", 422, "domain : familles et produits se distinguent par leur"),
        ("/history?of=domain&id=OPEN&domain=OPEN&month=2024-01", 422, "domain : il ne va qu'avec les familles et les"),
        ("/lineage?application=portal&month=2024-01&product=vm", 404, "produit 'vm' : nommez aussi son domaine"),
        ("/lineage?application=portal&month=2020-01", 404, "l'application 'portal' n'a aucune ligne en 2020-01"),
        ("/lineage?application=portal&month=2020-01&domain=OPEN", 404, "OPEN n'a pas de tranche en 2020-01"),
        ("/versions?domain=OPEN&month=2020-01", 404, "OPEN 2020-01 n'a aucune version"),
        ("/diff?domain=OPEN&month=2020-01", 404, "OPEN 2020-01 n'a aucune version"),
        ("/diff?domain=OPEN&month=2024-01", 409, "la version 1 de OPEN 2024-01 est la première"),
        ("/diff?domain=OPEN&month=2024-01&newer=9", 404, "OPEN 2024-01 n'a pas de version 9 : il y a 1"),
        ("/months/2020-01", 404, "rien n'est connu de 2020-01 : les mois vont de 2024-01 à 2024-0"),
        ("/months/2024-03/statement", 404, "2024-03 n'a jamais été clos : il n'y a pas de relevé"),
        ("/applications?cursor=nope", 422, "cursor : il n'a pas été donné ici"),
        ("/domains/%00", 422, "aucun nom ne contient le caractère NUL"),
    ],
)
def test_what_is_wrong_is_said_in_french(api, path, status, told):
    answer = api.get(path, headers=FRENCH)
    assert (answer.status_code, answer.json()["detail"][: len(told)]) == (status, told)


def test_every_unknown_name_of_a_question_is_said_in_french(api):
    filters = {name: ["nope"] for name in ("domains", "families", "products", "applications", "owners")}
    asked = {"from": "2024-01", "to": "2024-01", "groupBy": ["domain"], "filters": filters}
    told = api.post("/aggregate", json=asked, headers=FRENCH).json()["detail"]
    assert sorted(told.split("; ")) == [
        "applications inconnues : 'nope'",
        "domaines inconnus : 'nope'",
        "familles inconnues : 'nope'",
        "produits inconnus : 'nope'",
        "responsables inconnus : 'nope'",
    ]


def test_what_a_domain_should_have_is_said_in_french(api):
    items = api.get("/domains/AUDIT/checklist", headers=FRENCH).json()["items"]
    assert [one["title"] for one in items] == ["essai", "grille de prix", "restitutions"]
    assert items[0]["text"].startswith("exécutez un mois à la main et regardez-le : `finops run")
    assert items[2]["text"] == "elles n'ont encore rien à montrer : après l'essai"


def test_what_has_no_french_is_told_as_it_is():
    assert phrases.wrong("something else; application 'x' is unknown", "fr") == (
        "something else; l'application 'x' est inconnue"
    )
    assert phrases.wrong("application 'x' is unknown", "en") == "application 'x' is unknown"


def test_what_is_as_long_as_an_address_is_told_as_it_is():
    told = " has no version " * phrases.LONGEST
    assert phrases.wrong(told, "fr") == told


@pytest.mark.parametrize(
    "path",
    [
        "/months/2024-01/statement?application=nope",
        "/months/2024-01/statement?domain=nope",
        "/pricing-views/compare?before=internal&after=internal&from=2024-01&to=2024-01&domain=nope",
    ],
)
def test_a_filter_that_matches_nothing_is_no_amount_of_nothing(api, path):
    answer = api.get(path)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unknown-names")
    assert re.search("'nope'", answer.json()["detail"])


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/domains/OPEN", "GET, PATCH"), ("/products", "DELETE, GET"), ("/dashboard", "GET"), ("/aggregate", "POST")],
)
def test_an_address_says_all_its_methods(api, path, allowed):
    answer = api.put(path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


def test_any_tag_is_the_one_there_is(api):
    assert api.get("/dashboard", headers={"If-None-Match": "*"}).status_code == 304


def test_a_language_of_weight_nothing_is_not_wanted(api):
    def language(accepted):
        return api.get("/dashboard", headers={"Accept-Language": accepted}).headers["Content-Language"]

    assert [language(one) for one in ("fr; q=0, en", "fr;q=0.0", "de, fr;q=0.5", "fr-CA")] == ["en", "en", "fr", "fr"]
