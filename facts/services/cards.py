"""What a player remembers: cards, moved by answers."""

from __future__ import annotations

from collections.abc import Collection

import fsrs

from facts.learning.memory import review
from facts.models import Card, Player, QuizMode, QuizQuestion

_MOVED = ("state", "step", "stability", "difficulty", "due", "last_review", "answered", "right", "last_question")


class Cards:
    """The player's cards of some facts: ``move`` them by each answer, then ``save``."""

    def __init__(self, player: Player, fact_ids: Collection[int]) -> None:
        self.player = player
        self.cards = {card.fact_id: card for card in Card.objects.filter(player=player, fact__in=fact_ids)}
        self.moved: dict[int, Card] = {}

    def move(self, answer: QuizQuestion, mode: str) -> bool:
        """Move the card of the answer's fact; was that a review, of a fact last asked on an earlier day?

        Cramming and asking again in the same quiz say nothing of what will be remembered, and move nothing.
        """
        if mode == QuizMode.CRAM or answer.is_repeat:
            return False
        at = answer.answered_at
        assert at is not None
        before = self.cards.get(answer.fact_id)
        moved = review(
            to_fsrs(before) if before else None,
            is_right=bool(answer.is_right),
            floor=answer.guess_floor,
            at=at,
            card_id=answer.fact_id,
        )
        card = before or Card(player=self.player, fact_id=answer.fact_id, first_review=at)
        is_review = before is not None and (at - before.last_review).days >= 1
        assert moved.stability is not None
        assert moved.difficulty is not None
        assert moved.last_review is not None
        card.state, card.step, card.due = moved.state.value, moved.step, moved.due
        card.stability, card.difficulty, card.last_review = moved.stability, moved.difficulty, moved.last_review
        card.answered += 1
        card.right += bool(answer.is_right)
        card.last_question_id = answer.question_id
        self.cards[answer.fact_id] = self.moved[answer.fact_id] = card
        return is_review

    def save(self) -> None:
        """Store what has moved, in one query."""
        Card.objects.bulk_create(
            self.moved.values(), update_conflicts=True, unique_fields=["player", "fact"], update_fields=_MOVED
        )


def to_fsrs(card: Card) -> fsrs.Card:
    """The card as the scheduler knows it."""
    return fsrs.Card(
        card_id=card.fact_id,
        state=fsrs.State(card.state),
        step=card.step,
        stability=card.stability,
        difficulty=card.difficulty,
        due=card.due,
        last_review=card.last_review,
    )
