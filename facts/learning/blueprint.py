"""The exam SAP-C02 (AWS Certified Solutions Architect - Professional) as numbers, and forms of other sizes like it.

Source: AWS, "SAP-C02 Exam Guide", version 1.1: 65 questions that count and 10 that do not, the domains' shares of what
counts, and 750 to pass on a scale from 100 to 1,000. The time, 180 minutes, and half an hour more for those whose first
language is not that of the exam are from the exam's page and from AWS's page on accommodations.
"""

from collections.abc import Mapping
from dataclasses import dataclass

DOMAINS: Mapping[str, int] = {
    "organizational-complexity": 26,
    "new-solutions": 29,
    "continuous-improvement": 25,
    "migration-modernization": 20,
}  # share of the questions that count, in percent

LOWEST_SCORE, HIGHEST_SCORE, PASSING_SCORE = 100, 1000, 750
EXTRA_MINUTES = 30  # on the full form, for those whose first language is not that of the exam


@dataclass(frozen=True, slots=True)
class Form:
    """How many questions a sitting has, how many of them count, and how many minutes it lasts."""

    questions: int
    scored: int
    minutes: int

    @property
    def unscored(self) -> int:
        """Pilots: asked among the others, unmarked, to be measured."""
        return self.questions - self.scored

    @property
    def extra_minutes(self) -> int:
        """More time for those whose first language is not that of the exam, in proportion: 30 on 180, 8 on 48."""
        return round(EXTRA_MINUTES * self.minutes / FULL.minutes)


FULL = Form(questions=75, scored=65, minutes=180)


def form_of(questions: int) -> Form:
    """The full form scaled to so many questions: its share of pilots to the nearest question, its time for each."""
    return Form(
        questions,
        round(questions * FULL.scored / FULL.questions),
        round(questions * FULL.minutes / FULL.questions),
    )


SHORT = form_of(20)  # 17 of them count, 48 minutes


def split(scored: int, weights: Mapping[str, int] = DOMAINS) -> dict[str, int]:
    """So many questions over the domains by their weights, by largest remainder: each gets its share but for less
    than one question, and together they get all. Of equal remainders the first domain's is served first.
    """
    whole = sum(weights.values())
    places = {domain: scored * weight // whole for domain, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda domain: -(scored * weights[domain] % whole))
    for domain in by_remainder[: scored - sum(places.values())]:
        places[domain] += 1
    return places


def places(form: Form) -> dict[str, int]:
    """How many questions of each domain a form asks: those that count and the pilots, each by the domains' shares."""
    pilots = split(form.unscored)
    return {domain: count + pilots[domain] for domain, count in split(form.scored).items()}


def scaled_score(right: int, scored: int) -> int:
    """Estimate of the exam's score, 100 to 1,000, from a count of right answers.

    AWS does not publish its scale; this one is linear in the share of right answers. It is rounded down, so that
    750 or more is shown for exactly those counts that pass.
    """
    if not 0 <= right <= scored or not scored:
        raise ValueError(f"{right} right of {scored}")
    return LOWEST_SCORE + (HIGHEST_SCORE - LOWEST_SCORE) * right // scored


def right_to_pass(scored: int) -> int:
    """The fewest right answers that pass a form of which so many questions count: 47 of 65."""
    return -(-scored * (PASSING_SCORE - LOWEST_SCORE) // (HIGHEST_SCORE - LOWEST_SCORE))


def is_pass(right: int, scored: int) -> bool:
    return right >= right_to_pass(scored)


def shortages(form: Form, available: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """The domains of which the form asks more questions than there are: (needed, available) of each."""
    return {
        domain: (needed, available.get(domain, 0))
        for domain, needed in places(form).items()
        if needed > available.get(domain, 0)
    }


def largest_form(available: Mapping[str, int]) -> Form | None:
    """The largest form, up to the full one, for which every domain has questions enough.

    None if there are too few for a form in which every domain has a question that counts.
    """
    for questions in range(FULL.questions, 0, -1):
        form = form_of(questions)
        if not shortages(form, available):
            return form if all(split(form.scored).values()) else None
    return None
