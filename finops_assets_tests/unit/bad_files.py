"""Classes of usage files that must be refused, and what the refusal must say of each."""

from __future__ import annotations

import gzip
import unicodedata
from dataclasses import dataclass

HEADER = "application_id,product_id,quantity\n"
TIMED = "application_id,product_id,quantity,usage_start,usage_end\n"
LABELLED = "application_id,product_id,quantity,product_label\n"
GOOD = "APP-1,CPU,10\n"


@dataclass(frozen=True)
class Bad:
    """A file, the place of its fault, and words of the reason and of the remedy."""

    title: str
    data: bytes
    reason: str
    remedy: str
    line: int | None = None
    column: str | None = None
    value: str | None = None
    name: str = "2025-03.csv"


def _row(title: str, row: str, column: str, value: str, reason: str, remedy: str, header: str = HEADER) -> Bad:
    """A file whose second line is good and whose third has one bad value."""
    width = header.count(",") - GOOD.count(",")
    good = GOOD.replace("\n", "," * width + "\n")
    return Bad(title, f"{header}{good}{row}\n".encode(), reason, remedy, 3, column, value)


def _id(title: str, product: str, reason: str, remedy: str) -> Bad:
    return _row(title, f"APP-1,{product},1", "product_id", product, reason, remedy)


def _quantity(title: str, text: str, reason: str, remedy: str) -> Bad:
    written = f'"{text}"' if "," in text else text
    return _row(title, f"APP-2,CPU,{written}", "quantity", text, reason, remedy)


def _time(title: str, start: str, end: str, reason: str, remedy: str, *, at_start: bool = False) -> Bad:
    column, value = ("usage_start", start) if at_start else ("usage_end", end)
    return _row(title, f"APP-2,CPU,1,{start},{end}", column, value, reason, remedy, TIMED)


def _header(title: str, header: str, column: str | None, reason: str, remedy: str, value: str | None = None) -> Bad:
    return Bad(title, f"{header}\nAPP-1,CPU,10\n".encode(), reason, remedy, 1, column, value)


_BOMB = gzip.compress(HEADER.encode() + b"0" * 25_000_000)

ENCODING = [
    Bad("zero bytes", b"", "0 bytes", "header line"),
    Bad("utf-16", (HEADER + GOOD).encode("utf-16"), "UTF-16 text (mark at byte 0)", "save it as UTF-8", 1),
    Bad("utf-16 unmarked", (HEADER + GOOD).encode("utf-16-le"), "0x00 at byte 1", "UTF-8", 1),
    Bad("latin-1", (HEADER + "APP-é,CPU,1\n").encode("latin-1"), "byte 0xE9 at byte 39", "Latin-1", 2),
    Bad("cut utf-8", HEADER.encode() + b"APP-\xc3,CPU,1\n", "byte 0xC3 at byte 39", "UTF-8", 2),
    Bad("overlong utf-8", HEADER.encode() + b"APP-\xc0\xaf,CPU,1\n", "byte 0xC0 at byte 39", "UTF-8", 2),
    Bad("surrogate", HEADER.encode() + b"APP-\xed\xa0\x80,CPU,1\n", "byte 0xED at byte 39", "UTF-8", 2),
    Bad("nul", (HEADER + "APP\0,CPU,1\n").encode(), "0x00 at byte 38", "plain UTF-8", 2),
    Bad("escape", (HEADER + GOOD + "APP\x1b,CPU,1\n").encode(), "0x1B at byte 51", "plain UTF-8", 3),
    Bad("delete", (HEADER + "APP\x7f,CPU,1\n").encode(), "0x7F at byte 38", "plain UTF-8", 2),
    Bad("old mac line ends", (HEADER + GOOD).replace("\n", "\r").encode() + b"\n", "0x0D at byte 34", "UTF-8", 1),
    Bad("gzip named csv", gzip.compress((HEADER + GOOD).encode()), "compressed with gzip", ".csv.gz", 1),
    Bad("csv named gzip", (HEADER + GOOD).encode(), "not a whole gzip", "compress", name="2025-03.csv.gz"),
    Bad("cut gzip", gzip.compress(GOOD.encode() * 99)[:-9], "not a whole gzip", "deliver", name="2025-03.csv.gz"),
    Bad("bad crc", gzip.compress(b"x")[:-8] + b"\0" * 8, "not a whole gzip", "deliver", name="2025-03.csv.gz"),
    Bad("empty gzip", gzip.compress(b""), "0 bytes", "header line", name="2025-03.csv.gz"),
    Bad("bomb", _BOMB, "compressed more than 200 times", "uncompressed", name="2025-03.csv.gz"),
    Bad("spreadsheet", b"PK\x03\x04rest", "zip archive or a spreadsheet", "export it as CSV", 1),
    Bad("html", b"<!DOCTYPE html>\n<html>Not found</html>\n", "HTML", "what the download answered", 1),
    Bad("csv named parquet", (HEADER + GOOD).encode(), "Parquet", "deliver it again", name="2025-03.parquet"),
]

