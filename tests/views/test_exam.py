"""The exam over HTTP."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects, assertTemplateUsed

from facts.models import Fact, Player, Quiz, QuizQuestion, StudyPlan
from facts.services.exam import hand_in, save_draft
from facts.services.progress import FOLD_VERSION
from tests.factories import CHOOSE_TWO_AT, make_exam, make_exam_bank, make_quiz

pytestmark = pytest.mark.django_db

START = "/quiz/exam/"
MOVES = {"go": "2"}, {"flag": "1"}, {"clear": "1"}, {"go": "review"}


def url_of(exam, position=1):
    return reverse("question", args=[exam.pk, position])


def review_of(exam):
    return reverse("exam_review", args=[exam.pk])


def hand_in_url(exam):
    return reverse("exam_hand_in", args=[exam.pk])


def stored(exam, position=1):
    return QuizQuestion.objects.get(quiz=exam, position=position)


def keys_of(question):
    return [index for index, option in enumerate(question.options) if option["correct"]]


def answer(exam, *positions):
    """Choose what is right."""
    for position in positions:
        question = stored(exam, position)
        save_draft(question=question, chosen=keys_of(question), version=question.saves)


def run_out(exam):
    """The time of the exam is over; nobody has noticed yet."""
    now = timezone.now()
    Quiz.objects.filter(pk=exam.pk).update(started_at=now - timedelta(hours=1), deadline=now - timedelta(minutes=1))


@pytest.fixture
def exam(alice):
    return make_exam(alice)


# Starting


def test_start_page_says_what_it_is_like(client):
    make_exam_bank(23)
    response = client.get(START)
    assertContains(response, "75 questions, 180 minutes")
    assertContains(response, "20 questions, 48 minutes")
    assertContains(response, "65 of the 75 questions count, in the short form 17 of 20.")
    assertNotContains(response, "too few questions")


def test_start_makes_a_guest_of_a_visitor(client):
    make_exam_bank(7)
    response = client.post(START, {"questions": "20"})
    exam = Quiz.objects.get()
    assertRedirects(response, url_of(exam))
    assert exam.player.is_guest
    assert exam.questions.count() == 20
    assert exam.deadline - exam.started_at == pytest.approx(timedelta(minutes=48), abs=timedelta(seconds=5))


def test_start_with_extra_time(alice_client, alice):
    make_exam_bank(7)
    StudyPlan.objects.create(player=alice, has_extra_time=True)
    html = alice_client.get(START).content.decode()
    assert re.search(r'name="has_extra_time" checked', html)
    alice_client.post(START, {"questions": "20", "has_extra_time": "on"})
    exam = Quiz.objects.get()
    assert exam.deadline - exam.started_at == pytest.approx(timedelta(minutes=56), abs=timedelta(seconds=5))


def test_start_without_enough_questions_says_so_and_offers_the_largest_form(client):
    make_exam_bank(3)
    response = client.get(START)
    assertContains(response, "Migration and modernization: 15 needed, 3 available")
    assertContains(response, "The largest exam that it can give has 9 questions.")
    assertContains(response, 'value="9" checked')
    assertNotContains(response, 'value="75"')
    client.post(START, {"questions": "9"})
    assert Quiz.objects.get().questions.count() == 9


def test_start_with_an_empty_bank_says_so(client):
    response = client.get(START)
    assertContains(response, "It cannot give an exam with questions of every domain yet.")
    assertNotContains(response, "Start the exam")


@pytest.mark.parametrize(
    ("questions", "message"),
    [
        ("75", "The bank has too few questions for 75: Organizational complexity needs 20 and has 3"),
        ("", "Choose the full exam or a shorter one."),
        ("1000", "That is none of the forms."),
        ("many", "That is none of the forms."),
        ("-1", "That is none of the forms."),
    ],
)
def test_start_with_what_cannot_be_given_says_why(client, questions, message):
    make_exam_bank(3)
    assertContains(client.post(START, {"questions": questions}), message, status_code=422)
    assert (Quiz.objects.count(), Player.objects.count()) == (0, 0)


def test_start_while_one_runs_leads_to_it(alice_client, exam):
    assertContains(alice_client.get(START), "Your exam is running")
    response = alice_client.post(START, {"questions": "20"}, follow=True)
    assertContains(response, "This exam of yours is still running.")
    assert response.redirect_chain[-1][0] == url_of(exam)
    assert Quiz.objects.count() == 1


def test_start_page_hands_in_what_is_overdue(alice_client, exam):
    run_out(exam)
    assertNotContains(alice_client.get(START), "Your exam is running")
    exam.refresh_from_db()
    assert exam.finished_at == exam.deadline


@pytest.mark.parametrize("count", [2, 7])
def test_start_page_query_count_is_fixed(alice_client, alice, count, django_assert_num_queries):
    make_exam_bank(count)
    with django_assert_num_queries(6):  # session, player, overdue, running, what there is, plan
        alice_client.get(START)


# The page of a question


def test_question_names_the_choice_as_agreed(alice_client, exam):
    html = alice_client.get(url_of(exam)).content.decode()
    question = stored(exam)
    assert f'<form class="exam-form" method="post" action="{url_of(exam)}"' in html
    assert html.count('type="radio" name="choice"') == len(question.options)
    assert html.index("<fieldset") < html.index("<legend>") < html.index('class="stem"') < html.index('name="choice"')
    assertContains(alice_client.get(url_of(exam, CHOOSE_TWO_AT)), 'type="checkbox" name="choice"', count=5)


def test_question_default_button_is_the_next_one(alice_client, exam):
    """Enter in a form presses its first button; without JavaScript that must go on."""
    html = alice_client.get(url_of(exam)).content.decode()
    form = html.partition('<form class="exam-form"')[2]
    assert re.search(r"<button[^>]*>", form)[0] == '<button class="button" id="next" name="go" value="2">'


@pytest.mark.parametrize("is_htmx", [True, False])
def test_running_exam_tells_no_key_no_reason_and_no_pilot(alice_client, exam, htmx, is_htmx):
    headers = htmx if is_htmx else {}
    Fact.objects.update(explanation="The secret reason.")
    exam.questions.update(
        told={"statement": "The secret reason.", "slug": "secret-slug"}, service_name="Secret service"
    )
    texts = []
    for position in range(1, 9):
        row = stored(exam, position)
        exam.questions.filter(pk=row.pk).update(
            options=[option | {"why": "secret why", "fact": "secret-fact"} for option in row.options]
        )
        pages = [alice_client.get(url_of(exam, position), headers=headers)]
        for data in ({}, *MOVES, {"saves": "99", "choice": "1"}, {"choice": "7"}):
            data = {"choice": "0", "saves": stored(exam, position).saves} | data
            pages.append(alice_client.post(url_of(exam, position), data, headers=headers))
        texts += [page.content.decode() for page in pages]
    texts.append(alice_client.get(review_of(exam)).content.decode())
    words = "ecret|ilot|is-key|is-right|correct|scored|True|False|rganizational|igration"
    # The footer of every page links to the corrections.
    texts = [text.partition("<footer")[0] for text in texts]
    assert [found[0] for text in texts if (found := re.search(words, text))] == []


def test_pages_do_not_depend_on_what_counts(alice_client, exam):
    def pages():
        texts = [alice_client.get(url_of(exam, position)).content.decode() for position in range(1, 9)]
        texts.append(alice_client.get(review_of(exam)).content.decode())
        return [re.sub(r'csrfmiddlewaretoken" value="\w+"|data-left="\d+"|\d+:\d\d', "", text) for text in texts]

    before = pages()
    exam.questions.update(is_scored=False)
    assert pages() == before


def test_question_is_a_part_for_htmx(alice_client, exam, htmx):
    with assertTemplateUsed("facts/exam_question.html#fragment"):
        html = alice_client.get(url_of(exam), headers=htmx).content.decode()
    assert html.startswith("<title>Question 1 ")
    assert "<html" not in html


def test_question_shows_what_was_saved_and_the_state_of_all(alice_client, exam):
    answer(exam, 2)
    alice_client.post(url_of(exam, 3), {"flag": "1", "saves": "0"})
    alice_client.post(url_of(exam, CHOOSE_TWO_AT), {"choice": "0", "saves": "0"})
    html = alice_client.get(url_of(exam, 2)).content.decode()
    assert f'value="{stored(exam, 2).draft[0]}" checked' in html
    for number, words in ((1, "open"), (2, "answered"), (3, "open, flagged"), (8, "one of two chosen")):
        assert f'</span>{number}<span class="sr">, {words}</span>' in html
    assert "1 of 8 answered, 1 flagged" in html


def test_question_says_how_much_time_is_left(alice_client, exam):
    Quiz.objects.filter(pk=exam.pk).update(deadline=timezone.now() + timedelta(minutes=4, seconds=30))
    html = alice_client.get(url_of(exam)).content.decode()
    assert 265 <= int(re.search(r'data-left="(\d+)"', html)[1]) <= 270
    assert "is-urgent" in html


def test_quiz_goes_on_where_it_was_left(alice_client, exam):
    assertRedirects(alice_client.get(f"/quiz/{exam.pk}/"), url_of(exam, 1))
    alice_client.get(url_of(exam, 5))
    assertRedirects(alice_client.get(f"/quiz/{exam.pk}/"), url_of(exam, 5))


@pytest.mark.parametrize("count", [8, 20])
def test_question_takes_three_queries(alice_client, alice, htmx, count, django_assert_num_queries):
    exam = make_exam(alice, questions=count)
    alice_client.get(url_of(exam))  # from now on it is known whose session that is
    with django_assert_num_queries(3):  # question with session, player and quiz; time shown; places
        alice_client.get(url_of(exam, 2), headers=htmx)


# Saving


def test_save_by_script_says_so_quietly(alice_client, exam, htmx):
    with assertTemplateUsed("facts/exam_question.html#saved"):
        response = alice_client.post(url_of(exam), {"choice": "0", "saves": "0"}, headers=htmx)
    html = response.content.decode()
    assert "</span> Saved" in html
    assert 'name="saves" value="1"' in html
    assert 'id="place-1"' in html
    assert "1 of 8 answered" in html
    assert "<fieldset" not in html
    assert stored(exam).draft == [0]


def test_save_by_script_of_nothing_clears(alice_client, exam, htmx):
    answer(exam, 1)
    response = alice_client.post(url_of(exam), {"saves": "1"}, headers=htmx)
    assertContains(response, "nothing chosen")
    assert stored(exam).draft is None


def test_moving_over_htmx_saves_and_shows_the_other_question(alice_client, exam, htmx):
    with assertTemplateUsed("facts/exam_question.html#fragment"):
        response = alice_client.post(url_of(exam), {"choice": "0", "saves": "0", "go": "7"}, headers=htmx)
    assertContains(response, f'action="{url_of(exam, 7)}"')
    assert response.headers["HX-Push-Url"] == url_of(exam, 7)
    assert stored(exam).draft == [0]
    assert stored(exam, 7).shown_at is not None


def test_moving_over_htmx_to_the_review(alice_client, exam, htmx):
    with assertTemplateUsed("facts/exam_review.html#fragment"):
        response = alice_client.post(url_of(exam), {"choice": "0", "saves": "0", "go": "review"}, headers=htmx)
    assert response.headers["HX-Push-Url"] == review_of(exam)


@pytest.mark.parametrize("go", ["7", "2", "review", ""])
def test_moving_without_script_saves_and_redirects(alice_client, exam, go):
    response = alice_client.post(url_of(exam), {"choice": "0", "saves": "0", "go": go})
    assertRedirects(response, review_of(exam) if go == "review" else url_of(exam, int(go or 1)))
    assert stored(exam).draft == [0]


@pytest.mark.parametrize("is_htmx", [True, False])
def test_flag_is_set_and_taken_off_and_keeps_the_choice(alice_client, exam, htmx, is_htmx):
    headers = htmx if is_htmx else {}
    alice_client.post(url_of(exam), {"choice": "0", "saves": "0", "flag": "1"}, headers=headers)
    assert (stored(exam).is_flagged, stored(exam).draft) == (True, [0])
    assertContains(alice_client.get(url_of(exam)), "Take the flag off")
    alice_client.post(url_of(exam), {"choice": "0", "saves": "1", "flag": "0"}, headers=headers)
    assert not stored(exam).is_flagged


@pytest.mark.parametrize("is_htmx", [True, False])
def test_clear_takes_the_choice_away(alice_client, exam, htmx, is_htmx):
    answer(exam, 1)
    data = {"choice": "0", "saves": "1", "clear": "1"}
    response = alice_client.post(url_of(exam), data, headers=htmx if is_htmx else {}, follow=True)
    assertNotContains(response, " checked")
    assert stored(exam).draft is None


@pytest.mark.parametrize("count", [8, 20])
def test_save_takes_three_queries_and_moving_on_one_more(alice_client, alice, htmx, count, django_assert_num_queries):
    exam = make_exam(alice, questions=count)
    alice_client.get(url_of(exam))
    with django_assert_num_queries(3):  # question with session, player and quiz; the choice; places
        alice_client.post(url_of(exam), {"choice": "0", "saves": "0"}, headers=htmx)
    with django_assert_num_queries(4):  # and the other question
        alice_client.post(url_of(exam), {"choice": "0", "saves": "1", "go": "2"}, headers=htmx)


@pytest.mark.parametrize(
    ("position", "choice", "message"),
    [
        (1, ["7"], "That is not one of the options."),
        (1, ["x"], "That is not one of the options."),
        (1, ["-1"], "That is not one of the options."),
        (1, ["9" * 5000], "That is not one of the options."),
        (1, ["0", "1"], "Choose one option only"),
        (CHOOSE_TWO_AT, ["0", "1", "2"], "Choose two options: you have chosen 3."),
    ],
)
@pytest.mark.parametrize("move", [{}, {"go": "2"}])
@pytest.mark.parametrize("is_htmx", [True, False])
def test_choice_that_cannot_be_meant_says_why(alice_client, exam, htmx, position, choice, message, move, is_htmx):
    data = {"choice": choice, "saves": "0"} | move
    response = alice_client.post(url_of(exam, position), data, headers=htmx if is_htmx else {})
    assertContains(response, message, status_code=422)
    assertContains(response, "not saved", status_code=422)
    assert stored(exam, position).draft is None


@pytest.mark.parametrize("go", ["0", "9", "banana", "²", "9" * 3000])
@pytest.mark.parametrize("is_htmx", [True, False])
def test_going_to_no_question_saves_and_says_so(alice_client, exam, htmx, go, is_htmx):
    data = {"choice": "0", "saves": "0", "go": go}
    response = alice_client.post(url_of(exam), data, headers=htmx if is_htmx else {})
    assertContains(response, "There is no such question in this exam. Your choice is saved", status_code=422)
    assert stored(exam).draft == [0]


# Two devices


@pytest.mark.parametrize("version", ["0", "", "nonsense", "-1", "²", "9" * 400])
@pytest.mark.parametrize("move", [{}, {"go": "2"}])
@pytest.mark.parametrize("is_htmx", [True, False])
def test_choice_from_an_old_page_tells_what_was_saved_elsewhere(alice_client, exam, htmx, version, move, is_htmx):
    alice_client.post(url_of(exam), {"choice": "1", "saves": "0"})
    headers = htmx if is_htmx else {}
    response = alice_client.post(url_of(exam), {"choice": "0", "saves": version} | move, headers=headers)
    html = response.content.decode()
    assert response.status_code == 422
    assert "the choice was changed to B." in html
    assert stored(exam).draft == [1]
    if move or not is_htmx:
        assert 'value="0" checked' in html  # stays in the form
    version = re.search(r'name="saves" value="(\d+)"', html)[1]
    alice_client.post(url_of(exam), {"choice": "0", "saves": version}, headers=headers)
    assert stored(exam).draft == [0]


def test_same_choice_from_two_devices_is_no_fuss(alice_client, exam, htmx):
    for _ in range(2):
        response = alice_client.post(url_of(exam), {"choice": "1", "saves": "0"}, headers=htmx)
        assertContains(response, "</span> Saved")


def test_choice_from_a_page_before_clearing_tells_of_it(alice_client, exam):
    answer(exam, 1)
    alice_client.post(url_of(exam), {"saves": "1", "clear": "1"})
    response = alice_client.post(url_of(exam), {"choice": "0", "saves": "1"})
    assertContains(response, "the choice was cleared.", status_code=422)


# The end


@pytest.mark.parametrize("move", [{}, {"go": "2"}, {"flag": "1"}])
@pytest.mark.parametrize("is_htmx", [True, False])
def test_choice_after_the_deadline_is_refused_and_the_exam_handed_in(alice_client, exam, htmx, move, is_htmx):
    answer(exam, 1)
    run_out(exam)
    data = {"choice": "0", "saves": "0"} | move
    response = alice_client.post(url_of(exam, 2), data, headers=htmx if is_htmx else {})
    assertContains(response, "The exam was handed in with what was saved before", status_code=422)
    assertContains(response, "See the result", status_code=422)
    exam.refresh_from_db()
    assert exam.finished_at == exam.deadline
    assert (stored(exam, 1).is_right, stored(exam, 2).answered_at) == (True, None)


@pytest.mark.parametrize("is_htmx", [True, False])
def test_choice_after_handing_in_is_refused(alice_client, exam, htmx, is_htmx):
    alice_client.post(hand_in_url(exam))
    response = alice_client.post(url_of(exam), {"choice": "0", "saves": "0"}, headers=htmx if is_htmx else {})
    assertContains(response, "This exam was handed in.", status_code=422)
    assert stored(exam).answered_at is None


@pytest.mark.parametrize("path", ["", "1/", "review/"])
def test_looking_at_an_overdue_exam_leads_to_its_report(alice_client, exam, path):
    answer(exam, 1)
    run_out(exam)
    response = alice_client.get(f"/quiz/{exam.pk}/{path}", follow=True)
    assertContains(response, "The time was over: your exam was handed in")
    assertContains(response, "The time ran out")
    assert stored(exam).is_right


def test_review_tells_open_half_and_flagged(alice_client, exam):
    answer(exam, 1, 2, 3)
    alice_client.post(url_of(exam, 3), {"choice": keys_of(stored(exam, 3)), "flag": "1", "saves": "1"})
    alice_client.post(url_of(exam, CHOOSE_TWO_AT), {"choice": "0", "saves": "0"})
    response = alice_client.get(review_of(exam))
    for text in ("3 of 8 questions are answered.", "Open: 4", "Only one of two chosen: 1", "Flagged: 1", "Hand in now"):
        assertContains(response, text)
    exam.refresh_from_db()
    assert exam.finished_at is None


@pytest.mark.parametrize("count", [8, 20])
def test_review_takes_four_queries(alice_client, alice, count, django_assert_num_queries):
    exam = make_exam(alice, questions=count)
    with django_assert_num_queries(4):  # session, player, quiz, places
        alice_client.get(review_of(exam))


def test_hand_in_leads_to_the_report(alice_client, exam):
    answer(exam, *range(1, 9))
    response = alice_client.post(hand_in_url(exam), follow=True)
    assertContains(response, "Passed, with 1,000 of 1,000 points.")


def test_hand_in_twice_says_so(alice_client, exam):
    alice_client.post(hand_in_url(exam))
    response = alice_client.post(hand_in_url(exam), follow=True)
    assertContains(response, "This exam was handed in before. Nothing has changed.")


def test_hand_in_after_the_deadline_says_so(alice_client, exam):
    run_out(exam)
    assertContains(alice_client.post(hand_in_url(exam), follow=True), "The time was over")


def test_finish_leads_to_the_review_and_ends_nothing(alice_client, exam):
    assertRedirects(alice_client.post(f"/quiz/{exam.pk}/finish/"), review_of(exam))
    exam.refresh_from_db()
    assert exam.finished_at is None


def test_again_on_a_running_exam_gives_nothing_away(alice_client, exam):
    response = alice_client.post(f"/quiz/{exam.pk}/again/", follow=True)
    assertContains(response, "Nothing is left to practise")
    assert Quiz.objects.count() == 1


# The report


def test_report_has_the_sentence_the_figures_and_the_pilots(alice_client, exam):
    answer(exam, 1, 2)
    alice_client.get(url_of(exam, 4))
    hand_in(quiz=exam)
    right = exam.questions.filter(is_right=True, is_scored=True).count()
    response = alice_client.get(f"/quiz/{exam.pk}/")
    html = response.content.decode()
    assert re.search(r"<h1[^>]*>Not passed: \d+ points, and 750 pass.</h1>", html)
    assert f"{right} of the 7 questions that count were right; 6 are needed to pass." in html
    assert "a linear estimate from 100 to 1,000: AWS equates its forms" in html
    assert "6 questions were left open" in html
    assert html.count("pilot, did not count") == 1
    assert "Study next: the 6 I missed" in html
    assert html.count(">Reasons<") == 8


def test_report_leads_to_a_quiz_of_what_was_missed(alice_client, exam):
    answer(exam, 1, 2)
    missed = set(exam.questions.filter(position__gt=2).values_list("fact", flat=True))
    hand_in(quiz=exam)
    alice_client.post(f"/quiz/{exam.pk}/again/")
    practice = Quiz.objects.exclude(pk=exam.pk).get()
    assert set(practice.questions.values_list("fact", flat=True)) <= missed
    assert practice.mode == "practice"


def test_question_of_a_finished_exam_shows_its_reasons(alice_client, exam):
    answer(exam, 1)
    hand_in(quiz=exam)
    response = alice_client.get(url_of(exam, 1))
    assertContains(response, "your answer, correct")
    assertContains(response, f'href="{url_of(exam, 2)}"')
    assertContains(alice_client.get(url_of(exam, 2)), "Left open, which counts as wrong.")
    assertNotContains(alice_client.get(url_of(exam, 8)), "Next question")


def test_question_asked_stays_though_its_fact_is_retired(alice_client, exam):
    question = stored(exam)
    Fact.objects.filter(pk=question.fact_id).update(status="retired", is_withdrawn=True)
    response = alice_client.post(url_of(exam), {"choice": "0", "saves": "0", "go": "2"}, follow=True)
    assert response.status_code == 200
    assertContains(alice_client.get(url_of(exam)), "</label>", count=len(question.options))


@pytest.mark.parametrize("count", [8, 20])
def test_report_takes_seven_queries_and_a_question_of_it_two(alice_client, alice, count, django_assert_num_queries):
    exam = make_exam(alice, questions=count)
    answer(exam, 1, 2, 3)
    hand_in(quiz=exam)
    alice_client.get(f"/quiz/{exam.pk}/")
    alice_client.get(url_of(exam))
    with django_assert_num_queries(7):  # session, player, quiz, what is to be handed in, to be folded, plan, questions
        alice_client.get(f"/quiz/{exam.pk}/")
    with django_assert_num_queries(2):  # question with session, player and quiz; count
        alice_client.get(url_of(exam))


def test_answers_count_in_progress_once_handed_in(alice_client, alice, exam):
    assert alice.fold_version == FOLD_VERSION
    answer(exam, 1, 2)
    hand_in(quiz=exam)
    alice_client.get(f"/quiz/{exam.pk}/")
    assert exam.questions.filter(attempt=1).count() == 2


# Not one's own


@pytest.mark.parametrize("path", ["", "1/", "review/", "hand-in/", "finish/", "again/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_exam_of_somebody_else_is_not_found(bob_client, exam, path, method):
    for stranger in (bob_client, Client()):
        response = getattr(stranger, method)(f"/quiz/{exam.pk}/{path}", {"choice": "0", "saves": "0", "go": "2"})
        is_right_method = method == "get" if path in ("", "review/") else method == "post"
        assert response.status_code == 404 if is_right_method or path == "1/" else response.status_code == 405
    assert not exam.questions.exclude(saves=0).exists()
    exam.refresh_from_db()
    assert exam.finished_at is None


@pytest.mark.parametrize("path", ["0/", "9/", "99999999999999999999/"])
def test_question_beyond_the_end_is_not_found(alice_client, exam, path):
    assert alice_client.get(f"/quiz/{exam.pk}/{path}").status_code == 404
    assert alice_client.post(f"/quiz/{exam.pk}/{path}", {"choice": "0"}).status_code == 404


@pytest.mark.parametrize("path", ["review/", "hand-in/"])
def test_pages_of_exams_are_of_exams_only(alice_client, alice, path):
    make_exam_bank(2)
    quiz = make_quiz(alice)
    response = (
        alice_client.get(f"/quiz/{quiz.pk}/{path}")
        if path == "review/"
        else alice_client.post(f"/quiz/{quiz.pk}/{path}")
    )
    assert response.status_code == 404


def test_exam_that_does_not_exist_is_not_found(alice_client):
    assert alice_client.get("/quiz/99999999999999999999/review/").status_code == 404
    assert alice_client.post("/quiz/12345/hand-in/").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("delete", "/quiz/exam/"),
        ("post", "/quiz/{}/"),
        ("post", "/quiz/{}/review/"),
        ("get", "/quiz/{}/hand-in/"),
        ("put", "/quiz/{}/1/"),
    ],
)
def test_wrong_method_is_refused(alice_client, exam, method, path):
    assert getattr(alice_client, method)(path.format(exam.pk)).status_code == 405


def test_exam_that_was_deleted_meanwhile_is_not_found(alice_client, exam, monkeypatch):
    def delete(**values):
        Quiz.objects.filter(pk=exam.pk).delete()
        save_draft(**values)

    monkeypatch.setattr("facts.views.exam.save_draft", delete)
    assert alice_client.post(url_of(exam), {"choice": "0", "saves": "0"}).status_code == 404
