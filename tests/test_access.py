"""Who may do what, for every URL there is: whoever adds one must say here for whom it is."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.test import Client
from django.urls import get_resolver

from facts.models import Decision, ExamResult, Player, Report
from facts.services.catch_up import catch_up
from facts.services.groups import remove_member
from tests.factories import answer_quiz, make_exam, make_player, make_quiz, make_ranked, make_study_group
from tests.test_hostile_requests import fill, find_routes

# Of names of URLs. PUBLIC: the same for everybody. SELF: shows and changes what belongs to whoever asks, and has no id
# in its path; a visitor finds it empty, or is sent to sign in. OWN: one thing of one player, a stranger gets 404.
PUBLIC = {
    *("facts", "fact", "corrections", "corrections_feed", "leaderboard", "edge_storage", "healthz", "metrics"),
    "favicon",
    *("account_login", "account_inactive", "account_signup", "account_reset_password", "account_reset_password_done"),
    *("account_reset_password_from_key", "account_reset_password_from_key_done", "account_confirm_email"),
    *("account_email_verification_sent", "account_confirm_login_code"),
    "public_player",  # of those who want to be seen
    "invitation",  # to whoever has it
}
SELF = {
    *("home", "start", "today", "sprint", "exam_start", "edge_quiz", "service_deck", "readiness", "plan", "result"),
    *("history", "history_memory", "practise_weakest", "history_quizzes", "history_reports"),
    *("export_answers", "export_memory", "delete_history", "profile", "delete_account", "guest_quizzes"),
    *("account_logout", "account_reauthenticate", "account_email", "account_change_password", "account_set_password"),
    *("join_board", "groups", "make_group", "join_group", "export_groups"),
}
OWN = {
    *("quiz", "finish", "exam_review", "exam_hand_in", "quiz_deck", "again", "question", "report"),
    "delete_result",
    *("group", "change_group", "renew_link", "take_exam_date", "remove_member", "let_back_in"),
    *("leave_group", "delete_group"),
}
# A second press on their buttons leads back to the player's own groups, and so does any other id.
LED_BACK = {"leave_group", "delete_group"}
EDITORS = "admin/"  # all under it
OPEN_IN_ADMIN = {"login", "logout", "jsi18n"}  # as Django has it

# What a page may bring up to date by being looked at: progress is caught up, and that a question was seen is noted.
DERIVED_MODELS = {
    *("Card", "Tally", "PlayerRating", "QuestionRating", "QuestionStatistics", "RateCount", "Session"),
    *("Standing", "Rung", "RatingWeek"),
}
DERIVED_FIELDS = {
    *("shown_at", "attempt", "is_counted", "met_rating", "met_deviation", "folded_until", "fold_version", "has_news"),
    *("rating_version",),
}

ROUTES = sorted(find_routes(get_resolver().url_patterns), key=lambda found: found[0])


def is_for_editors(route):
    return route.startswith(EDITORS)


def test_every_url_says_for_whom_it_is():
    names = {pattern.name or route for route, pattern in ROUTES if not is_for_editors(route)}
    unknown = names - PUBLIC - SELF - OWN
    assert not unknown, f"Say in tests/test_access.py for whom these URLs are: {', '.join(sorted(unknown))}."
    with_ids = {pattern.name for route, pattern in ROUTES if "_id>" in route and not is_for_editors(route)}
    assert with_ids <= OWN | PUBLIC, f"A path with an id is OWN or PUBLIC, not SELF: {with_ids - OWN - PUBLIC}."
    gone = (PUBLIC | SELF | OWN) - names
    assert not gone, f"There is no URL of this name any more: {', '.join(sorted(gone))}."


@pytest.fixture
def world(alice, editor):
    """Of everything that has an id one at least, all Alice's; paths are made with these ids."""
    exam = make_exam(alice)
    over, running = make_quiz(alice), make_quiz(alice, seed=2)
    answer_quiz(over, right=3)
    catch_up(Player.objects.get(pk=alice.pk))
    asked = over.questions.first()
    Report.objects.create(
        player=alice,
        question_id=asked.question_id,
        quiz_question=asked,
        kind="typo",
        text="x" * 20,
        stem="s",
        options=[],
    )
    result = ExamResult.objects.create(player=alice, taken_on="2026-01-01", is_passed=True)
    decision = Decision.objects.create(
        what=Decision.What.APPROVED, question=asked.question, fact=asked.fact, digest="x", why="It is sound.", by=editor
    )
    member, removed = make_player("Mia"), make_player("Rex")
    group = make_study_group(alice, member, removed, exam_on="2027-01-01")
    remove_member(group=group, player_id=removed.pk)
    ranked = make_ranked("Zoe")
    return {
        "group_id": [group.pk],
        "player_id": [member.pk, removed.pk],
        "public_id": [ranked.public_id],
        "token": [group.token],
        "quiz_id": [exam.pk, over.pk, running.pk],
        "result_id": [result.pk],
        "decision_id": [decision.pk],
        "slug": [asked.told["slug"], asked.service],
    }


def paths_of(route, pattern, world):
    """The route with the ids of the world; in the admin with that of a row of its model."""
    found = []
    for number in range(3):

        def value_of(name, number=number):
            if name in world:
                return world[name][min(number, len(world[name]) - 1)]
            if name in ("object_id", "id", "version_id", "pk") and (place := re.match(r"admin/(\w+)/(\w+)/", route)):
                row = apps.get_model(place[1], place[2]).objects.first()
                return row.pk if row else 1
            return 1

        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(value_of(part[1])), route.replace("(?P<", "(?P="))
        path = fill(path.replace("(?P=", "(?P<"), lambda kind: "none")
        if path not in found:
            found.append(path)
    return found