STRUCTURE = [
    Bad("no final newline", (HEADER + GOOD + "APP-2,CPU,1").encode(), "cut short", "complete", 3),
    Bad("cut in a line", (HEADER + GOOD + "APP-2,CP").encode(), "cut short", "complete", 3),
    Bad(
        "unbalanced quote", (HEADER + GOOD + '"APP-2,CPU,1\nAPP-3,CPU,1\n').encode(), "quoting", "close every quote", 3
    ),
    Bad("text after quote", (HEADER + '"APP"x,CPU,1\n').encode(), "quoting", "close every quote", 2),
    Bad("blank line", (HEADER + GOOD + "\nAPP-2,CPU,1\n").encode(), "blank line", "remove it", 3),
    Bad("blank last line", (HEADER + GOOD + "\n").encode(), "blank line", "remove it", 3),
    Bad("field too many", (HEADER + "APP-1,CPU,1,5\n").encode(), "4 fields", "quote", 2, value="APP-1,CPU,1,5"),
    Bad("field too few", (HEADER + GOOD + "APP-1,CPU\n").encode(), "2 fields", "whole", 3, value="APP-1,CPU"),
    Bad(
        "after a label of two lines",
        (LABELLED + 'A,CPU,1,"one\ntwo"\nB,CPU\n').encode(),
        *("2 fields", "whole", 4, None, "B,CPU"),
    ),
    _header("missing column", "application_id,product_id,metric", "quantity", "lacks this column", "required are"),
    _header("unknown column", "application_id,product_id,quantity,cost", "cost", "unknown", "remove it", "cost"),
    _header("other case", "application_id,Product_ID,quantity", "Product_ID", "unknown", "exactly product_id"),
    _header("space in header", "application_id, product_id,quantity", " product_id", "unknown", "exactly product_id"),
    _header("doubled column", "application_id,product_id,quantity,quantity", "quantity", "more than once", "keep one"),
    _header("semicolons", "application_id;product_id;quantity", None, "semicolons", "commas"),
    _header("tabs", "application_id\tproduct_id\tquantity", None, "tabs", "commas"),
    _header("no header", "APP-1,CPU,10", None, "names none of the columns", "begin the file with its header"),
    _header("201 columns", ",".join(f"c{n}" for n in range(201)), None, "201 columns", "only the columns"),
    Bad(
        "huge field",
        f"{LABELLED}APP-1,CPU,1,{'x' * 100_001}\n".encode(),
        *("more than 100000 bytes", "shorten", 2, "product_label", "x" * 100_001),
    ),
    Bad("endless field", f"{LABELLED}APP-1,CPU,1,{'x' * 200_000}\n".encode(), "endless field", "quote", 2),
]

