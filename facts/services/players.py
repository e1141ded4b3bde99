"""Players: guests, members, and what happens to their answers when they become one another."""

from __future__ import annotations

import secrets

from django.db import transaction

from facts.models import MetQuestion, Player, Quiz, QuizQuestion, StudyPlan
from facts.services.groups import leave_all_groups
from facts.services.progress import FOLD_VERSION, refold_answers
from facts.services.reports import hand_over_reports
from facts.services.standings import remove_standings


def make_guest() -> Player:
    """A new player without name, e-mail address or password, who can be signed in by their session alone."""
    guest = Player(username=f"guest-{secrets.token_hex(12)}", is_guest=True, fold_version=FOLD_VERSION)
    guest.set_unusable_password()
    guest.save()
    return guest


@transaction.atomic
def merge_guest(*, guest: Player, member: Player) -> int:
    """Hand a guest's quizzes to a member and delete the guest; returns the number of quizzes.

    The member's progress is folded anew, so a question that both answered has one first answer: the earlier one.
    """
    if not guest.is_guest or guest.pk == member.pk:
        raise ValueError("Only a guest's quizzes can be brought along, and only by somebody else.")
    Player.objects.select_for_update().get(pk=guest.pk)
    count = Quiz.objects.filter(player=guest).update(player=member)
    QuizQuestion.objects.filter(player=guest).update(player=member, attempt=None)
    if not StudyPlan.objects.filter(player=member).exists():
        StudyPlan.objects.filter(player=guest).update(player=member)
    hand_over_reports(guest=guest, member=member)
    met = MetQuestion.objects.filter(player=guest).values_list("question", flat=True)
    MetQuestion.objects.bulk_create(
        (MetQuestion(player=member, question_id=question_id) for question_id in met), ignore_conflicts=True
    )
    refold_answers(member)
    guest.delete()
    return count


@transaction.atomic
def delete_player(player: Player) -> None:
    """Delete the account and everything that is only the player's: quizzes, answers, progress, places on boards."""
    Player.objects.select_for_update().filter(pk=player.pk).first()  # no fold goes on meanwhile
    leave_all_groups(player)
    QuizQuestion.objects.filter(player=player).delete()
    remove_standings(player)
    player.delete()
