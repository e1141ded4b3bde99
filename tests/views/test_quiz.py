"""The home page and the quiz over HTTP."""

import gzip

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects, assertTemplateUsed

from facts.models import Player, Quiz, QuizQuestion, Tally
from tests.factories import answer_quiz, make_fact, make_facts, make_quiz, make_service

pytestmark = pytest.mark.django_db

QUICK = {"all_kinds": "1", "length": "5"}
FORM = {"kind": ["true_false", "which_true"], "length": "5"}


def url_of(quiz, position=1):
    return reverse("question", args=[quiz.pk, position])


def right_of(question):
    return [str(index) for index, option in enumerate(question.options) if option["correct"]]


def wrong_of(question):
    return [str(index) for index, option in enumerate(question.options) if not option["correct"]][:1]


@pytest.fixture
def quiz(alice):
    return make_quiz(alice, length=5, kinds=["true_false"])


# Home and start


def test_home_offers_to_start_without_an_account(client):
    make_facts(2)
    assertContains(client.get("/"), "No account needed")


def test_home_offers_unfinished_quizzes_of_the_player_only(alice_client, bob_client, quiz):
    assertContains(alice_client.get("/"), f'href="/quiz/{quiz.pk}/"')
    assertNotContains(bob_client.get("/"), "/quiz/1")


@pytest.mark.parametrize("fact_count", [1, 3])
def test_home_query_count_is_fixed(alice_client, alice, fact_count, django_assert_num_queries):
    make_facts(fact_count)
    make_quiz(alice)
    with django_assert_num_queries(15):
        alice_client.get("/")


def test_start_makes_a_guest_of_a_visitor(client):
    make_facts(5)
    response = client.post("/quiz/", QUICK)
    quiz = Quiz.objects.get()
    assertRedirects(response, f"/quiz/{quiz.pk}/", target_status_code=302)
    assert quiz.player.is_guest
    assert client.get(f"/quiz/{quiz.pk}/1/").status_code == 200


def test_start_twice_keeps_the_same_guest(client):
    make_facts(5)
    client.post("/quiz/", QUICK)
    client.post("/quiz/", QUICK)
    assert Player.objects.count() == 1


def test_start_says_when_the_bank_has_fewer_facts(alice_client):
    make_facts(3)
    response = alice_client.post("/quiz/", {**FORM, "length": "40"}, follow=True)
    assertContains(response, "The bank has 3 fitting facts, so the quiz has 3 questions instead of 40.")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"service": "no-such-service"}, "“no-such-service” is not a service that Examprep knows."),
        ({"family": "nonsense"}, "“nonsense” is not a family of services."),
        ({"domain": "cooking"}, "“cooking” is not a domain of the exam."),
        ({"kind": []}, "Choose at least one kind of question."),
        ({"kind": ["essay"]}, "“essay” is not a kind of question."),
        ({"length": "0"}, "A quiz has at least 5 questions."),
        ({"length": "-7"}, "A quiz has at least 5 questions."),
        ({"length": "10000"}, "A quiz has at most 75 questions."),
        ({"length": "9" * 400}, "A quiz has at most 75 questions."),
        ({"length": "many"}, "The number of questions is a whole number from 5 to 75."),
        ({"length": ""}, "Say how many questions, from 5 to 75."),
        ({"domain": "migration-modernization"}, "No question fits this choice."),
    ],
)
def test_start_with_a_choice_that_cannot_be_meant_says_why(client, change, message):
    make_facts(3)
    response = client.post("/quiz/", {**FORM, **change})
    assertContains(response, message, status_code=422)
    assert (Quiz.objects.count(), Player.objects.count()) == (0, 0)


def test_start_that_failed_keeps_what_was_chosen(client):
    make_facts(1, service=make_service("s3"))
    response = client.post("/quiz/", {**FORM, "service": ["s3"], "length": "3"})
    html = response.content.decode()
    assert '<input type="checkbox" name="service" value="s3" checked>' in html
    assert '<input type="checkbox" name="kind" value="scenario" >' in html
    assert 'value="3"' in html


def test_start_by_get_goes_home(client):
    assertRedirects(client.get("/quiz/"), "/")


# Showing a question


def test_question_names_the_choice_as_agreed(alice_client, quiz):
    html = alice_client.get(url_of(quiz)).content.decode()
    assert '<form method="post" action="/quiz/' in html
    assert html.count('<input type="radio" name="choice"') == 2
    assert html.index("<fieldset") < html.index("<legend>") < html.index('class="stem"') < html.index('name="choice"')


