"""Players and answers by the million, as if they had practised: who they are is drawn at random, not measured.

    DATABASE_URL=... python -m tests.benchmarks.population --players 1000000 --answers 10000000

fills a database that has been migrated and has the bank loaded. ``crowd`` fills databases of its own.

Abilities are normally distributed; how much somebody answers is log-normal, so that a few answer a lot and most give
up early; activity thins out towards the past. An answer is right by the three-parameter logistic model. What the
answers add up to (cards, ratings, sums, places on the leaderboard) is written with them, near enough to what the fold
would come to for pages and queries to cost the same; the players count as folded. On the board of the whole exam for
all time everybody stands, however few answers they have: the largest board that there can be.

Rows are written in parts, a transaction each, by COPY on PostgreSQL and by executemany on SQLite. A part depends on
its number and the seed alone; whatever was interrupted goes on after the last whole part.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import django
from django.apps import apps
from django.db import connection, models, transaction

if not apps.ready:  # run by itself, not by another benchmark that has set Django up
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "examprep.settings")
    django.setup()

from facts.learning.rating import CENTRE, SCALE, WIDEST, Rating
from facts.learning.skill import is_ranked, skill
from facts.models import Card, Player, PlayerRating, Question, Quiz, QuizQuestion, Standing, Tally
from facts.models.boards import BoardFields, period_start
from facts.models.progress import EPOCH
from facts.questions.grading import guess_floor
from facts.services.progress import FOLD_VERSION
from facts.services.ratings import is_rated_kind
from facts.services.standings import recount_rungs
from tests.benchmarks.report import progress

Rows = dict[type[models.Model], list[dict[str, Any]]]

PART = 2_000  # players
QUIZ_LENGTH = 20
MOST_QUIZZES = 100  # of one player
SPREAD = 1.2  # of the logarithm of how much somebody answers: one in twenty gives half of all answers
YEARS = 2
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Template:
    """A question of the bank with what its copies in quizzes say."""

    question: int
    fact: int
    kind: str
    service: str
    service_name: str
    domain: str
    family: str
    stem: str
    options: str  # JSON
    told: str  # JSON
    keys: str  # JSON: the right indices
    wrong: str  # JSON: others, as many
    floor: float
    difficulty: float  # in logits


def read_templates(rng: random.Random) -> list[Template]:
    """The questions of the bank that are asked."""
    found = Question.objects.askable().select_related("fact__service__family").order_by("pk")
    templates = []
    for question in found:
        fact, correct = question.fact, [option["correct"] for option in question.options]
        keys = [index for index, is_key in enumerate(correct) if is_key]
        others = [index for index, is_key in enumerate(correct) if not is_key]
        told = {
            name: getattr(fact, name) for name in ("slug", "statement", "explanation", "status", "note", "reference")
        }
        told["checked_on"] = fact.checked_on.isoformat() if fact.checked_on else ""
        templates.append(
            Template(
                *(question.pk, fact.pk, question.kind, fact.service.slug, fact.service.name, fact.domain),
                *(fact.service.family.slug, question.stem, json.dumps(question.options), json.dumps(told)),
                *(json.dumps(keys), json.dumps((others + keys)[: len(keys)]), guess_floor(len(correct), len(keys))),
                rng.gauss(0, 1),
            )
        )
    return templates


class Population:
    """``players`` with ``answers`` between them, beside whoever is in the database already.

    ``crowd-n`` has the id ``base + n``, and quizzes whose ids begin at that times MOST_QUIZZES.
    """

    def __init__(self, players: int, answers: int, seed: int = 1) -> None:
        self.players = players
        self.seed = seed
        self.mean = answers / players
        self.templates = read_templates(random.Random(seed))
        self.now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)

    def fill(self, progress: Callable[[int, int], None]) -> None:
        """Write every part that is not there yet, then what counts all of them."""
        crowd = Player.objects.filter(username__startswith="crowd-")
        done = crowd.count()
        self.base = crowd.aggregate(first=models.Min("pk"))["first"] or _free_base()
        for start in range(done, self.players, PART):
            self._write_part(range(start, min(start + PART, self.players)))
            progress(min(start + PART, self.players), self.players)
        _follow_ids()
        recount_rungs()

    @transaction.atomic
    def _write_part(self, numbers: range) -> None:
        rng = random.Random(f"{self.seed}:{numbers.start}")
        rows: Rows = defaultdict(list)
        for number in numbers:
            self._add_player(rows, number, rng)
        for model in (Player, Quiz, QuizQuestion, Card, PlayerRating, Tally, Standing):
            write_rows(model, rows[model])

    def _add_player(self, rows: Rows, number: int, rng: random.Random) -> None:
        """A member with all that belongs to them."""
        member = _Member(self, self.base + number, rng)
        rows[Player].append(
            {
                **{"id": member.id, "username": f"crowd-{number}", "display_name": f"Crowd {number}"},
                **{"name_key": f"crowd{number}", "password": "!", "email": "", "on_board": True},
                "public_id": uuid.UUID(int=rng.getrandbits(128), version=4),
                **{"date_joined": member.joined, "folded_until": self.now, "fold_version": FOLD_VERSION},
            }
        )
        for sitting, started in enumerate(member.sittings):
            quiz = member.id * MOST_QUIZZES + sitting
            rows[Quiz].append(
                {
                    **{"id": quiz, "player_id": member.id, "scope": "Everything", "seed": quiz, "is_counted": True},
                    **{"started_at": started, "finished_at": started + QUIZ_LENGTH * timedelta(seconds=30)},
                }
            )
            rows[QuizQuestion] += member.sit(quiz, started)
        rows[Card] += member.cards.values()
        rows[Tally] += member.list_tallies()
        ratings = member.list_ratings()
        rows[PlayerRating] += ratings
        rows[Standing] += list_standings(ratings)


def _free_base() -> int:
    """The first of player ids that are free from there on, and whose quizzes' ids are."""
    player, quiz = (model.objects.aggregate(last=models.Max("pk"))["last"] or 0 for model in (Player, Quiz))
    return max(player, quiz // MOST_QUIZZES) + 1


class _Member:
    """One player: how able, how busy, since when; and what their answers add up to."""

    def __init__(self, population: Population, pk: int, rng: random.Random) -> None:
        self.id, self.rng, self.templates = pk, rng, population.templates
        self.ability = rng.gauss(0.5, 1)  # in logits
        amount = rng.lognormvariate(math.log(population.mean) - SPREAD**2 / 2, SPREAD)
        self.left = min(max(round(amount), 1), MOST_QUIZZES * QUIZ_LENGTH)  # answers still to give
        self.joined = population.now - rng.random() ** 2 * YEARS * 365 * _DAY - _DAY
        span = population.now - self.joined
        quizzes = math.ceil(self.left / QUIZ_LENGTH)
        self.sittings = sorted(self.joined + span * rng.random() for _ in range(quizzes))
        self.attempts: Counter[int] = Counter()
        self.cards: dict[int, dict[str, Any]] = {}
        self.tallies: dict[tuple[str, date, str], Counter[str]] = defaultdict(Counter)
        self.rated: dict[str, Counter[str]] = defaultdict(Counter)  # by scope
        self.rated_at: dict[str, datetime] = {}

    def sit(self, quiz: int, started: datetime) -> Iterator[dict[str, Any]]:
        """The answers of one quiz, each counted to what they add up to."""
        asked = self.rng.sample(self.templates, min(QUIZ_LENGTH, self.left))
        self.left -= len(asked)
        shown = started
        for position, template in enumerate(asked, 1):
            known = 1 / (1 + math.exp(template.difficulty - self.ability))
            is_right = self.rng.random() < template.floor + (1 - template.floor) * known
            answered = shown + timedelta(seconds=self.rng.lognormvariate(2.8, 0.5))
            self.attempts[template.question] += 1
            self._count(template, is_right, answered)
            yield {
                **{"quiz_id": quiz, "player_id": self.id, "position": position, "question_id": template.question},
                **{"fact_id": template.fact, "kind": template.kind, "service": template.service},
                **{"service_name": template.service_name, "domain": template.domain, "stem": template.stem},
                **{"options": template.options, "told": template.told, "shown_at": shown, "answered_at": answered},
                **{"chosen": template.keys if is_right else template.wrong, "is_right": is_right, "is_counted": True},
                **{"attempt": self.attempts[template.question], "met_rating": CENTRE, "met_deviation": 80.0},
            }
            shown = answered

    def _count(self, template: Template, is_right: bool, at: datetime) -> None:
        is_first = self.attempts[template.question] == 1
        card = self.cards.setdefault(template.fact, self._new_card(template, at))
        card["stability"] = min(card["stability"] * 2, 365.0) if is_right else max(card["stability"] / 3, 0.5)
        card["last_review"], card["due"] = at, at + card["stability"] * _DAY
        card["answered"] += 1
        card["right"] += is_right
        card["last_question_id"] = template.question
        sums = {"answered": 1, "right": int(is_right)}
        sums |= {"first_answered": int(is_first), "first_right": int(is_first and is_right)}
        for scope in ("", f"service:{template.service}", f"domain:{template.domain}"):
            self.tallies[Tally.Period.ALL, EPOCH, scope].update(sums)
        self.tallies[Tally.Period.DAY, at.date(), ""].update(sums)
        if is_first and is_rated_kind(template.kind):
            for scope in ("", f"domain:{template.domain}", f"family:{template.family}"):
                self.rated[scope].update(answered=1, right=int(is_right))
                self.rated_at[scope] = at

    def _new_card(self, template: Template, at: datetime) -> dict[str, Any]:
        return {
            **{"player_id": self.id, "fact_id": template.fact, "state": 2, "stability": 3.0, "difficulty": 5.0},
            **{"first_review": at, "answered": 0, "right": 0},
        }

    def list_tallies(self) -> Iterator[dict[str, Any]]:
        for (period, starts_on, scope), sums in self.tallies.items():
            yield {"player_id": self.id, "period": period, "starts_on": starts_on, "scope": scope, **sums}

    def list_ratings(self) -> list[dict[str, Any]]:
        """Values scatter around the ability as the deviation says, which narrows as it does for the fold."""
        found = []
        for scope, sums in self.rated.items():
            deviation = 1 / math.sqrt(1 / WIDEST**2 + sums["answered"] / 480**2)
            value = CENTRE + SCALE * self.ability + self.rng.gauss(0, deviation)
            found.append(
                {
                    **{"player_id": self.id, "scope": scope, "value": value, "deviation": deviation},
                    **{"volatility": 0.06, "rated_at": self.rated_at[scope], **sums},
                }
            )
        return found


def list_standings(ratings: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The places on boards that follow from these ratings of a player."""
    for row in ratings:
        rating = Rating(row["value"], row["deviation"])
        for period in BoardFields.Period.values:
            on_largest = (row["scope"], period) == ("", BoardFields.Period.ALL)
            if on_largest or is_ranked(rating, row["answered"]):
                kept = {name: row[name] for name in ("player_id", "scope", "value", "deviation", "answered")}
                starts_on = period_start(period, row["rated_at"].date())
                yield {**kept, "period": period, "starts_on": starts_on, "skill": skill(rating)}


def write_rows(model: type[models.Model], rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows, given by column; what is left out has the field's default. Values of JSON are text."""
    if not rows:
        return
    fields = [field for field in model._meta.concrete_fields if field.column in rows[0] or not field.primary_key]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    columns = [(field.column, None if field.column in rows[0] else field.get_default()) for field in fields]
    values = ([row.get(column, default) for column, default in columns] for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", map(_adapt, values))


def _adapt(row: list[Any]) -> list[Any]:
    return [
        connection.ops.adapt_datetimefield_value(value)
        if isinstance(value, datetime)
        else (value.isoformat() if isinstance(value, date) else value.hex if isinstance(value, uuid.UUID) else value)
        for value in row
    ]


def _follow_ids() -> None:
    """Let PostgreSQL number what comes next after the highest id that was given here."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in (Player, Quiz):
            table = model._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--players", type=int, default=1000)
    parser.add_argument("--answers", type=int, default=10_000, help="of all players together")
    arguments = parser.parse_args()
    line = progress("Players")
    try:
        Population(arguments.players, arguments.answers).fill(line)
    except KeyboardInterrupt:
        raise SystemExit("Stopped. The same command goes on from here.") from None
    finally:
        line.close()


if __name__ == "__main__":
    main()
