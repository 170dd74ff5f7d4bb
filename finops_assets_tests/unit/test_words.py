"""Every state has words, in every language, and they say something else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from finops_assets.api import words
from finops_assets.api.languages import LANGUAGES
from finops_assets.api.schemas.amounts import SliceState
from finops_assets.costs.standing import SliceRow
from finops_assets.period import Period


def told(state, language, *, is_shown=False, is_current=True, is_outdated=False):
    now = datetime(2024, 1, 1, tzinfo=UTC)
    row = SliceRow(Period(2024, 1), "OPEN", state, is_shown, is_current, is_outdated, None, 0, now)
    return words.of_slice(row, language)


@pytest.mark.parametrize("state", SliceState)
def test_every_state_has_words_in_every_language(state):
    texts = {told(state, language) for language in LANGUAGES}
    assert len(texts) == len(LANGUAGES)
    assert all(text.endswith(".") for text in texts)


def test_languages_have_the_same_words():
    assert len({frozenset(known) for known in words.WORDS.values()}) == 1
    assert set(words.WORDS) == set(LANGUAGES)


def test_failure_that_left_amounts_standing_and_what_is_not_priced_yet_say_so():
    assert told("FAILED", "en") != told("FAILED", "en", is_shown=True)
    assert told("LOADED", "en", is_current=False).startswith("Computed, and not priced yet")
    assert told("LOADED", "fr", is_outdated=True).endswith("Relancez le domaine.")
