from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from facts.models import ExamResult, Player, StudyPlan
from tests.factories import make_facts

pytestmark = pytest.mark.django_db

GOOD = {
    "exam_on": "",
    "session_length": "20",
    "new_per_day": "15",
    "time_zone": "Europe/Vienna",
    "sprint_pace": "100",
}


def in_days(days):
    return (timezone.now().date() + timedelta(days=days)).isoformat()


def test_plan_is_saved(alice_client, alice):
    make_facts(1)
    response = alice_client.post("/plan/", GOOD | {"exam_on": in_days(30), "has_extra_time": "on"})
    assertRedirects(response, "/")
    plan = StudyPlan.objects.get(player=alice)
    assert (plan.exam_on.isoformat(), plan.time_zone, plan.has_extra_time) == (in_days(30), "Europe/Vienna", True)


def test_plan_of_a_visitor_makes_a_guest(client):
    make_facts(1)
    assert client.get("/plan/").status_code == 200
    assert not Player.objects.exists()
    assertRedirects(client.post("/plan/", GOOD), "/")
    assert StudyPlan.objects.get().player.is_guest


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("exam_on", in_days(-2), "That day has passed."),
        ("exam_on", in_days(3650), "more than two years ahead"),
        ("exam_on", "next spring", "That is not a date."),
        ("exam_on", "9999-99-99", "That is not a date."),
        ("time_zone", "Mars/Olympus", "“Mars/Olympus” is not a time zone."),
        ("time_zone", "../../etc/passwd", "is not a time zone."),
        ("session_length", "4", "at least 5 questions"),
        ("session_length", "76", "at most 75 questions"),
        ("session_length", "many", "a whole number from 5 to 75"),
        ("new_per_day", "-1", "a whole number from 0 to 100"),
        ("new_per_day", "101", "At most 100 new facts"),
        ("sprint_pace", "7", "7 is not one of the available choices"),
    ],
)
def test_plan_that_cannot_be_meant_says_why_and_keeps_what_was_entered(alice_client, field, value, message):
    response = alice_client.post("/plan/", GOOD | {"session_length": "33", field: value})
    assert response.status_code == 422
    assertContains(response, message, status_code=422)
    if field != "session_length":
        assertContains(response, 'value="33"', status_code=422)
    assert not StudyPlan.objects.exists()


def test_exam_that_has_gone_by_does_not_stop_other_changes(alice_client, alice):
    make_facts(1)
    StudyPlan.objects.create(player=alice, exam_on=date(2025, 1, 1))
    assertRedirects(alice_client.post("/plan/", GOOD | {"exam_on": "2025-01-01", "new_per_day": "3"}), "/")
    assert StudyPlan.objects.get().new_per_day == 3


def test_home_asks_how_an_exam_went(alice_client, alice):
    make_facts(1)
    StudyPlan.objects.create(player=alice, exam_on=date(2025, 1, 1))
    assertContains(alice_client.get("/"), "How did it go?")


# The real result


def test_result_is_kept_and_shown(alice_client, alice):
    values = {"taken_on": in_days(-1), "is_passed": "yes", "score": "801"}
    assertRedirects(alice_client.post("/plan/result/", values), "/plan/")
    result = ExamResult.objects.get(player=alice)
    assert (result.is_passed, result.score, result.chance) == (True, 801, None)
    assertContains(alice_client.get("/plan/"), "801")


def test_passing_ends_the_countdown_and_failing_does_not(alice_client, alice):
    exam_on = timezone.now().date() + timedelta(days=5)
    StudyPlan.objects.create(player=alice, exam_on=exam_on)
    alice_client.post("/plan/result/", {"taken_on": in_days(-2), "is_passed": "no"})
    assert StudyPlan.objects.get().exam_on == exam_on
    alice_client.post("/plan/result/", {"taken_on": in_days(-1), "is_passed": "yes"})
    assert StudyPlan.objects.get().exam_on is None


def test_result_told_again_replaces_the_first(alice_client):
    for score in ("700", "710"):
        alice_client.post("/plan/result/", {"taken_on": in_days(-1), "is_passed": "no", "score": score})
    assert ExamResult.objects.get().score == 710


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"taken_on": in_days(2)}, "That day has not come yet."),
        ({"taken_on": in_days(-2000)}, "more than two years ago"),
        ({"taken_on": "soon"}, "That is not a date."),
        ({"score": "99"}, "from 100 to 1,000"),
        ({"score": "1001"}, "from 100 to 1,000"),
        ({"score": "749"}, "do not agree"),
        ({"is_passed": ""}, "Say whether you passed."),
        ({"is_passed": "maybe"}, "not one of the available choices"),
    ],
)
def test_result_that_cannot_be_meant_says_why(alice_client, values, message):
    response = alice_client.post(
        "/plan/result/", {"taken_on": in_days(-1), "is_passed": "yes", "score": "800"} | values
    )
    assertContains(response, message, status_code=422)
    assert not ExamResult.objects.exists()


def test_result_is_seen_and_deleted_by_its_player_alone(alice_client, bob_client, alice):
    result = ExamResult.objects.create(player=alice, taken_on=date(2026, 1, 1), is_passed=True, score=801)
    assertNotContains(bob_client.get("/plan/"), "801")
    assert bob_client.post(f"/plan/result/{result.pk}/delete/").status_code == 404
    assert alice_client.get(f"/plan/result/{result.pk}/delete/").status_code == 405
    assertRedirects(alice_client.post(f"/plan/result/{result.pk}/delete/"), "/plan/")
    assert not ExamResult.objects.exists()


def test_stranger_cannot_tell_or_delete_results(client):
    assertRedirects(client.get("/plan/result/"), "/plan/")
    assert client.post("/plan/result/1/delete/").status_code == 404