def all_paths(world):
    return [(path, pattern.name, route) for route, pattern in ROUTES for path in paths_of(route, pattern, world)]


def snapshot():
    """Every row there is, less what looking at pages may bring up to date."""
    rows = {}
    for model in apps.get_models():
        if model.__name__ in DERIVED_MODELS:
            continue
        names = [field.attname for field in model._meta.concrete_fields if field.name not in DERIVED_FIELDS]
        rows[model.__name__] = list(model._base_manager.order_by("pk").values_list(*names))
    return rows


def is_sent_to_sign_in(response):
    return response.status_code == 302 and re.search("/(login|signup)/", response["Location"])


def test_what_belongs_to_a_player_is_not_found_by_a_stranger(world, alice_client, bob_client, client):
    wrong, seen = [], set()
    before = snapshot()
    for path, name, _ in all_paths(world):
        if name not in OWN:
            continue
        answers = [getattr(bob_client, method)(path).status_code for method in ("get", "post")]
        refused = {404, 405, 302} if name in LED_BACK else {404, 405}
        if not set(answers) <= refused or 404 not in answers:
            wrong.append(f"{path}: a stranger gets {answers}")
        for method in ("get", "post"):
            response = getattr(client, method)(path)
            if response.status_code not in (404, 405) and not is_sent_to_sign_in(response):
                wrong.append(f"{path}: a visitor gets {response.status_code}")
    assert not wrong, "\n".join(wrong)
    assert snapshot() == before
    # These are the right paths: of each kind Alice herself finds one.
    for path, name, _ in all_paths(world):
        if name in OWN:
            answer = alice_client.get(path)
            answer = alice_client.post(path) if answer.status_code == 405 else answer
            seen |= {name} if answer.status_code != 404 else set()
    assert seen == OWN


def test_rooms_of_editors_are_closed_to_players_and_visitors(world, alice_client, client, editor_client):
    wrong, opened = [], 0
    before = snapshot()
    for path, name, route in all_paths(world):
        if not is_for_editors(route) or name in OPEN_IN_ADMIN:
            continue
        for who, asking in (("a player", alice_client), ("a visitor", client)):
            for method in ("get", "post"):
                response = getattr(asking, method)(path)
                if response.status_code not in (403, 404) and not is_sent_to_sign_in(response):
                    wrong.append(f"{path}: {who} gets {response.status_code} for {method}")
        opened += editor_client.get(path).status_code == 200
    assert not wrong, "\n".join(wrong)
    assert snapshot() == before
    assert opened > 25


def test_nothing_of_a_player_stands_on_pages_of_others(world, bob_client, client, alice):
    Player.objects.filter(pk=alice.pk).update(display_name="Zaphod", name_key="zaphod", on_board=False)
    wrong = [
        path
        for path, _, route in all_paths(world)
        if not is_for_editors(route)
        for asking in (bob_client, client)
        if (response := asking.get(path)).status_code == 200
        and not response.streaming
        and re.search(rb"Zaphod|alice@example|Alice", response.content)
    ]
    assert not wrong


def test_no_unsafe_method_is_taken_without_a_token(world, alice, editor):
    """The check comes before the view, so that a visitor is refused on every path; who is signed in may be led away."""
    wrong = []
    clients = [Client(enforce_csrf_checks=True) for _ in range(3)]
    clients[1].force_login(alice, backend="facts.backends.PlayerBackend")
    clients[2].force_login(editor, backend="facts.backends.PlayerBackend")
    before = snapshot()
    for path, _, _ in all_paths(world):
        for method in ("post", "put", "patch", "delete"):
            answers = [getattr(asking, method)(path).status_code for asking in clients]
            if answers[0] != 403 or set(answers[1:]) - {403, 302}:
                wrong.append(f"{method} {path}: {answers}")
    assert not wrong, "\n".join(wrong)
    assert snapshot() == before


def test_looking_at_pages_changes_nothing(world, alice_client, client, editor_client):
    wrong = []
    before = snapshot()
    for path, _, _ in all_paths(world):
        for asking in (client, alice_client, editor_client):
            asking.get(path)
        if (after := snapshot()) != before:
            wrong.append(f"{path}: changed {[name for name in after if after[name] != before[name]]}")
            before = after
    assert not wrong, "\n".join(wrong)


INLINE = re.compile(
    rb"""<script(?![^>]*(?:\ssrc=|type="application/json"))|<style|\sstyle=["']|\son\w+=["']|javascript:"""
)


def test_every_page_has_the_headers_that_keep_strangers_out(world, alice_client, client, editor_client):
    wrong, pages = [], 0
    for path, name, _ in all_paths(world):
        for asking in (client, alice_client, editor_client):
            response = asking.get(path)
            policy = response.get("Content-Security-Policy", "")
            expected = {
                "X-Content-Type-Options": "nosniff",
                "X-Frame-Options": "DENY",
                "Referrer-Policy": "strict-origin-when-cross-origin",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            }
            if name == "invitation" and response.status_code != 302:
                expected["Referrer-Policy"] = "strict-origin"  # the address itself is the key
            missing = [header for header, value in expected.items() if response.get(header) != value]
            if (
                missing
                or "unsafe" in policy
                or "default-src 'none'" not in policy
                or "frame-ancestors 'none'" not in policy
            ):
                wrong.append(f"{path}: {missing} {policy}")
            if response["Content-Type"].startswith("text/html") and not response.streaming:
                pages += 1
                if found := INLINE.search(response.content):
                    wrong.append(f"{path}: {response.content[found.start() - 40 : found.end() + 60]!r}")
    assert not wrong, "\n".join(wrong)
    assert pages > 100