def test_choose_two_has_checkboxes(alice_client, alice):
    make_facts(6)
    quiz = make_quiz(alice, length=1, kinds=["choose_two"])
    assertContains(alice_client.get(url_of(quiz)), '<input type="checkbox" name="choice"', count=5)


def test_question_tells_nothing_before_the_answer(alice_client, alice):
    make_fact(explanation="The secret reason.", note="The secret change.", status="changed")
    quiz = make_quiz(alice, length=1)
    response = alice_client.get(url_of(quiz))
    assertNotContains(response, "secret")
    assertNotContains(response, "is-key")


def test_set_question_of_a_family_does_not_name_the_service_of_its_key(alice_client, alice):
    for number in range(6):
        make_fact(service=make_service(f"svc{number}"), remake=False)
    make_facts(0)
    quiz = make_quiz(alice, length=1, kinds=["which_true"])
    html = alice_client.get(url_of(quiz)).content.decode()
    assert 'class="dot"' not in html.partition("<legend>")[2].partition("</legend>")[0]


def test_question_for_htmx_is_a_part_with_its_title(alice_client, quiz, htmx):
    with assertTemplateUsed("facts/question.html#fragment"):
        response = alice_client.get(url_of(quiz), headers=htmx)
    html = response.content.decode()
    assert html.startswith("<title>Question 1 of 5")
    assert "<html" not in html


def test_question_for_restored_history_is_whole(alice_client, quiz, htmx):
    response = alice_client.get(url_of(quiz), headers=htmx | {"HX-History-Restore-Request": "true"})
    assertContains(response, "<html")


@pytest.mark.parametrize("is_htmx", [True, False])
def test_no_cache_keeps_a_question_or_an_answer(alice_client, quiz, htmx, is_htmx):
    headers = htmx if is_htmx else {}
    shown = alice_client.get(url_of(quiz), headers=headers)
    answered = alice_client.post(url_of(quiz), {"choice": "0"}, headers=headers)
    assert shown["Cache-Control"] == answered["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize(("length", "old"), [(5, 0), (40, 3)])
def test_next_question_takes_three_queries(alice_client, alice, htmx, length, old, django_assert_num_queries):
    make_facts(40, false_statements=[])
    for _ in range(old):
        answer_quiz(make_quiz(alice, length=5))
    quiz = make_quiz(alice, length=length)
    alice_client.get(url_of(quiz))  # from now on it is known whose session that is
    with django_assert_num_queries(3):  # question with session, player and quiz; time shown; course
        alice_client.get(url_of(quiz, 2), headers=htmx)


# Answering


def test_answer_over_htmx_shows_the_verdict_in_place(alice_client, quiz, htmx):
    question = quiz.questions.get(position=1)
    with assertTemplateUsed("facts/question.html#fragment"):
        response = alice_client.post(url_of(quiz), {"choice": right_of(question)}, headers=htmx)
    assertContains(response, "Right.")
    assertContains(response, f'href="/quiz/{quiz.pk}/2/"')
    assertContains(response, question.told["explanation"])


def test_answer_without_htmx_redirects_to_the_feedback(alice_client, quiz):
    question = quiz.questions.get(position=1)
    response = alice_client.post(url_of(quiz), {"choice": wrong_of(question)})
    assertRedirects(response, url_of(quiz))
    assertContains(alice_client.get(url_of(quiz)), "Wrong.")


def test_feedback_gives_every_option_its_reason_and_what_changed(alice_client, alice, htmx):
    make_fact(
        note="AWS raised it in 2025.",
        status="changed",
        reference="https://docs.aws.amazon.com/x",
        checked_on="2026-11-23",
    )
    quiz = make_quiz(alice, length=1)
    question = quiz.questions.get()
    html = alice_client.post(url_of(quiz), {"choice": right_of(question)}, headers=htmx).content.decode()
    assert html.count('class="why"') == len(question.options)
    for text in ("AWS raised it in 2025.", "https://docs.aws.amazon.com/x", "Read on 23 November 2026"):
        assert text in html


@pytest.mark.parametrize(("length", "old"), [(5, 0), (40, 3)])
def test_answer_takes_three_queries(alice_client, alice, htmx, length, old, django_assert_num_queries):
    make_facts(40, false_statements=[])
    for _ in range(old):
        answer_quiz(make_quiz(alice, length=5))
    quiz = make_quiz(alice, length=length)
    alice_client.get(url_of(quiz))
    with django_assert_num_queries(3):  # question with session, player and quiz; the answer; course
        alice_client.post(url_of(quiz), {"choice": "0"}, headers=htmx)


def test_last_answer_takes_four_queries_and_ends_the_quiz(alice_client, quiz, htmx, django_assert_num_queries):
    for position in range(1, 5):
        alice_client.post(url_of(quiz, position), {"choice": "0"})
    with django_assert_num_queries(4):  # and the end of the quiz
        response = alice_client.post(url_of(quiz, 5), {"choice": "0"}, headers=htmx)
    assertContains(response, "See the result")
    quiz.refresh_from_db()
    assert quiz.finished_at is not None


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ([], "Choose an option, then answer."),
        (["7"], "That is not one of the options."),
        (["x"], "That is not one of the options."),
        (["-1"], "That is not one of the options."),
        (["²"], "That is not one of the options."),
        (["9" * 5000], "That is not one of the options."),
        (["0", "1"], "Choose one option only: one of them is right."),
    ],
)
@pytest.mark.parametrize("is_htmx", [True, False])
def test_answer_that_cannot_be_graded_says_why(alice_client, quiz, htmx, choice, message, is_htmx):
    response = alice_client.post(url_of(quiz), {"choice": choice}, headers=htmx if is_htmx else {})
    assertContains(response, message, status_code=422)
    assert quiz.questions.get(position=1).answered_at is None


