"""What players' pages ask of the database: never a walk through a table that grows with the players, and on the way of
an answer never a row that belongs to somebody else, so that rows can be spread over machines by player."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from facts.models import (
    Card,
    MetQuestion,
    Player,
    PlayerRating,
    Quiz,
    QuizQuestion,
    RatingWeek,
    Standing,
    StudyPlan,
    Tally,
)
from facts.services.standings import save_player
from tests.factories import make_facts, make_ranked

pytestmark = pytest.mark.django_db

OF_A_PLAYER = [Quiz, QuizQuestion, Card, Tally, PlayerRating, RatingWeek, Standing, MetQuestion, StudyPlan]
# Not the table of players: a join by their key may be planned as a walk through it while they are as few as here.
GROWING = {model._meta.db_table for model in OF_A_PLAYER}
_TABLES = re.compile(
    r'\b(?:FROM|JOIN|UPDATE|INTO)\s+"?(\w+)"?(?:\s+(?:AS\s+)?"?(?!WHERE|SET|ON|INNER|LEFT|ORDER|GROUP|VALUES)(\w+)"?)?'
)
_EXPLAINED = ("SELECT", "UPDATE", "DELETE", "INSERT", "WITH")


@pytest.fixture
def facts(db):
    return make_facts(12)


def answer_at(client, path):
    """Show the question there, and answer it."""
    page = client.get(path, headers={"HX-Request": "true"}).content.decode()
    choice = ["0", "1"] if 'type="checkbox"' in page else ["0"]
    answered = client.post(path, {"choice": choice}, headers={"HX-Request": "true"})
    assert answered.status_code == 200, path


def play(client, path, length=5):
    """Start a quiz there, answer its questions, one page each, and look at the result."""
    begun = client.post(path, {"all_kinds": "1", "length": str(length), "more": "1"})
    quiz = int(re.fullmatch(r"/quiz/(\d+)/.*", begun.url)[1])
    for position in range(1, length + 1):
        answer_at(client, f"/quiz/{quiz}/{position}/")
    assert client.get(f"/quiz/{quiz}/", follow=True).status_code == 200


def statements_of(journey):
    with CaptureQueriesContext(connection) as queries:
        journey()
    found = [query["sql"] for query in queries if query["sql"].lstrip().startswith(_EXPLAINED)]
    assert found
    return found


def tables_of(sql):
    """The tables that the statement reads or writes, by the names that it calls them."""
    return {alias or table: table for table, alias in _TABLES.findall(sql)}


def walks_of(sql):
    """The growing tables of which the statement reads every row, or every entry of an index."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Small tables are read whole, one after the other. Until the test is rolled back these are taken for large
            # ones; to empty ones that does nothing, so the ways of small tables are closed as well.
            for way in ("seqscan", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
            size = "UPDATE pg_class SET relpages = 1, reltuples = 1e7 WHERE relname = ANY(%s) AND reltuples < 1e7"
            cursor.execute(size, [list(GROWING)])
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            plan = cursor.fetchone()[0]
            return find_walks((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        names = tables_of(sql)
        scanned = re.findall(r"SCAN (\w+)", " ".join(row[3] for row in cursor.fetchall()))
        return {names.get(name, name) for name in scanned} & GROWING


def find_walks(plan, under_limit=False):
    """As ``walks_of``, in a plan of PostgreSQL; the first rows of an index are no walk."""
    under_limit = under_limit or plan["Node Type"] == "Limit"
    found = set()
    by_index = plan["Node Type"].startswith(("Index", "Bitmap Index")) and (under_limit or "Index Cond" in plan)
    if plan["Node Type"] == "Seq Scan" or (plan["Node Type"].startswith("Index") and not by_index):
        found = {plan.get("Relation Name")} & GROWING
    return found.union(*(find_walks(part, under_limit) for part in plan.get("Plans", [])))


PAGES = [
    "",
    "history/",
    "history/memory/",
    "history/quizzes/",
    "readiness/",
    "leaderboard/",
    "leaderboard/?period=all",
    "groups/",
    "plan/",
]


def test_pages_walk_through_no_table_that_grows(alice, alice_client, facts):
    play(alice_client, "/quiz/")
    PlayerRating.objects.filter(player=alice).update(deviation=50, answered=40)  # enough to be ranked
    alice.on_board = True
    save_player(alice)
    make_ranked("Bob")
    for path in PAGES:
        for sql in statements_of(lambda path=path: alice_client.get(f"/{path}")):
            assert not walks_of(sql), f"/{path}: {sql}"


@pytest.mark.parametrize("path", ["/quiz/", "/quiz/today/"])
def test_quiz_walks_through_no_table_that_grows(alice, alice_client, facts, path):
    play(alice_client, "/quiz/")
    for sql in statements_of(lambda: play(alice_client, path)):
        assert not walks_of(sql), sql


def test_every_table_of_players_rows_carries_the_player():
    for model in OF_A_PLAYER:
        field = model._meta.get_field("player")
        assert field.related_model is Player, model
        assert not field.null, model


def test_showing_and_answering_ask_for_rows_of_this_player_only(alice, alice_client, facts):
    begun = alice_client.post("/quiz/", {"all_kinds": "1", "length": "5"})
    statements = statements_of(lambda: answer_at(alice_client, f"{begun.url}1/"))
    own = {model._meta.db_table for model in OF_A_PLAYER}
    touching = [sql for sql in statements if own & set(tables_of(sql).values())]
    assert len(touching) >= 3
    for sql in touching:
        assert re.search(rf"\bplayer_id\"? (?:=|IN) \(?{alice.pk}\b", sql), sql
