from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts.questions.quantities import Found, find_quantities, other_values, quantity


def find_one(text: str) -> Found:
    [found] = find_quantities(text)
    return found


def written(text: str) -> list[str]:
    """Other amounts for the one in the text, as they are written in its place."""
    found = find_one(text)
    return [found.write(value) for value in other_values(found)]


# A text that is an amount


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("24 hours", ("time", 86400)),
        ("one day", ("time", 86400)),
        ("1 week", ("time", 604800)),
        ("100 ms", ("time", Fraction(1, 10))),
        ("1.5 minutes", ("time", 90)),
        ("15-minute", ("time", 900)),
        ("5 GB", ("size", 5 * 2**30)),
        ("1,024 MB", ("size", 2**30)),
        ("1 GiB", ("size", 2**30)),
        ("10 Gbps", ("rate", 10**10)),
        ("99.9 %", ("percent", Fraction(999, 10))),
        ("50 percent", ("percent", 50)),
        ("50%", ("percent", 50)),
        ("3", ("number", 3)),
        ("1,000", ("number", 1000)),
        ("three copies", ("number copie", 3)),
        ("3 copies", ("number copie", 3)),
        ("5 MB per second", ("size per second", 5 * 2**20)),
        (" Twenty Days ", ("time", 20 * 86400)),
    ],
)
def test_quantity_gives_kind_and_exact_value(text, found):
    assert quantity(text) == found


@pytest.mark.parametrize(
    "text", ["", "hours", "Amazon S3", "S3 Standard", "24 hours.", "about 5 GB", ",", "%", "5 (five)"]
)
def test_quantity_none_for_other_text(text):
    assert quantity(text) is None


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("60 minutes", "one hour"),
        ("7 days", "1 week"),
        ("365 days", "1 year"),
        ("12 months", "1 year"),
        ("0.5 KB", "512 bytes"),
        ("1 Gbps", "1,000 Mbps"),
    ],
)
def test_quantity_equal_for_same_amount_in_other_unit(text, same):
    assert quantity(text) == quantity(same)


@given(st.text(max_size=20) | st.text("0123456789.,-% abcgmstz", max_size=12))
def test_quantity_never_raises_for_short_text(text):
    found = quantity(text)
    assert found is None or found[1] >= 0


# Amounts in a running text


@pytest.mark.parametrize(
    ("text", "number", "unit", "noun", "kind", "value"),
    [
        ("It lasts 15 minutes.", "15", " minutes", "minutes", "time", 900),
        ("It has a 15-minute limit.", "15", "-minute", "minute", "time", 900),
        ("It lasts 15\u00a0minutes.", "15", "\u00a0minutes", "minutes", "time", 900),
        ("It holds 1,024 MB.", "1,024", " MB", "mb", "size", 2**30),
        ("It promises 99.9% of it.", "99.9", "%", "%", "percent", Fraction(999, 10)),
        ("It promises 99.9 % of it.", "99.9", " %", "%", "percent", Fraction(999, 10)),
        ("It has three copies.", "three", "", "copies", "number copie", 3),
        ("It has Three copies.", "Three", "", "copies", "number copie", 3),
        ("It has 20 indexes.", "20", "", "indexes", "number indexe", 20),
        ("The limit is 20.", "20", "", "", "number ", 20),
        ("It is 20 or more.", "20", "", "", "number ", 20),
        ("It lasts one day.", "one", " day", "day", "time", 86400),
    ],
)
def test_find_quantities_one_amount(text, number, unit, noun, kind, value):
    found = find_one(text)
    assert (found.number, found.unit, found.noun, found.kind, found.value) == (number, unit, noun, kind, value)
    assert text[found.start : found.end] == number + unit


def test_find_quantities_in_their_order():
    text = "It keeps two copies for one day, then 5 GB for 30 days."
    assert [text[found.start : found.end] for found in find_quantities(text)] == ["two", "one day", "5 GB", "30 days"]


@pytest.mark.parametrize(
    "text",
    [
        *("It supports IPv4.", "It supports TLS 1.2.", "It runs version 1.2.3.", "It runs v2.", "Amazon S3 stores it."),
        *("It uses port 443.", "It works at layer 7.", "See RFC 1918.", "It uses SHA 256.", "It uses HTTP 2."),
        *("The block is 10.0.0.0/16.", "The block is a /26.", "The route is 0.0.0.0/0."),
        *("It costs $5.", "It costs €5."),
        *("It is in us-east-1.", "It is an m5.large.", "It is api/v2."),
        *("It is 24/7.", "It starts at 12:30.", "It is 5x."),
        *("It started in 2006.", "It started in March 2006.", "It is the 5th one."),
        *("It is 3-way.", "It has 64-bit keys."),
        *("It uses two-factor sign-in.", "It is 12-15 nodes.", "It is one of them."),
        *("It is one or more.", "It has -5."),
        *("The key is arn:aws:kms:eu-west-1:111122223333:key/1.", "It is +5 days.", "It is 5/10."),
    ],
)  # fmt: skip
def test_find_quantities_none_in_names_versions_ports_addresses_and_years(text):
    assert list(find_quantities(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        *("The year is 2024 by default.", "It started on 14 March 2006.", "The port is 443."),
        *("The default port is 443.", "The default layer is 7.", "The default version is 2."),
        *("The default prefix length is 26.",),
    ],
)
def test_find_quantities_none_where_the_name_stands_further_off(text):
    assert list(find_quantities(text)) == []


