from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.learning.rating import (
    CENTRE,
    FIRST_DEVIATION,
    WIDEST,
    Rating,
    expected_share,
    first_rating,
    idle,
    rate,
    rate_answer,
    typical,
)
from facts.questions.content import Kind

ratings = st.builds(Rating, st.floats(-2000, 5000), st.floats(1, WIDEST), st.floats(0.01, 0.2))
usual_ratings = st.builds(Rating, st.floats(1000, 2000), st.floats(30, WIDEST))
floors = st.sampled_from([0.0, 0.1, 0.25, 0.5])

GLICKMANS_PLAYER = Rating(1500, 200, 0.06)
GLICKMANS_GAMES = [(Rating(1400, 30), 1.0), (Rating(1550, 100), 0.0), (Rating(1700, 300), 0.0)]


def test_rate_gives_glickmans_example():
    # He prints 1464.06, 151.52 and 0.05999, from steps rounded to four digits: without rounding it is 1464.0507.
    after = rate(GLICKMANS_PLAYER, GLICKMANS_GAMES)
    assert after.value == pytest.approx(1464.06, abs=0.01)
    assert round(after.deviation, 2) == 151.52
    assert after.volatility == pytest.approx(0.05999, abs=1e-5)


def test_rate_depends_on_differences_only():
    here = rate(GLICKMANS_PLAYER, GLICKMANS_GAMES)
    games = [(Rating(one.value + 900, one.deviation), score) for one, score in GLICKMANS_GAMES]
    there = rate(Rating(2400, 200, 0.06), games)
    assert there.value - 900 == pytest.approx(here.value)
    assert (there.deviation, there.volatility) == pytest.approx((here.deviation, here.volatility))


def test_rate_one_period_without_games_only_widens():
    after = rate(GLICKMANS_PLAYER, [])
    assert (after.value, after.volatility) == (1500, 0.06)
    assert after.deviation == pytest.approx(200.2714, abs=1e-4)  # step 6 of the paper


def test_rate_surprising_results_raise_the_volatility():
    weak, strong = Rating(1100, 30), Rating(1900, 30)
    expected = rate(Rating(1500, 50), [(weak, 1.0)] * 10 + [(strong, 0.0)] * 10)
    surprising = rate(Rating(1500, 50), [(weak, 0.0)] * 10)
    assert expected.volatility < 0.06 < surprising.volatility


@given(usual_ratings, st.lists(st.tuples(usual_ratings, st.sampled_from([0.0, 0.5, 1.0])), max_size=20))
def test_rate_stays_in_bounds(rating, games):
    after = rate(rating, games)
    assert isfinite(after.value)
    assert 0 < after.deviation <= WIDEST
    assert 0 < after.volatility < 1


@given(ratings, ratings, st.booleans(), floors)
def test_rate_answer_stays_in_bounds(player, question, is_right, floor):
    for after in rate_answer(player, question, is_right, floor):
        assert isfinite(after.value)
        assert 0 < after.deviation <= WIDEST
        assert 0 < after.volatility < 1


@given(ratings, ratings, floors)
def test_rate_answer_right_never_lowers_the_player_nor_lifts_the_question(player, question, floor):
    better, easier = rate_answer(player, question, True, floor)
    worse, harder = rate_answer(player, question, False, floor)
    assert worse.value <= player.value <= better.value
    assert easier.value <= question.value <= harder.value


@given(ratings, ratings)
def test_rate_answer_without_guessing_is_a_game_of_equals(player, question):
    winner, loser = rate_answer(player, question, True, 0.0)
    winning_question, losing_player = rate_answer(question, player, False, 0.0)
    assert (winner.value, loser.value) == pytest.approx((losing_player.value, winning_question.value), abs=0.01)


@given(st.floats(0, 1500), st.floats(30, WIDEST), floors)
def test_rate_answer_moves_equally_sure_opponents_alike(lead, deviation, floor):
    player, question = Rating(CENTRE + lead, deviation), Rating(CENTRE, deviation)
    after, question_after = rate_answer(player, question, False, floor)
    assert after.value - player.value == pytest.approx(question.value - question_after.value)
    assert after.deviation == pytest.approx(question_after.deviation)


def test_rate_answer_an_unsure_player_hardly_moves_a_question():
    question = Rating(1500, 100)
    moves = [
        rate_answer(Rating(1500, deviation), question, False)[1].value - question.value for deviation in (30, 150, 350)
    ]
    assert moves[0] > moves[1] > moves[2] > 0
    assert moves[2] < 0.75 * moves[0]


def test_rate_answer_a_right_answer_counts_less_where_guessing_is_easier():
    gains = [rate_answer(Rating(1500, 100), Rating(1500, 100), True, floor)[0].value - 1500 for floor in (0, 0.1, 0.5)]
    assert gains == sorted(gains, reverse=True)


def test_rate_answer_a_hopeless_guess_that_was_right_says_little():
    lucky, _ = rate_answer(Rating(1000, 100), Rating(2000, 100), True, 1 / 4)
    plain, _ = rate_answer(Rating(1000, 100), Rating(2000, 100), True, 0.0)
    assert lucky.value - 1000 < 1
    assert plain.value - 1000 > 40


def test_rate_answer_fifty_answers_make_a_newcomer_known():
    player = Rating()
    for index in range(50):
        player, _ = rate_answer(player, Rating(1500, 80), index % 4 != 0)
    assert player.deviation < 80
    assert 1550 < player.value < 1700  # three of four right, a third of the wrong guessed


@given(ratings, st.floats(0, 10_000))
def test_idle_only_widens_and_never_beyond_a_newcomer(rating, days):
    after = idle(rating, days)
    assert (after.value, after.volatility) == (rating.value, rating.volatility)
    assert rating.deviation - 1e-9 <= after.deviation <= WIDEST


@given(usual_ratings, st.floats(0, 100), st.floats(0, 100))
def test_idle_in_two_parts_is_idle_in_one(rating, first, second):
    assert idle(idle(rating, first), second).deviation == pytest.approx(idle(rating, first + second).deviation)


def test_idle_of_a_month_and_a_year():
    assert idle(Rating(1500, 40), 30).deviation == pytest.approx(45.45, abs=0.01)
    assert idle(Rating(1500, 40), 365).deviation == pytest.approx(85.23, abs=0.01)


def test_idle_of_a_week_is_a_period_without_games():
    assert idle(GLICKMANS_PLAYER, 7).deviation == pytest.approx(rate(GLICKMANS_PLAYER, []).deviation)


@pytest.mark.parametrize("kind", Kind)
def test_first_rating_is_near_the_centre_and_unsure(kind):
    first = first_rating(kind)
    assert abs(first.value - CENTRE) <= 60
    assert first.deviation == FIRST_DEVIATION


@given(st.floats(-5000, 5000), usual_ratings, floors)
def test_expected_share_is_between_guessing_and_certainty(ability, question, floor):
    assert floor <= expected_share(ability, question, floor) <= 1


def test_expected_share_at_the_questions_level_is_halfway_from_guessing():
    assert expected_share(1500, Rating(1500, 200), 0.25) == 0.625


def test_typical_question_has_their_mean_and_spread():
    assert typical([Rating(1400, 30), Rating(1600, 30)]) == Rating(1500, pytest.approx((100**2 + 30**2) ** 0.5))


def test_typical_question_of_none_is_one_that_nobody_answered():
    assert typical([]) == Rating(CENTRE, FIRST_DEVIATION)
