"""Demo members: practice made up on the bank as it is, so that every page has something to show.

Only what members do is made up: their quizzes and answers. What follows from these is folded as anybody's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, QuerySet

from facts.learning.blueprint import FULL, SHORT, Form
from facts.learning.exam import WEIGHTS, choose_exam
from facts.learning.selection import Candidate, choose_questions
from facts.models import (
    Domain,
    ExamResult,
    Fact,
    Family,
    Player,
    Question,
    QuestionRating,
    Quiz,
    QuizMode,
    QuizQuestion,
    StudyPlan,
)
from facts.models.player import name_key
from facts.questions.content import Kind
from facts.questions.grading import grade
from facts.services.groups import join_group, make_group
from facts.services.play import (
    GRACE,
    SCENARIO_SECONDS,
    SPRINT_LENGTH,
    STATEMENT_SECONDS,
    Scope,
    comes_again,
    copy_question,
    find_candidates,
)
from facts.services.players import delete_player
from facts.services.progress import refold_answers
from facts.services.statistics import withdraw_answers

DEMO_EMAIL = "demo@example.org"
LEAST_DAYS, MOST_DAYS, MOST_OTHERS = 28, 730, 100
# Nobody who signs up is given a name with an @ in it, so what has this form was made here.
_PREFIX, _SUFFIX = "demo-", "@examprep"
_NAMES = (
    "Amara Björn Chiara Dmitri Esther Farid Grete Hiroshi Ingrid Jamal Katja Leandro Mirela Nadia Oskar Priya Quentin "
    "Rosalind Selim Thandiwe Ulrike Valentin Wanjiru Xavier Yuki Zdenka"
).split()
_ZONE = "Europe/Vienna"
_DAY = timedelta(days=1)
_BATCH = 200


class DemoRefused(Exception):
    """Demo members cannot be made here; the message is a sentence that says why."""


@dataclass(frozen=True)
class Demo:
    """What was made: quizzes and answers of the member to sign in as, and the answers of the others together."""

    quizzes: int
    answers: int
    answers_of_others: int


def make_demo(
    *, now: datetime, days: int, seed: int, others: int, password: str, progress: Callable[[int, int], None]
) -> Demo:
    """Make the demo member with a past of so many days up to yesterday, and others to compare with.

    Those made before are replaced. One transaction for each member, the one to sign in as last. The same seed, bank
    and day make the same past. Raises DemoRefused, and then changes nothing.
    """
    owner = Player.objects.filter(email__iexact=DEMO_EMAIL).exclude(pk__in=demo_members()).first()
    if owner is not None:
        raise DemoRefused(f"{DEMO_EMAIL} is the address of an account that this command did not make: {owner}.")
    bank = _read_bank()
    if not bank.questions:
        raise DemoRefused("There is no question to ask. Load the bank first: manage.py load_facts")
    remove_demo_members()
    answers_of_others = 0
    for number in range(1, others + 1):
        progress(number - 1, others + 1)
        answers_of_others += _make_other(bank, number, Random(f"{seed}:{number}"), now)
    progress(others, others + 1)
    quizzes, answers = _make_member(bank, Random(f"{seed}:0"), now, days, password)
    _make_group(today=now.date())
    progress(others + 1, others + 1)
    return Demo(quizzes, answers, answers_of_others)


def demo_members() -> QuerySet[Player]:
    return Player.objects.filter(username__startswith=_PREFIX, username__endswith=_SUFFIX)


@transaction.atomic
def remove_demo_members() -> None:
    """Delete them with all they did. Ratings of questions that they alone have made go too, and what they added to the
    statistics of questions."""
    rated = QuizQuestion.objects.filter(player__in=demo_members(), met_rating__isnull=False)
    counts = dict(rated.order_by().values_list("question").annotate(Count("pk")))
    ratings = QuestionRating.objects.filter(question__in=rated.values("question"))
    own = [pk for pk, answered in ratings.values_list("pk", "answered") if answered == counts[pk]]
    for start in range(0, len(own), _BATCH):
        QuestionRating.objects.filter(pk__in=own[start : start + _BATCH]).delete()
    for player in demo_members():
        withdraw_answers(player)
        delete_player(player)


def _new_member(number: int, name: str) -> Player:
    """Not saved, nor able to sign in. Has another name if somebody has this one, or one that looks like it."""
    taken = set(Player.objects.filter(name_key__startswith=name_key(name)).values_list("name_key", flat=True))
    free, again = name, 1
    while name_key(free) in taken:
        again += 1
        free = f"{name} {again}"
    player = Player(username=f"{_PREFIX}{number}{_SUFFIX}", display_name=free, on_board=True)
    player.set_unusable_password()
    return player


@transaction.atomic
def _make_member(bank: _Bank, rng: Random, now: datetime, days: int, password: str) -> tuple[int, int]:
    """The member to sign in as; returns the number of quizzes and of answers."""
    player = _new_member(0, "Demo")
    player.email = DEMO_EMAIL
    player.set_password(password)
    player.save()
    zone = ZoneInfo(_ZONE)
    today = now.astimezone(zone).date()
    first_day = today - days * _DAY
    plan = StudyPlan.objects.create(player=player, exam_on=today + 28 * _DAY, time_zone=_ZONE)
    # Before the first answer, so nothing could be foretold.
    ExamResult.objects.create(player=player, taken_on=first_day - 12 * _DAY, is_passed=False, score=688)
    diary = _Diary(bank, player, rng, ability=0.33, begins=datetime.combine(first_day, time(), zone))
    off = _days_off(rng, today, days)
    practised = [day for day in _each_day(first_day, today) if day not in off]
    dropped, not_begun = _put_off(diary)
    diary.put_off |= not_begun
    for number, day in enumerate(practised):
        if number == len(practised) // 3:
            diary.put_off |= dropped
        _fill_day(diary, plan, day, number, (today - day).days)
    diary.save()
    return len(diary.quizzes), refold_answers(player)


def _make_group(*, today: date) -> None:
    """A study group of the member to sign in as and of half the others. It goes when they go."""
    member = Player.objects.get(username=f"{_PREFIX}0{_SUFFIX}")
    others = list(demo_members().exclude(pk=member.pk).order_by("pk"))
    if not others:
        return
    group, _ = make_group(player=member, name="Tuesday evenings", exam_on=today + 42 * _DAY)
    for other in others[::2]:
        join_group(player=other, token=group.token)


def _put_off(diary: _Diary) -> tuple[set[int], set[int]]:
    """Facts that are dropped after some weeks, and facts that are never begun: of families that come hard."""
    families = diary.bank.families
    if len(families) < 8:
        return set(), set()
    hardest = sorted(families.values(), key=lambda facts: diary.learner.talents[facts[0]])
    dropped = next((facts for facts in hardest if 15 <= len(facts) <= 40), [])
    return set(dropped), {fact_id for facts in [few for few in hardest if len(few) < 15][:2] for fact_id in facts}


_SHORT_EXAM, _FULL_EXAM = 13, 6  # days ago


def _days_off(rng: Random, today: date, days: int) -> set[date]:
    """Some days here and there, a holiday, and one in the last weeks, alone, so that the streak is held over it."""
    ago = {number for number in range(22, days) if rng.random() < 0.1}
    if days > 60:
        holiday = rng.randrange(days // 2 - 5, days // 2 + 5)
        ago |= set(range(holiday, holiday + 4))
    ago.add(rng.randrange(8, 12))
    return {today - number * _DAY for number in ago - {_SHORT_EXAM, _FULL_EXAM}}


def _fill_day(diary: _Diary, plan: StudyPlan, day: date, number: int, ago: int) -> None:
    """The ``number``-th day of practice: the day's session in the evening, now and then something before it."""
    rng = diary.rng

    def moment(hour: int) -> datetime:
        return datetime.combine(day, time(hour, rng.randrange(60)), plan.zone).astimezone(UTC)

    if ago in (_SHORT_EXAM, _FULL_EXAM):
        diary.sit_exam(moment(9), FULL if ago == _FULL_EXAM else SHORT)
    elif number % 6 == 3:
        diary.sprint(moment(7))
    elif number % 9 == 5:
        diary.cram(moment(7), rng.randint(10, 15))
    if number < 5:
        diary.practise(moment(19), rng.randint(15, 25))
        return
    if number % 4 == 1 or ago == 1:
        # Yesterday's was left half-way, to be gone on with.
        diary.practise(moment(12), rng.choice((10, 15, 20, 30, 40)), is_left=ago == 1)
    diary.sit_today(moment(19), plan.session_length, plan.new_per_day)