@given(st.text(max_size=60) | st.text("0123456789.,-% abdhsKMG/", max_size=60))
def test_find_quantities_spans_are_the_text_and_never_overlap(text):
    end = 0
    for found in find_quantities(text):
        assert found.start >= end
        assert text[found.start : found.end] == found.number + found.unit
        end = found.end


# Another amount in its place


@pytest.mark.parametrize(
    ("text", "value", "other"),
    [
        ("It lasts 15 minutes.", 3600, "60 minutes"),
        ("It lasts 15 minutes.", 60, "1 minute"),
        ("It lasts 1 minute.", 120, "2 minutes"),
        ("It lasts 15 minutes.", 90, None),  # no fraction where there was none
        ("It lasts 1.5 minutes.", 135, "2.25 minutes"),
        ("It has a 15-minute limit.", 3600, "60-minute"),
        ("It has a 15-minute limit.", 60, None),
        ("It has 20 indexes.", 1, None),  # "1 indexes"
        ("It has 20 indexes.", 40, "40"),
        ("It has 20 indexes.", 2000, "2,000"),
        ("It has 2000 indexes.", 4000, "4000"),
        ("It has 2,000 indexes.", 4000, "4,000"),
        ("It has 2000 indexes.", 20000, "20,000"),
        ("It has three copies.", 5, "five"),
        ("It has three copies.", 21, None),
        ("It has three copies.", Fraction(5, 2), None),
        ("It takes 5%.", Fraction(5, 2), "2.5%"),
        ("It takes 5%.", Fraction(1, 3), None),
        ("It holds 5 MB.", 5 * 2**40, None),  # nobody writes 5,242,880 MB
    ],
)
def test_write_as_the_amount_is_written(text, value, other):
    assert find_one(text).write(Fraction(value)) == other


@pytest.mark.parametrize(("text", "other"), [("It lasts one day.", "two days"), ("It lasts 1 day.", "2 days")])
def test_write_the_plural_of_a_day(text, other):
    assert find_one(text).write(Fraction(2 * 86400)) == other


@pytest.mark.parametrize(
    ("text", "value", "other"),
    [("It takes 2 ms.", Fraction(1, 1000), "1 ms"), ("It takes 1 ms.", Fraction(1, 500), "2 ms")],
)
def test_write_leaves_short_units_alone(text, value, other):
    assert find_one(text).write(value) == other


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("It lasts 15 minutes.", "2 minutes/3 minutes/5 minutes/10 minutes/20 minutes/30 minutes/45 minutes"),
        ("It is 16 KB long.", "2 KB/4 KB/8 KB/32 KB/64 KB/128 KB"),
        ("It promises 99.9%.", "99%/99.5%/99.95%/99.99%/99.995%/99.999%"),
        ("It has three copies.", "two/four/five/six/seven/eight/nine/ten"),
        ("It takes 5%.", "1%/2%/10%/15%/20%"),
    ],
)
def test_other_values_are_believable(text, others):
    assert set(others.split("/")) <= set(written(text))


@pytest.mark.parametrize("text", ["It keeps 100%.", "It keeps 0%.", "The delay is 0 seconds.", "It has 99.999999999%."])
def test_other_values_none_for_all_nothing_and_many_nines(text):
    assert written(text) == []


def test_other_values_of_nines_never_reach_all():
    assert not {"100%", "99.9999%"} & set(written("It promises 99.999%."))


@pytest.mark.parametrize("text", ["It lasts 365 days.", "It lasts 12 months.", "It lasts 7 days.", "It is 1,024 MB."])
def test_other_values_are_other_amounts_in_whatever_unit(text):
    found = find_one(text)
    own = quantity(text[found.start : found.end])
    assert own not in [quantity(other) for other in written(text)]


amounts = st.builds(
    "It has {} {} here.".format,
    st.integers(2, 3_000_000).map(lambda number: f"{number:,}") | st.sampled_from(["1.5", "0.25", "99.9"]),
    st.sampled_from(["days", "seconds", "KB", "GB", "copies", "Mbps", "%"]),
) | st.builds("It has {} {} here.".format, st.sampled_from(["two", "seven"]), st.sampled_from(["days", "copies"]))


@settings(max_examples=150)
@given(amounts)
def test_other_values_are_near_by_size_and_readable(text):
    for found in find_quantities(text):
        others = other_values(found)
        assert others == sorted(set(others))
        for value in others:
            assert value != found.value
            assert found.value / 12 <= value <= found.value * 12
            again = find_one(text[: found.start] + found.write(value) + text[found.end :])
            assert (again.kind, again.value) == (found.kind, value)
