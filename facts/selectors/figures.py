"""Reading what an operator watches."""

from facts.models import QuizQuestion


def count_unfolded() -> int:
    """Answers that no progress holds yet: the next page of their player, or the end of the quiz, folds them."""
    return QuizQuestion.objects.filter(answered_at__isnull=False, attempt=None).count()
