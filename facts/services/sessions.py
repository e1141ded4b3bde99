"""Today's session: the questions that the plan asks for."""

from __future__ import annotations

import secrets
from random import Random

from facts.learning.planning import choose_facts
from facts.models import Player, Quiz, QuizMode
from facts.selectors.today import get_today
from facts.services.play import NothingToAsk, ask_about
from facts.services.progress import fold_answers


def start_session(*, player: Player, wants_more: bool = False, seed: int | None = None) -> Quiz:
    """Start a session of what is due, what is weak and what is new, as many questions as the plan says at most.

    Raises NothingToAsk if the day's work is done, unless the player ``wants_more``.
    """
    fold_answers(player)
    today = get_today(player)
    length = today.plan.session_length if wants_more else today.session_count
    if not length:
        raise NothingToAsk("Today’s work is done. Come back tomorrow, or go on all the same.")
    seed = secrets.randbits(48) if seed is None else seed
    rng = Random(seed)
    fact_ids = choose_facts(
        today.states,
        length=length,
        days_to_exam=today.days_to_exam,
        new_limit=today.new_left,
        due_within=today.due_within,
        rng=rng,
    )
    quiz = Quiz(player=player, mode=QuizMode.TODAY, scope="Today’s session", seed=seed)
    return ask_about(quiz, fact_ids, length, rng)
