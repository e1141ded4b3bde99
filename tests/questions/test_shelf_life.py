from datetime import date, timedelta

import pytest

from facts.questions.shelf_life import age_in_words, is_short_lived, review_day

READ = date(2026, 11, 23)


@pytest.mark.parametrize(
    "statement",
    [
        "Amazon SQS keeps a message for four days by default.",
        "The largest native message payload of Amazon SQS is 1 MiB.",
        "The quota of IPv4 CIDR blocks per Amazon VPC can be raised.",
        "An AWS Direct Connect LAG can have at most two members.",
        "AWS Global Accelerator adds an hourly fee and a premium per GB.",
        "An unused Elastic IP address costs $3 in a month.",
    ],
)
def test_amounts_quotas_and_prices_are_short_lived(statement):
    assert is_short_lived(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "Amazon S3 stores an object in three or more Availability Zones as one copy each.",
        "AWS DMS requires at least one of its two endpoints to be on an AWS service.",
        "A user-defined tag becomes available in AWS Cost Explorer only after its activation.",
        "With consolidated billing, a Reserved Instance can discount the usage of another account.",
        "AWS Data Exports delivers the report CUR 2.0 to Amazon S3.",
    ],
)
def test_how_a_service_works_is_long_lived(statement):
    assert not is_short_lived(statement)


@pytest.mark.parametrize(
    ("checked_on", "in_half_a_year", "in_a_year"),
    [
        (READ, date(2027, 5, 23), date(2027, 11, 23)),
        (date(2027, 8, 31), date(2028, 2, 29), date(2028, 8, 31)),
        (date(2028, 2, 29), date(2028, 8, 29), date(2029, 2, 28)),
        (date(2026, 12, 1), date(2027, 6, 1), date(2027, 12, 1)),
        (date.max, date.max, date.max),
    ],
)
def test_review_day_is_the_same_day_half_a_year_or_a_year_later(checked_on, in_half_a_year, in_a_year):
    assert review_day("Amazon S3 keeps the log for 24 hours.", checked_on) == in_half_a_year
    assert review_day("Amazon S3 keeps the log.", checked_on) == in_a_year


@pytest.mark.parametrize(
    ("days", "words"),
    [
        *((-1, "today"), (0, "today"), (1, "yesterday"), (13, "13 days ago"), (20, "2 weeks ago")),
        *((31, "1 month ago"), (95, "3 months ago"), (366, "12 months ago"), (800, "2 years ago")),
    ],
)
def test_age_is_told_as_one_says_it(days, words):
    assert age_in_words(READ, READ + timedelta(days=days)) == words
