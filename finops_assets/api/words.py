"""What states are called, in English and French: why there are no data, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from finops_assets.costs.reasons import Reason, ReasonKind
from finops_assets.costs.standing import SliceRow
from finops_assets.period import Period
from finops_assets.quarantine.decisions import Line, Stage

WORDS = {
    "en": {
        "LOADED": "Computed.",
        "NOT_PRICED": "Computed, and not priced yet: amounts follow with the next refresh.",
        "OUTDATED": "Computed from figures of its driver that have changed since. Run the domain again.",
        "EMPTY_CONFIRMED": "Confirmed empty: the source was read, and nothing was used.",
        "EXPECTED": "Expected: the month is not over, or its source has not been delivered yet.",
        "MISSING": "Missing: the month is over and no source has been delivered. Deliver it, then run the domain.",
        "FAILED": "The last attempt failed, and nothing was taken over. Mend what it names, then run the domain again.",
        "FAILED_SHOWN": "The last attempt failed; amounts are those of the attempt before. Mend what it names, then "
        "run the domain again.",
        "NOT_AVAILABLE": "Not available yet: the domain begins later.",
        "NO_DATA": "No domain has data in this month.",
        "FILTERED": "Nothing of what is asked for was used.",
        "QUARANTINE_WAITING": "Waits for a decision.",
        "QUARANTINE_ACCEPT": "Accepted; waits for a run.",
        "QUARANTINE_FIX": "Corrected; waits for a run.",
        "QUARANTINE_REJECT": "Rejected; waits for a run.",
        "QUARANTINE_REPLAYED": "Settled by a run: taken in, or no longer in the source.",
        "QUARANTINE_REJECTED": "Rejected: left out for good.",
        "QUARANTINE_SUPERSEDED": "Set aside again, as another line of this list.",
        "NO_OWNER": "Without owner",
        "TOTAL": "Everything",
    },
    "fr": {
        "LOADED": "Calculé.",
        "NOT_PRICED": "Calculé, pas encore valorisé : les montants suivront au prochain rafraîchissement.",
        "OUTDATED": "Calculé d'après des chiffres de son inducteur qui ont changé depuis. Relancez le domaine.",
        "EMPTY_CONFIRMED": "Vide confirmé : la source a été lue, et rien n'a été consommé.",
        "EXPECTED": "Attendu : le mois n'est pas fini, ou sa source n'est pas encore livrée.",
        "MISSING": "Manquant : le mois est fini et aucune source n'est livrée. Livrez-la, puis lancez le domaine.",
        "FAILED": "La dernière tentative a échoué, et rien n'a été repris. Corrigez ce qu'elle nomme, puis relancez le "
        "domaine.",
        "FAILED_SHOWN": "La dernière tentative a échoué ; les montants sont ceux de la tentative précédente. Corrigez "
        "ce qu'elle nomme, puis relancez le domaine.",
        "NOT_AVAILABLE": "Pas encore disponible : le domaine commence plus tard.",
        "NO_DATA": "Aucun domaine n'a de données ce mois-ci.",
        "FILTERED": "Rien de ce qui est demandé n'a été consommé.",
        "QUARANTINE_WAITING": "Attend une décision.",
        "QUARANTINE_ACCEPT": "Acceptée ; attend une exécution.",
        "QUARANTINE_FIX": "Corrigée ; attend une exécution.",
        "QUARANTINE_REJECT": "Rejetée ; attend une exécution.",
        "QUARANTINE_REPLAYED": "Réglée par une exécution : reprise, ou disparue de la source.",
        "QUARANTINE_REJECTED": "Rejetée : écartée définitivement.",
        "QUARANTINE_SUPERSEDED": "Écartée de nouveau, dans une autre ligne de cette liste.",
        "NO_OWNER": "Sans propriétaire",
        "TOTAL": "Ensemble",
    },
}

# why an amount is not final, and what to do about it
WHY = {
    "en": {
        "MONTH_NOT_OVER": ("Not over yet: {months}.", "Wait for the end of the month; then it can be closed."),
        "MISSING": ("No source has been delivered: {domains} in {months}.", "Deliver it, then run the domain."),
        "FAILED": ("The last attempt failed: {domains} in {months}.", "Mend what it names, then run the domain again."),
        "OUTDATED": (
            "Computed from figures of a driver that have changed since: {domains} in {months}.",
            "Run the domain again.",
        ),
        "UNPRICED": (
            "{count} line{s} {have} no price: the amount is partial.",
            "Publish a price that takes effect in the month or before.",
        ),
        "NOT_BEGUN": ("There is nothing in {months}: the data begin in {begins}.", "Ask for a later month."),
        "NO_DATA_AT_ALL": ("There is nothing in {months}: no domain has data.", "Enable a domain, then run it."),
        "NOT_CLOSED": ("Not closed yet: {months}. The amount may still change.", "Close the month."),
        "NOT_SIGNED": (
            "Nobody has signed this: it is a draft, or a version or a closing that does not stand.",
            "Ask for what stands.",
        ),
    },
    "fr": {
        "MONTH_NOT_OVER": ("Pas encore fini : {months}.", "Attendez la fin du mois ; il pourra alors être clos."),
        "MISSING": ("Aucune source livrée : {domains}, {months}.", "Livrez-la, puis lancez le domaine."),
        "FAILED": (
            "La dernière tentative a échoué : {domains}, {months}.",
            "Corrigez ce qu'elle nomme, puis relancez le domaine.",
        ),
        "OUTDATED": (
            "Calculé d'après des chiffres d'un inducteur qui ont changé depuis : {domains}, {months}.",
            "Relancez le domaine.",
        ),
        "UNPRICED": (
            "{count} ligne{s} sans prix : le montant est partiel.",
            "Publiez un prix qui prend effet dans le mois ou avant.",
        ),
        "NOT_BEGUN": ("Rien en {months} : les données commencent en {begins}.", "Demandez un mois ultérieur."),
        "NO_DATA_AT_ALL": ("Rien en {months} : aucun domaine n'a de données.", "Activez un domaine, puis lancez-le."),
        "NOT_CLOSED": ("Pas encore clos : {months}. Le montant peut encore changer.", "Clôturez le mois."),
        "NOT_SIGNED": (
            "Personne n'a signé ce montant : c'est un brouillon, ou une version ou une clôture qui ne vaut plus.",
            "Demandez ce qui vaut.",
        ),
    },
}


def of_slice(known: SliceRow, language: str) -> str:
    """Why a domain has, or has not, costs in a month."""
    if known.state == "FAILED" and known.is_shown:
        return word("FAILED_SHOWN", language)
    if known.state == "LOADED" and known.is_outdated:
        return word("OUTDATED", language)
    if known.state == "LOADED" and not known.is_current:
        return word("NOT_PRICED", language)
    return word(known.state, language)


def of_quarantined(line: Line, language: str) -> str:
    """What has become of a line that was set aside."""
    key = line.verdict if line.stage == Stage.DECIDED and line.verdict else line.stage.upper()
    return word(f"QUARANTINE_{key}", language)


def of_reason(reason: Reason, language: str) -> str:
    """Why an amount is not final."""
    many = "" if reason.count == 1 else "s"
    return WHY[language][_key(reason)][0].format(
        months=_months(reason.months, language),
        domains=", ".join(reason.domain_ids),
        count=reason.count,
        s=many,
        have="has" if reason.count == 1 else "have",
        begins=reason.begins,
    )


def remedy_of(reason: Reason, language: str) -> str:
    """What to do about it."""
    return WHY[language][_key(reason)][1]


def _key(reason: Reason) -> str:
    return "NO_DATA_AT_ALL" if reason.kind is ReasonKind.NOT_BEGUN and reason.begins is None else reason.kind


def _months(months: Sequence[Period], language: str) -> str:
    """Months in order, those that follow each other as a range."""
    runs: list[list[Period]] = []
    for month in months:
        if runs and runs[-1][-1].next == month:
            runs[-1].append(month)
        else:
            runs.append([month])
    to = {"en": " to ", "fr": " à "}[language]
    return ", ".join(to.join(dict.fromkeys([str(run[0]), str(run[-1])])) for run in runs)


def word(key: str, language: str) -> str:
    """A state in words."""
    return WORDS[language][key]