@transaction.atomic
def _make_other(bank: _Bank, number: int, rng: Random, now: datetime) -> int:
    """A member who has come weeks ago; every fourth has stopped since. Returns the number of answers."""
    player = _new_member(number, _NAMES[(number - 1) % len(_NAMES)])
    player.save()
    # Members live anywhere, so some have practised early on this day, by UTC; the hours in which they do are over.
    today = (now - timedelta(hours=2)).astimezone(UTC).date()
    came, stopped = rng.randint(14, 40), rng.randint(8, 12) if number % 4 == 0 else 0
    keenness = rng.uniform(0.4, 0.9)
    begins = datetime.combine(today - came * _DAY, time(), UTC)
    diary = _Diary(bank, player, rng, ability=rng.uniform(0.25, 1), begins=begins)
    for day in _each_day(begins.date(), today + _DAY):
        if (today - day).days < stopped or rng.random() > keenness:
            continue
        moment = datetime.combine(day, time(0 if day == today else rng.randrange(23), rng.randrange(60)), UTC)
        if rng.random() < 0.5:
            diary.practise(moment, rng.choice((10, 15, 20)))
        else:
            diary.sit_today(moment, 15, new_limit=10)
    diary.save()
    return refold_answers(player)


def _each_day(first: date, end: date) -> Iterator[date]:
    while first < end:
        yield first
        first += _DAY