VALUES = [
    _row("no application", ",CPU,1", "application_id", "", "must name an application", "name it"),
    _row("no product", "APP-1,,1", "product_id", "", "is empty", "fill it in"),
    _row("reserved id", "UNALLOCATED,CPU,1", "application_id", "UNALLOCATED", "reserved", "real application"),
    _row("reserved id too", "UNASSIGNED,CPU,1", "application_id", "UNASSIGNED", "reserved", "real application"),
    _id("star", "*", "every product", "real product"),
    _id("long id", "x" * 201, "201 characters", "shorten"),
    _id("leading space", " CPU", "begins or ends with a space", "remove"),
    _id("trailing space", "CPU ", "begins or ends with a space", "remove"),
    _id("two spaces", "CPU  2", "two spaces", "write one"),
    _id("no-break space", "CPU\u00a02", "U+00A0", "plain space"),
    _id("tab", "CPU\t2", "U+0009", "remove"),
    _id("zero width", "CPU\u200b", "U+200B", "remove"),
    _id("soft hyphen", "CPU\u00ad2", "U+00AD", "remove"),
    _id("second mark", "\ufeffCPU", "U+FEFF", "remove"),
    _id("right to left", "CPU\u202e2", "U+202E", "remove"),
    _id("line separator", "CPU\u20282", "U+2028", "remove"),
    _id("private use", "CPU\ue000", "U+E000", "remove"),
    _id("C1 control", "CPU\u0085", "U+0085", "remove"),
    _id("NFD", unicodedata.normalize("NFD", "CPU-é"), "NFC", "export it as NFC"),
    _id("cyrillic a", "C\u0430rt", "mixes Cyrillic and Latin", "one alphabet"),
    _id("greek o", "C\u03bfst", "mixes Greek and Latin", "one alphabet"),
    _row("long label", f"A,CPU,1,{'x' * 501}", "product_label", "x" * 501, "501 characters", "shorten", LABELLED),
    _row("tab in label", "A,CPU,1,a\tb", "product_label", "a\tb", "U+0009", "remove", LABELLED),
    _quantity("no quantity", "", "is empty", "fill it in"),
    _quantity("text", "ten", "not a number", "12.5"),
    _quantity("NaN", "NaN", "not a number", "12.5"),
    _quantity("infinity", "-inf", "not a number", "12.5"),
    _quantity("exponent", "1e400", "exponent", "all its digits"),
    _quantity("comma decimals", "10,5", "comma", "use a point"),
    _quantity("thousands", "1,000.5", "comma", "use a point"),
    _quantity("spaced thousands", "1 000", "space", "remove"),
    _quantity("plus", "+1", "plus sign", "remove"),
    _quantity("no digit after point", "1.", "not a number", "12.5"),
    _quantity("no digit before point", ".5", "not a number", "12.5"),
    _quantity("two minus", "--1", "not a number", "12.5"),
    _quantity("arabic digits", "١٢", "ASCII digit", "0-9"),
    _quantity("hexadecimal", "0x10", "not a number", "12.5"),
    _quantity("underscore", "1_000", "not a number", "12.5"),
    _quantity("with unit", "10GB", "not a number", "12.5"),
    _quantity("percent", "10%", "not a number", "12.5"),
    _quantity("19 digits", "1" + "0" * 18, "18 digits", "unit"),
    _quantity("13 decimals", "0.0000000000001", "12 decimals", "round it at its source"),
    _quantity("13 decimals with zeros after", "0.12345678901230", "12 decimals", "round it at its source"),
    _row(
        *("unknown class", "A,CPU,1,REFUND", "charge_class", "REFUND", "known word", "CREDIT, CORRECTION"),
        header="application_id,product_id,quantity,charge_class\n",
    ),
]

TIMES = [
    _time("start alone", "2025-03-01", "", "only one", "both or neither"),
    _time("end alone", "", "2025-03-01", "only one", "both or neither"),
    _time("backwards", "2025-03-02", "2025-03-01", "not after", "offsets"),
    _time("no duration", "2025-03-02", "2025-03-02", "not after", "offsets"),
    _time("month before", "2025-02-28", "2025-03-02", "another month", "own month", at_start=True),
    _time("month after", "2025-04-01", "2025-04-02", "another month", "own month", at_start=True),
    _time("paris is later", "2025-02-28T22:59:59Z", "2025-03-02", "another month", "own month", at_start=True),
    _time("two months", "2025-03-02", "2025-05-01T00:00:01", "following month", "one line per month"),
    _time("skipped hour", "2025-03-30T02:30:00", "2025-03-31", "does not exist", "+02:00", at_start=True),
    _time("no such day", "2025-03-01", "2025-03-32", "ISO 8601", "2025-03-31T14"),
    _time("french day", "01/03/2025", "2025-03-02", "ISO 8601", "2025-03-31T14", at_start=True),
    _time("hour 24", "2025-03-01", "2025-03-02T24:00", "ISO 8601", "2025-03-31T14"),
    _time("epoch", "1740787200", "2025-03-02", "ISO 8601", "2025-03-31T14", at_start=True),
]

BAD_FILES = [*ENCODING, *STRUCTURE, *VALUES, *TIMES]