def test_one_choice_of_two_says_so_and_stays_chosen(alice_client, alice, htmx):
    make_facts(6)
    quiz = make_quiz(alice, length=1, kinds=["choose_two"])
    response = alice_client.post(url_of(quiz), {"choice": ["3"]}, headers=htmx)
    assertContains(response, "Choose two options: you have chosen 1.", status_code=422)
    assertContains(response, 'value="3" checked', status_code=422)


def test_second_answer_shows_the_first(alice_client, quiz, htmx):
    question = quiz.questions.get(position=1)
    alice_client.post(url_of(quiz), {"choice": wrong_of(question)})
    response = alice_client.post(url_of(quiz), {"choice": right_of(question)}, headers=htmx)
    assertContains(response, "This question was answered before; the first answer counts.")
    assertContains(response, "Wrong.")
    assert quiz.questions.get(position=1).is_right is False


def test_stale_form_grades_its_own_question(alice_client, quiz):
    """Answering question 1 from an old tab while question 3 is on in another one."""
    for position in (1, 2):
        alice_client.post(url_of(quiz, position), {"choice": "0"})
    before = list(quiz.questions.values_list("position", "chosen"))
    alice_client.post(url_of(quiz, 1), {"choice": "1"})
    assert list(quiz.questions.values_list("position", "chosen")) == before


def test_answer_after_the_end_does_not_count(alice_client, quiz, htmx):
    alice_client.post(reverse("finish", args=[quiz.pk]))
    response = alice_client.post(url_of(quiz), {"choice": "0"}, headers=htmx)
    assertContains(response, "This quiz has ended, so the answer does not count any more.", status_code=422)
    assert quiz.questions.get(position=1).answered_at is None


def test_answer_to_a_bare_htmx_request_is_small(alice_client, alice, htmx):
    for number in range(8):
        make_fact(
            statement=f"Case {number}: " + "a long statement " * 12,
            explanation="Because of a reason. " * 15,
            remake=False,
        )
    make_facts(0)
    quiz = make_quiz(alice, length=1, kinds=["choose_two"])
    response = alice_client.post(url_of(quiz), {"choice": ["0", "1"]}, headers=htmx)
    assert len(gzip.compress(response.content)) < 3000


# Not one's own


@pytest.mark.parametrize("path", ["", "1/", "finish/", "again/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_quiz_of_somebody_else_is_not_found(bob_client, client, quiz, path, method):
    for stranger in (bob_client, client):
        response = getattr(stranger, method)(f"/quiz/{quiz.pk}/{path}", {"choice": "0"})
        assert response.status_code in ({404} if path in ("", "1/") and method == "get" or path == "1/" else {404, 405})
    assert not QuizQuestion.objects.exclude(answered_at=None).exists()
    quiz.refresh_from_db()
    assert quiz.finished_at is None


@pytest.mark.parametrize("position", [0, 6, 99999999999999999999])
def test_question_beyond_the_end_is_not_found(alice_client, quiz, position):
    assert alice_client.get(f"/quiz/{quiz.pk}/{position}/").status_code == 404
    assert alice_client.post(f"/quiz/{quiz.pk}/{position}/", {"choice": "0"}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/"),
        ("put", "/quiz/"),
        ("post", "/quiz/{}/"),
        ("delete", "/quiz/{}/1/"),
        ("get", "/quiz/{}/finish/"),
        ("get", "/quiz/{}/again/"),
    ],
)
def test_wrong_method_is_refused(alice_client, quiz, method, path):
    assert getattr(alice_client, method)(path.format(quiz.pk)).status_code == 405


def test_post_without_a_csrf_token_gets_a_page_that_says_what_to_do(alice, quiz):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice, backend="facts.backends.PlayerBackend")
    assertContains(strict.post(url_of(quiz), {"choice": "0"}), "Please send that again.", status_code=403)