# The bank


@dataclass(frozen=True)
class _Bank:
    """What the choice of questions reads of the bank, once for all members."""

    facts: dict[int, Fact]
    questions: dict[int, Question]
    candidates: dict[int, list[Candidate]]  # by fact; as for somebody who was never asked
    families: dict[Family, list[int]]  # their facts

    @property
    def domains(self) -> dict[int, str]:
        return {pk: fact.domain for pk, fact in self.facts.items()}


def _read_bank() -> _Bank:
    facts = {fact.pk: fact for fact in Fact.objects.in_bank().select_related("service__family").order_by("pk")}
    candidates: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in sorted(find_candidates(Player(pk=0), list(facts)), key=lambda one: one.id):
        candidates[candidate.fact_id].append(candidate)
    ids = [candidate.id for of_fact in candidates.values() for candidate in of_fact]
    questions = Question.objects.in_bulk(ids)
    families: dict[Family, list[int]] = defaultdict(list)
    for question in questions.values():
        question.fact = facts[question.fact_id]
    for fact in facts.values():
        families[fact.service.family].append(fact.pk)
    return _Bank(facts, questions, dict(candidates), dict(families))


# A member's past


class _Diary:
    """The quizzes of one member in the order of time; ``save`` stores them."""

    def __init__(self, bank: _Bank, player: Player, rng: Random, *, ability: float, begins: datetime) -> None:
        self.bank = bank
        self.player = player
        self.rng = rng
        self.learner = _Learner(bank, rng, ability, begins)
        self.quizzes: list[tuple[Quiz, datetime]] = []  # with when they were begun
        self.rows: list[QuizQuestion] = []
        self.times_asked: Counter[int] = Counter()  # by question
        self.facts_asked: Counter[int] = Counter()
        self.last: dict[int, QuizQuestion] = {}  # by fact
        self.right_in_a_row: Counter[int] = Counter()  # by fact
        self.put_off: set[int] = set()  # facts that the member leaves alone for now

    def practise(self, at: datetime, length: int, *, is_left: bool = False) -> None:
        families = [family for family, facts in self.bank.families.items() if len(set(facts) - self.put_off) >= 8]
        scope, draw = Scope(), self.rng.random()
        fact_ids = list(self.bank.facts)
        if draw < 0.35 and families:
            family = self.rng.choice(families)
            scope, fact_ids = Scope(families=[family]), self.bank.families[family]
        elif draw < 0.55:
            domain = self.rng.choice(Domain.values)
            scope, fact_ids = Scope(domains=[domain]), [pk for pk, of in self.bank.domains.items() if of == domain]
        self._sit(QuizMode.PRACTICE, at, length, scope.in_words(), self._least_asked(fact_ids), is_left=is_left)

    def sit_today(self, at: datetime, length: int, new_limit: int) -> None:
        """What is overdue most, and every time some new facts."""

        def overdue(fact_id: int) -> float:
            answered_at = self.last[fact_id].answered_at
            assert answered_at is not None
            return (at - answered_at) / _DAY / 2 ** min(self.right_in_a_row[fact_id], 6)

        new = [fact_id for fact_id in self._least_asked(self.bank.facts) if fact_id not in self.last]
        reviews = sorted(self.last.keys() - self.put_off, key=lambda fact_id: (-overdue(fact_id), fact_id))
        order = [*new[: min(length // 3, new_limit)], *reviews]
        self._sit(QuizMode.TODAY, at, length, "Today’s session", order)

    def cram(self, at: datetime, length: int) -> None:
        weak = sorted(
            self.last.keys() - self.put_off,
            key=lambda fact_id: (self.right_in_a_row[fact_id], -self.facts_asked[fact_id], fact_id),
        )
        self._sit(QuizMode.CRAM, at, length, Scope().in_words(), weak)

    def sprint(self, at: datetime) -> None:
        self._sit(QuizMode.SPRINT, at, SPRINT_LENGTH, "Sprint", self._least_asked(self.bank.facts))

    def _least_asked(self, fact_ids: Collection[int]) -> list[int]:
        shuffled = [fact_id for fact_id in fact_ids if fact_id not in self.put_off]
        self.rng.shuffle(shuffled)
        return sorted(shuffled, key=lambda fact_id: self.facts_asked[fact_id])

    def _candidates(self, fact_ids: Collection[int]) -> list[Candidate]:
        found = []
        for fact_id in fact_ids:
            last = self.last.get(fact_id)
            for one in self.bank.candidates.get(fact_id, ()):
                if last is not None:
                    one = replace(
                        one,
                        times_asked=self.times_asked[one.id],
                        was_last=one.id == last.question_id,
                        is_last_kind=one.kind == last.kind,
                    )
                found.append(one)
        return found

    def _sit(
        self, mode: QuizMode, at: datetime, length: int, scope: str, order: Sequence[int], *, is_left: bool = False
    ) -> None:
        order = order[: length * 4]
        chosen = choose_questions(self._candidates(order), order, length, self.rng)
        if not chosen:
            return
        quiz = self._begin(mode, at, scope)
        rows = [
            copy_question(quiz, position, self.bank.questions[one.id], self.rng)
            for position, one in enumerate(chosen, 1)
        ]
        clock = at
        for row in rows if not is_left else rows[: len(rows) // 2]:  # grows by what comes again
            if mode == QuizMode.SPRINT:
                is_scenario = row.kind == Question.Kind.SCENARIO
                row.seconds_allowed = SCENARIO_SECONDS if is_scenario else STATEMENT_SECONDS
            clock = self._answer(row, clock, hurry=0.7 if mode == QuizMode.SPRINT else 1.0)
            if comes_again(row):
                again = copy_question(quiz, len(rows) + 1, self.bank.questions[row.question_id], self.rng)
                again.is_repeat = True
                rows.append(again)
        quiz.finished_at = None if is_left else clock
        self.rows += rows

    def _begin(self, mode: QuizMode, at: datetime, scope: str) -> Quiz:
        quiz = Quiz(player=self.player, mode=mode, scope=scope, seed=self.rng.getrandbits(48))
        self.quizzes.append((quiz, at))
        return quiz

    def _answer(self, row: QuizQuestion, clock: datetime, *, hurry: float) -> datetime:
        """Answer it, the page with the reasons of the one before still open; returns when."""
        row.shown_at = clock + timedelta(seconds=self.rng.uniform(2, 12))
        is_right = self.learner.answer(row, row.shown_at)
        seconds = self.learner.seconds(row, is_right, self.facts_asked[row.fact_id])
        seconds = min(max(seconds * hurry, 5.0), 90.0)
        row.chosen = self.learner.choose(row, is_right)
        wanders = self.rng.random() < 0.04
        if row.seconds_allowed is not None and (wanders or seconds > row.seconds_allowed):
            seconds = row.seconds_allowed + GRACE + self.rng.uniform(0.1, 1)
            row.ran_out, row.chosen, is_right = True, [], False
        row.answered_at = row.shown_at + timedelta(seconds=seconds)
        row.is_right = is_right
        self._note(row)
        return row.answered_at

    def _note(self, row: QuizQuestion) -> None:
        if row.is_repeat:
            return
        self.times_asked[row.question_id] += 1
        self.facts_asked[row.fact_id] += 1
        self.right_in_a_row[row.fact_id] = self.right_in_a_row[row.fact_id] + 1 if row.is_right else 0
        self.last[row.fact_id] = row

    def sit_exam(self, at: datetime, form: Form) -> None:
        """An exam handed in in time, one question in forty left blank, some flagged and looked at twice."""
        facts = self.bank.facts
        # What is put off comes last, if there is too little else for an exam.
        order = [*self._least_asked(facts), *sorted(self.put_off)]
        order = [pk for pk in order if facts[pk].status != Fact.Status.RETIRED]
        candidates = [one for one in self._candidates(order) if one.kind in WEIGHTS]
        pilots = {pk for pk, question in self.bank.questions.items() if question.state == Question.State.PILOT}
        chosen = choose_exam(candidates, self.bank.domains, pilots, order, form, self.rng)
        if not chosen:
            return
        quiz = self._begin(QuizMode.EXAM, at, f"Exam of {len(chosen)} questions")
        quiz.deadline = at + timedelta(minutes=form.minutes)
        clock = at
        answered = []
        for position, one in enumerate(chosen, 1):
            row = copy_question(quiz, position, self.bank.questions[one.candidate.id], self.rng)
            row.is_scored = one.is_scored
            is_right = self.learner.answer(row, clock)
            row.spent = round(self.learner.seconds(row, is_right, 0) * 2, 1)
            clock += timedelta(seconds=row.spent)
            row.shown_at = clock
            row.is_flagged = self.rng.random() < (0.08 if is_right else 0.25)
            row.saves = 2 if row.is_flagged else 1
            if position % 40 != 30:
                row.draft = row.chosen = self.learner.choose(row, is_right)
                row.is_right = is_right
                answered.append(row)
            self.rows.append(row)
        quiz.finished_at = clock + timedelta(seconds=90)
        for row in answered:
            row.answered_at = quiz.finished_at
            row.saves += 1
            self._note(row)

    def save(self) -> None:
        quizzes = [quiz for quiz, _ in self.quizzes]
        Quiz.objects.bulk_create(quizzes)
        for quiz, begun in self.quizzes:
            quiz.started_at = begun  # saving has set it to now
        Quiz.objects.bulk_update(quizzes, ["started_at"], batch_size=_BATCH)
        QuizQuestion.objects.bulk_create(self.rows, batch_size=_BATCH)


class _Learner:
    """Somebody who knew some facts from the start, learns by answering, forgets, and is better at some families."""

    def __init__(self, bank: _Bank, rng: Random, ability: float, begins: datetime) -> None:
        self.rng = rng
        families = sorted(bank.families, key=lambda family: family.slug)
        rng.shuffle(families)
        steps = max(len(families) - 1, 1)
        self.talents: dict[int, float] = {}  # by fact, 0 to 1
        self.stabilities: dict[int, float] = {}  # by fact, days until one in ten is forgotten
        self.learnt_at: dict[int, datetime] = {}
        for place, family in enumerate(families):
            talent = min(max(ability + 0.6 * (place / steps - 0.5), 0.05), 0.95)
            for fact_id in bank.families[family]:
                self.talents[fact_id] = talent
                if rng.random() < talent:
                    self.stabilities[fact_id] = rng.uniform(20, 120)
                    self.learnt_at[fact_id] = begins - rng.uniform(1, 40) * _DAY

    def answer(self, row: QuizQuestion, at: datetime) -> bool:
        """Is the answer given then right? Whoever answers reads afterwards why, and mostly takes it in."""
        stability, rng = self.stabilities.get(row.fact_id), self.rng
        days = (at - self.learnt_at[row.fact_id]) / _DAY if stability else 0.0
        recall = 0.9 ** (days / stability) if stability else 0.0
        knows = rng.random() < recall * _ease(row.question.fingerprint)
        floor = row.guess_floor
        is_right = rng.random() < (0.97 if knows else floor + 0.08)
        talent = self.talents[row.fact_id]
        if knows and stability and days > 0.5:
            self.stabilities[row.fact_id] = stability * (1.2 + talent)
        elif not knows and rng.random() < 0.4 + 0.5 * talent:
            self.stabilities[row.fact_id] = max((stability or 0) * 0.4, 0.5 + 4 * talent)
        else:
            return is_right
        self.learnt_at[row.fact_id] = at
        return is_right

    def choose(self, row: QuizQuestion, is_right: bool) -> list[int]:
        """Indices of options: the keys, or of so many others at least one."""
        correct = [option["correct"] for option in row.options]
        keys = [index for index, is_key in enumerate(correct) if is_key]
        picked = keys
        while not is_right and grade(correct, picked):
            picked = sorted(self.rng.sample(range(len(correct)), len(keys)))
        return picked

    def seconds(self, row: QuizQuestion, is_right: bool, times_asked: int) -> float:
        usual = _SECONDS[Kind(row.kind)] * self.rng.lognormvariate(0, 0.4)
        return usual * (1 if is_right else 1.35) * (0.8 if times_asked else 1)


_SECONDS = {
    Kind.TRUE_FALSE: 11,
    Kind.FILL_BLANK: 15,
    Kind.WHICH_TRUE: 22,
    Kind.WHICH_FALSE: 22,
    Kind.CHOOSE_TWO: 28,
    Kind.SCENARIO: 40,
}


@cache
def _ease(fingerprint: str) -> float:
    """The chance that whoever knows the fact sees it in this question; the same for everybody."""
    return Random(fingerprint).uniform(0.7, 1)
