"""The leaderboard: a member is asked once, joins, is ranked, is seen by others, and leaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import Server
from tests.e2e.test_pages import find_violations

pytestmark = [pytest.mark.e2e, pytest.mark.both_engines]

PASSWORD = "a long pass phrase"
# Thirty answers take a browser a minute; these are of two quizzes, a week ago and now, and wait for the fold.
PRACTISE = """
from datetime import timedelta
from django.utils import timezone
from facts.models import Player, QuizQuestion
from facts.services.play import Scope, finish_quiz, start_quiz, submit_answer
player = Player.objects.get(email={email!r})
kinds = ["which_true", "which_false", "fill_blank", "scenario", "choose_two"]
for seed, days in ((1, 8), (2, 0)):
    quiz = start_quiz(player=player, scope=Scope(kinds=kinds), length=75, seed=seed)
    for row in quiz.questions.order_by("position"):
        keys = [index for index, option in enumerate(row.options) if option["correct"]]
        others = [index for index, option in enumerate(row.options) if not option["correct"]]
        submit_answer(question=row, chosen=others[:len(keys)] if row.position % 4 == 0 else keys)
        answered_at = timezone.now() - timedelta(days=days, seconds=76 - row.position)
        QuizQuestion.objects.filter(pk=row.pk).update(
            shown_at=answered_at - timedelta(seconds=20), answered_at=answered_at
        )
    finish_quiz(quiz)
"""


def sign_up(page: Page, server: Server, name: str, email: str) -> None:
    page.goto(f"{server.url}/accounts/signup/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url(f"{server.url}/")


@pytest.mark.parametrize("has_script", [True, False], ids=["htmx", "no script"])
def test_board_is_joined_ranked_and_left(
    server: Server, make_context: Callable[..., BrowserContext], has_script: bool
) -> None:
    tag = "htmx" if has_script else "plain"
    email, name = f"nora-{tag}@example.org", f"Quiet Heron {tag}"
    page = make_context(java_script_enabled=has_script).new_page()
    stranger = make_context(java_script_enabled=has_script).new_page()
    sign_up(page, server, f"Nora {tag}", email)

    # Asked once, by a name of one's own choice; one that is taken is asked again.
    page.get_by_role("link", name="Board").click()
    expect(page.get_by_role("heading", name="May others see you on the leaderboard?")).to_be_visible()
    expect(page.get_by_text("30 more first attempts")).to_be_visible()
    page.get_by_label("Name").fill("Examprep")
    page.get_by_role("button", name="Yes, by this name").click()
    expect(page.get_by_text("could be taken for the people who run Examprep")).to_be_visible()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Yes, by this name").click()
    expect(page.get_by_text("You are not ranked yet.")).to_be_visible()
    expect(page.get_by_text("May others see you")).to_have_count(0)

    # Ranked, with the next look at the board.
    server.manage("shell", "--no-imports", "-c", PRACTISE.format(email=email))
    page.reload()
    expect(page.get_by_text("You stand at rank 1")).to_be_visible()
    page.get_by_role("link", name="All time").click()
    expect(page.get_by_role("row", name=name)).to_contain_text("you")
    page.get_by_label("Ranked in").select_option("Storage")
    if not has_script:
        page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/leaderboard/?*scope=family*storage*")

    # Others see the name and the course of the rating, and nothing else.
    stranger.goto(f"{server.url}/leaderboard/")
    stranger.get_by_role("link", name=name).click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text(name)
    expect(stranger.get_by_role("img", name="Rating week by week")).to_be_visible()
    stranger.get_by_text("The figures, week by week").click()
    expect(stranger.get_by_role("cell", name="150")).to_be_visible()
    assert email not in stranger.content()
    if has_script:
        assert find_violations(stranger) == find_violations(page) == []

    # Left: gone for everybody with the next page, and not asked again.
    page.goto(f"{server.url}/accounts/")
    expect(page.get_by_role("link", name="What others see of you")).to_be_visible()
    page.get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    answered = stranger.reload()
    assert answered is not None
    assert answered.status == 404
    stranger.goto(f"{server.url}/leaderboard/")
    expect(stranger.get_by_text(name)).to_have_count(0)
    page.goto(f"{server.url}/leaderboard/")
    expect(page.get_by_text("You have chosen to stay off the board.")).to_be_visible()
