from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from facts.models import Fact, Player, QuizQuestion, Tally
from facts.models.play import MAX_SECONDS, seconds_between
from facts.models.player import name_key, public_name, validate_display_name
from facts.services.players import make_guest
from tests.factories import make_fact, make_player, make_quiz, make_service


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Alice", "alice"),
        ("Alice", "A.l.i.c.e"),
        ("Alice", "Al1ce"),
        ("Alice", "Аliсе"),  # Cyrillic capital A, c and e
        ("Bob", "B0b"),
        ("Mary", "rnary"),
        ("José", "Jose"),
    ],
)
def test_name_key_of_names_that_look_alike_is_equal(name, other):
    assert name_key(name) == name_key(other)


def test_name_key_of_names_that_differ_differs():
    assert len({name_key(name) for name in ("Alice", "Alina", "Bob", "Rob", "Ann", "Anna")}) == 6


@pytest.mark.parametrize(
    "name", ["ab", "x" * 31, "me@example.org", "\u200b\u200b\u200b\u200b", "...", "Admin", "Exarnprep team"]
)
def test_display_name_that_cannot_be_shown_is_refused(name):
    with pytest.raises(ValidationError):
        validate_display_name(name)


@pytest.mark.parametrize("name", ["Alice", "李小龙", "Łukasz 7", "o'Brien-Smith"])
def test_display_name_freely_chosen_is_accepted(name):
    validate_display_name(name)


@pytest.mark.django_db
def test_player_with_a_look_alike_name_cannot_be_saved():
    make_player("Alice")
    with pytest.raises(IntegrityError), transaction.atomic():
        Player.objects.create(username="other", display_name="Al1ce")


@pytest.mark.django_db
def test_public_name_never_shows_the_email_address():
    nameless = Player.objects.create(username="someone@example.org", email="someone@example.org")
    assert public_name(nameless) == f"Player {nameless.pk}"
    assert str(Player(username="guest-1", is_guest=True)) == "Guest"


@pytest.mark.django_db
def test_tagged_finds_facts_mainly_or_also_about_a_service():
    s3, ec2, sqs = make_service("s3"), make_service("ec2", family="Compute"), make_service("sqs")
    main, also, other = make_fact(service=s3), make_fact(service=ec2), make_fact(service=sqs)
    also.other_services.add(s3)
    assert set(Fact.objects.tagged([s3])) == {main, also}
    assert set(Fact.objects.tagged([sqs])) == {other}


@pytest.mark.django_db
def test_answer_can_only_be_stored_whole(alice):
    question = make_quiz(alice).questions.get(position=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        QuizQuestion.objects.filter(pk=question.pk).update(answered_at=timezone.now())


def test_seconds_between_counts_neither_absence_nor_clocks_that_go_back():
    shown = timezone.now()
    later = shown + timedelta(seconds=12)
    assert seconds_between(shown, later) == 12
    assert seconds_between(later, shown) == 0
    assert seconds_between(None, later) == 0
    assert seconds_between(shown, shown + timedelta(days=1)) == MAX_SECONDS


@pytest.mark.django_db
def test_migration_keeps_what_members_chose_and_forgets_what_guests_never_did():
    players = [make_player(on_board=True), make_player(on_board=False), make_guest()]
    Player.objects.filter(is_guest=True).update(on_board=False)
    before = {player.public_id for player in players}
    for period in ("day", "week", "month", "all"):
        Tally.objects.create(player=players[0], period=period, starts_on=date(2026, 3, 2))
    import_module("facts.migrations.0011_public_ids_and_choices").fill(apps, None)
    after = Player.objects.order_by("pk").values_list("on_board", "public_id")
    assert [on_board for on_board, _ in after] == [True, False, None]
    assert len({public_id for _, public_id in after} - before) == 3
    assert set(Tally.objects.values_list("period", flat=True)) == {"day", "all"}
