"""A printed explanation whose sums are wrong is seen."""

from __future__ import annotations

import pytest

from finops_assets_tests.printed_tree import read

TREE = """\
3.00  EUR  billing in 2026-01
pricing view internal
├── 1.00  OPEN
│   version 1
│   ├──  0.25  vm
│   ├──  0.75  disk
│   └──  1.00  sum
├── 2.00  SUPPORT
├── no price  CLOUD
└── 3.00  sum
"""


def test_a_true_tree_is_read_with_its_parts():
    tree = read(TREE)
    assert [part.text for part in tree.parts] == ["OPEN", "SUPPORT", "CLOUD", "sum"]
    assert [part.amount for part in tree.parts[0].parts] == [0.25, 0.75, 1]


@pytest.mark.parametrize(
    ("true", "false"),
    [("0.25  vm", "0.26  vm"), ("1.00  sum", "1.01  sum"), ("1.00  OPEN", "1.5  OPEN"), ("3.00  EUR", "3.01  EUR")],
)
def test_a_sum_that_is_wrong_is_seen(true, false):
    with pytest.raises(AssertionError):
        read(TREE.replace(true, false))
