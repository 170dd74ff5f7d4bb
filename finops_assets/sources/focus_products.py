"""One metric, one family and one label for each product of a FOCUS export.

A bill prices one product in several units, lists it under several services and describes it in many
ways; the mart wants one of each, and the same one whatever the order of the rows.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from finops_assets.domain import UNMAPPED_FAMILY
from finops_assets.sources.values import LABEL_AT_MOST


def with_products(charges: pa.Table) -> pa.Table:
    """The charges with product_id, family_id, family_label and product_label settled, one row per charge."""
    charges = _split_by_unit(charges)
    services = _service_of(charges)
    labels = _label_of(charges)
    place = pc.index_in(charges["product_id"], value_set=services["product_id"].combine_chunks())
    family = services["service"].take(place)
    place = pc.index_in(charges["product_id"], value_set=labels["product_id"].combine_chunks())
    charges = charges.append_column("family_id", pc.fill_null(family, UNMAPPED_FAMILY))
    charges = charges.append_column("family_label", family)
    return charges.append_column("product_label", labels["label"].take(place))


def _split_by_unit(charges: pa.Table) -> pa.Table:
    """A product priced in several units becomes one product per unit, ``<product>/<unit>``."""
    pairs = charges.group_by(["product_id", "metric"], use_threads=False).aggregate([])
    units = pairs.group_by("product_id", use_threads=False).aggregate([([], "count_all")])
    several = units.filter(pc.greater(units["count_all"], 1))["product_id"].combine_chunks()
    split = pc.binary_join_element_wise(charges["product_id"], charges["metric"], "/")
    product = pc.if_else(pc.is_in(charges["product_id"], value_set=several), split, charges["product_id"])
    return charges.set_column(charges.column_names.index("product_id"), "product_id", product)


def _service_of(charges: pa.Table) -> pa.Table:
    """The service with most rows, the first by name among equals: one row per product."""
    counted = charges.group_by(["product_id", "service"], use_threads=False).aggregate([([], "count_all")])
    order = [("product_id", "ascending"), ("count_all", "descending"), ("service", "ascending")]
    ranked = counted.sort_by(order)
    return (
        ranked.group_by("product_id", use_threads=False)
        .aggregate([("service", "first", pc.ScalarAggregateOptions(skip_nulls=False))])
        .rename_columns(["product_id", "service"])
    )


def _label_of(charges: pa.Table) -> pa.Table:
    """The first description by sort order, cut to a label's length: one row per product."""
    smallest = charges.group_by("product_id", use_threads=False).aggregate([("description", "min")])
    label = pc.utf8_slice_codeunits(smallest["description_min"], 0, LABEL_AT_MOST)
    return pa.table({"product_id": smallest["product_id"], "label": label})
