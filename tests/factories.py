"""Rows for tests: keyword defaults, no magic."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.utils import timezone

from facts.learning.blueprint import form_of, places
from facts.models import (
    Blank,
    Domain,
    Fact,
    FalseStatement,
    Family,
    Player,
    PlayerRating,
    Quiz,
    Scenario,
    Service,
    StudyGroup,
)
from facts.services.exam import start_exam
from facts.services.groups import join_group, make_group
from facts.services.play import Scope, start_quiz
from facts.services.players import make_guest
from facts.services.progress import FOLD_VERSION
from facts.services.questions import remake_questions
from facts.services.standings import save_player

_numbers = count(1)


def to_letters(number: int) -> str:
    """A name for a number that no rule takes for an amount."""
    return "q" + "".join(chr(ord("a") + int(digit)) for digit in str(number))


def make_player(name: str = "", **values: Any) -> Player:
    name = name or f"player {next(_numbers)}"
    values = {"fold_version": FOLD_VERSION, **values}
    player = Player(username=name, email=f"{name.replace(' ', '')}@example.org", display_name=name, **values)
    player.set_password("correct horse")
    player.save()
    return player


def make_service(slug: str = "s3", name: str = "", family: str = "Storage") -> Service:
    family_row, _ = Family.objects.get_or_create(slug=family.lower().replace(" ", "-"), defaults={"name": family})
    values = {"name": name or f"Amazon {slug}", "family": family_row}
    return Service.objects.get_or_create(slug=slug, defaults=values)[0]


def make_fact(
    slug: str = "",
    *,
    statement: str = "",
    service: Service | None = None,
    false_statements: list[str] | None = None,
    blanks: list[tuple[str, list[str]]] | None = None,
    has_scenario: bool = False,
    remake: bool = True,
    **values: Any,
) -> Fact:
    """A fact with its rows, and (unless ``remake`` is false) with its questions."""
    number = next(_numbers)
    service = service or make_service()
    # No amount stands in it, so that rules make no blank of it, and the false one shares few of its words.
    case = to_letters(number)
    statement = statement or f"{service.name} keeps the record of case {case} as it came."
    values = {"domain": "new-solutions", "explanation": f"Because of {number}.", **values}
    fact = Fact.objects.create(slug=slug or f"fact-{number}", statement=statement, service=service, **values)
    if false_statements is None:
        false_statements = [f"{service.name} loses whatever {case} had sent there."]
    FalseStatement.objects.bulk_create(FalseStatement(fact=fact, text=text) for text in false_statements)
    for answer, distractors in blanks or []:
        Blank.objects.create(fact=fact, answer=answer, distractors=distractors)
    if has_scenario:
        wrong = [{"text": f"Wrong {letter} {number}", "why": "It is wrong."} for letter in "xyz"]
        Scenario.objects.create(
            fact=fact, stem=f"Story {number}. What now?", answer=f"Good {number}", answer_why="So.", distractors=wrong
        )
    if remake:
        remake_questions([Fact.objects.get(pk=fact.pk)])
    return fact


def make_facts(number: int, **values: Any) -> list[Fact]:
    """Facts of one service, their questions made at once."""
    facts = [make_fact(remake=False, **values) for _ in range(number)]
    remake_questions()
    return facts


def make_exam_bank(count: int, **values: Any) -> list[Fact]:
    """So many facts of each domain, asked by scenarios only unless ``values`` say more."""
    values = {"has_scenario": True, "false_statements": [], **values}
    facts = [
        make_fact(domain=domain, remake=False, service=make_service(f"{domain[:3]}{number}"), **values)
        for domain in Domain.values
        for number in range(count)
    ]
    remake_questions()
    return facts


CHOOSE_TWO_AT = 8  # in every exam of ``make_exam``; small banks seldom give such a question


def make_exam(player: Player, *, questions: int = 8, seed: int = 1, **values: Any) -> Quiz:
    """A running exam of what is in the bank; makes enough facts if there are none."""
    if not Fact.objects.exists():
        make_exam_bank(max(places(form_of(questions)).values()))
    exam = start_exam(player=player, form=form_of(questions), seed=seed, **values)
    options = [{"text": f"Option {letter}", "correct": letter in "bd", "why": "So.", "fact": "x"} for letter in "abcde"]
    exam.questions.filter(position=CHOOSE_TWO_AT).update(kind="choose_two", options=options)
    return exam


def make_quiz(player: Player, *, length: int = 5, seed: int = 1, **scope: Any) -> Quiz:
    """A quiz of what is in the bank; makes enough facts if there are none."""
    if not Fact.objects.exists():
        make_facts(length)
    return start_quiz(player=player, scope=Scope(**scope), length=length, seed=seed)


def answer_quiz(quiz: Quiz, right: int | None = None) -> None:
    """Answer all questions, the first ``right`` of them right (None: all)."""
    from facts.services.play import finish_quiz, submit_answer

    for question in quiz.questions.order_by("position"):
        keys = {index for index, option in enumerate(question.options) if option["correct"]}
        others = set(range(len(question.options))) - keys
        is_right = right is None or question.position <= right
        submit_answer(question=question, chosen=keys if is_right else sorted(others)[: len(keys)])
    finish_quiz(quiz)


def rate_player(player: Player, value: float = 1600, deviation: float = 50, **values: Any) -> PlayerRating:
    """A rating out of nowhere, enough to be ranked; it is on no board until the player joins or is saved."""
    values = {"answered": 40, "right": 30, "volatility": 0.06, "rated_at": timezone.now(), "scope": "", **values}
    return PlayerRating.objects.create(player=player, value=value, deviation=deviation, **values)


def make_ranked(name: str = "", value: float = 1600, **values: Any) -> Player:
    """A member on the boards of this week, this month and all time."""
    player = make_player(name, on_board=True)
    rate_player(player, value, **values)
    save_player(player)
    return player


def make_guest_ranked() -> Player:
    """A guest whose rating would do, and who has a row that says yes."""
    guest = make_guest()
    guest.on_board = True
    rate_player(guest)
    save_player(guest)
    return guest


def make_study_group(organiser: Player, *members: Player, name: str = "Vienna evenings", **values: Any) -> StudyGroup:
    group, _ = make_group(player=organiser, name=name, exam_on=values.get("exam_on"))
    for member in members:
        join_group(player=member, token=group.token)
    return group