# Results


def test_unfinished_quiz_goes_on_where_it_was_left(alice_client, quiz):
    alice_client.post(url_of(quiz, 1), {"choice": "0"})
    assertRedirects(alice_client.get(f"/quiz/{quiz.pk}/"), url_of(quiz, 2))


def test_result_shows_every_question_with_both_answers(alice_client, quiz):
    answer_quiz(quiz, right=4)
    response = alice_client.get(f"/quiz/{quiz.pk}/")
    assertContains(response, "80 %")
    for question in quiz.questions.all():
        assertContains(response, question.stem, html=False)
    assertContains(response, "You said: “", count=1)
    assertContains(response, "Practise the one I missed")


def test_result_folds_the_answers(alice_client, alice, quiz):
    answer_quiz(quiz)
    alice_client.get(f"/quiz/{quiz.pk}/")
    assert Tally.objects.get(player=alice, period="all", scope="").answered == 5


@pytest.mark.parametrize("length", [5, 20])
def test_result_query_count_is_fixed(alice_client, alice, length, django_assert_num_queries):
    make_facts(20, false_statements=[])
    quiz = make_quiz(alice, length=length)
    answer_quiz(quiz)
    alice_client.get(f"/quiz/{quiz.pk}/")
    with django_assert_num_queries(8):  # session, player, quiz, course, is there something to fold, questions
        alice_client.get(f"/quiz/{quiz.pk}/")


def test_again_asks_the_missed_facts(alice_client, alice, quiz):
    answer_quiz(quiz, right=3)
    missed = set(quiz.questions.filter(is_right=False).values_list("fact", flat=True))
    alice_client.post(f"/quiz/{quiz.pk}/again/")
    new = Quiz.objects.exclude(pk=quiz.pk).get()
    assert set(new.questions.values_list("fact", flat=True)) == missed
    assert new.scope == "Missed in: Everything"


def test_again_with_nothing_missed_says_so(alice_client, quiz):
    answer_quiz(quiz)
    response = alice_client.post(f"/quiz/{quiz.pk}/again/", follow=True)
    assertContains(response, "Nothing is left to practise from this quiz.")


def test_html_in_a_fact_is_escaped(alice_client, alice, htmx):
    evil = "<script>alert(1)</script>"
    make_fact(statement=f"Amazon s3 keeps {evil} for ever.", explanation=evil, note=evil, status="changed",
              blanks=[(evil, ["<b>x</b>", "<i>y</i>", "&amp;"])])  # fmt: skip
    quiz = make_quiz(alice, length=1, kinds=["fill_blank"])
    for response in (
        alice_client.get(url_of(quiz)),
        alice_client.post(url_of(quiz), {"choice": "0"}, headers=htmx),
        alice_client.get(f"/quiz/{quiz.pk}/"),
    ):
        assertNotContains(response, evil)
        assertNotContains(response, "<b>x</b>")


def test_gap_is_filled_with_the_right_term_once_answered(alice_client, alice, htmx):
    make_fact(statement="Amazon s3 keeps <old> & new cases.", blanks=[("<old> & new", ["red", "dry", "wet"])])
    quiz = make_quiz(alice, length=1, kinds=["fill_blank"])
    filled = '<span class="filled"><span class="sr">blank: </span>&lt;old&gt; &amp; new</span>'
    assertNotContains(alice_client.get(url_of(quiz)), filled)
    question = quiz.questions.get()
    assertContains(alice_client.post(url_of(quiz), {"choice": wrong_of(question)}, headers=htmx), filled)
    response = alice_client.get(url_of(quiz))
    assertContains(response, filled)
    assertNotContains(response, 'class="gap"')


def test_icon_is_found_where_browsers_look_without_a_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert "icon" in response["Location"]
    assert response["Location"].endswith(".svg")
    assert client.post("/favicon.ico").status_code == 405


def test_long_result_is_light_and_links_to_the_reasons(alice_client, alice):
    for number in range(75):
        make_fact(statement=f"Case {number}: " + "a long statement " * 8, explanation="A reason. " * 25, remake=False)
    make_facts(0)
    quiz = make_quiz(alice, length=75, kinds=["true_false", "fill_blank"])
    answer_quiz(quiz, right=40)
    response = alice_client.get(f"/quiz/{quiz.pk}/")
    assertContains(response, f'href="{url_of(quiz, 75)}"')
    assert len(gzip.compress(response.content)) < 10_000
