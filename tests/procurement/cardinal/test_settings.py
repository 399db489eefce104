# SPDX-License-Identifier: EUPL-1.2
"""The settings file as Cardinal reads it, and what it refuses."""

from pathlib import Path

import pytest

from tarazy.procurement.cardinal.settings import BadSettings, methods, parse, read

WHOLE = """\
; what is compared
currency = KZT
no_price_comparison_procurement_methods: "From one source|By lot "

[output]
info_currency_mismatches = true
[exclusions]
procurement_method_details = Test\\tbuy

[R003]
threshold = -5
procurement_methods = open|selective

[R003.procurement_method_details]
quick one = 3

  # a comment may be indented
[R025]
percentile = 90 # of tenderers
threshold = 5e-2
[R035]
threshold = +3
[R036]
[R048]
threshold = off
[codelists.bid_status]
qualified = valid
[defaults]
party_roles = yes
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_whole_file(ends: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", ends).encode())
    found = read(path)
    assert found.currency == "KZT"
    assert found.no_price_comparison == {"From one source", "By lot"}
    assert found.excluded_method_details == {"Test\tbuy"}
    assert found.r003 is not None
    assert found.r003.threshold == -5
    assert found.r003.procurement_method_details == {"quick one": 3}
    assert found.r018 is None
    assert found.r025 is not None
    assert (found.r025.percentile, found.r025.threshold) == (90, 0.05)
    assert found.r035 is not None
    assert found.r035.threshold == 3
    assert found.r036 is not None
    assert found.r048 is not None
    assert (found.r048.threshold, found.r048.digits) == (0, 2)
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("currency = A\\=B", "A=B"),
        ("curr\\x0065ncy = A", "A"),  # a letter of a name may be escaped too
        ("currency = A\\\nB", "AB"),  # a backslash joins lines
        ('currency = "A\\"B" C ', 'A"B C'),
        ("currency = 'A\nB'", "A\nB"),  # quotes hold several lines
        ("currency = A'B'", "A'B'"),
        ("currency = A\\t", "A"),  # trimmed after the escapes
        ("currency =\n[R036]", ""),
        ("currency = A ; B", "A ; B"),  # no comment
        ("currency\n= A", "A"),
        ('currency = " A" ', "A"),  # trimmed within quotes too
        ("; one\rcurrency = A", None),  # a comment ends with a line feed
    ],
)
def test_a_value(text: str, value: str | None) -> None:
    assert parse(text).currency == value


def test_an_escaped_sign_is_part_of_the_name() -> None:
    found = parse("[R003.procurement_method_details]\na\\:b\\=c = 3\n")
    assert found.r003 is not None
    assert found.r003.procurement_method_details == {"a:b=c": 3}


@pytest.mark.parametrize(
    ("text", "members"),
    [("", set()), ("a", {"a"}), ("a|", {"a"}), ("a | b", {"a ", " b"}), ("a||b", {"a", "", "b"})],
)
def test_members_of_a_list(text: str, members: set[str]) -> None:
    assert methods(text) == members


def test_of_equal_names_and_of_equal_sections_the_last_one_wins() -> None:
    found = parse("[R035]\nthreshold=2\nthreshold=4\n[R038]\nthreshold=1\n[R038]\n")
    assert found.r035 is not None
    assert found.r035.threshold == 4
    assert found.r038 is not None
    assert found.r038.threshold is None


def test_what_has_no_effect_is_said() -> None:
    both = (
        "no_price_comparison_procurement_methods=a\nprice_comparison_procurement_methods=b\n[R044]"
    )
    first, second = sorted(parse(both).warnings)
    assert first.startswith("R044")
    assert second.startswith("no_price_comparison_procurement_methods has no effect")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[R001]", "unknown field 'R001'"),
        ("colour = red", "unknown field 'colour'"),
        ("[R036]\nthreshold = 1", "R036: unknown field 'threshold'"),
        ("[R036.inner]\nx = 1", "R036: unknown field 'inner'"),
        ("[R003]\nprocurement_method_details = 3", "a section is expected"),
        ("[R003.procurement_method_details]\nx = soon", "R003.procurement_method_details.x"),
        ("R003 = 1", "a section is expected"),
        ("R003 = 1\n[R003.procurement_method_details]\nx = 1", "a value and a section of one name"),
        ("[currency]\nx = 1", "a value is expected"),
        ("[R035]\nthreshold = -1", "a whole number from 0"),
        ("[R035]\nthreshold = 1.5", "a whole number from 0"),
        ("[R035]\nthreshold = 99999999999999999999", "a whole number from 0"),
        ("[R024]\nthreshold =", "is not a number"),
        ("[R024]\nthreshold = 1_0", "is not a number"),
        ("[defaults]\nparty_roles = perhaps", "true or false"),
        ("[codelists.colour]\nx = y", "codelists: unknown field 'colour'"),
        ("[R024\n", 'expecting "]"'),
        ("words", 'expecting "="'),
        ("= 3", "missing key"),
        ('currency = "KZT', 'expecting "'),
        ("currency = KZT\\", "nothing follows the backslash"),
        ("currency = \\x41", "four hexadecimal digits"),
        ("currency = \\xD800", "is no character"),
        ("[output]\ncolour = red", "output: unknown field 'colour'"),
    ],
)
def test_a_bad_file_is_refused_with_the_place(text: str, said: str) -> None:
    with pytest.raises(BadSettings) as refused:
        parse(text)
    assert said in str(refused.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="No such file"):
        read(tmp_path / "none.ini")


def test_the_ending_of_the_file_may_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.b.ini").write_text("currency = KZT")
    assert read(tmp_path / "a.b").currency == "KZT"
    (tmp_path / "a.b").write_text("currency = USD")
    assert read(tmp_path / "a.b").currency == "USD"
    for name in ("a", "", ".."):
        with pytest.raises(BadSettings):
            read(tmp_path / name)
