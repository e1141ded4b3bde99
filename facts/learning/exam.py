"""Putting an exam together: questions over the domains, some of which do not count, none of which tells another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from facts.learning.blueprint import Form, split
from facts.learning.selection import Candidate, choose_questions
from facts.questions.content import Kind

# The exam tells a story and asks for one answer or two; the other kinds stand in for stories about the same facts.
# Kinds that are not among these are not asked.
WEIGHTS: Mapping[Kind, int] = {Kind.SCENARIO: 6, Kind.CHOOSE_TWO: 2, Kind.WHICH_TRUE: 1, Kind.FILL_BLANK: 1}


@dataclass(frozen=True, slots=True)
class ExamQuestion:
    """A question of an exam, and whether it counts."""

    candidate: Candidate
    is_scored: bool


def choose_exam(
    candidates: Collection[Candidate],
    domains: Mapping[int, str],
    pilots: Collection[int],
    fact_order: Sequence[int],
    form: Form,
    rng: Random,
) -> list[ExamQuestion]:
    """The questions of an exam in the order in which to ask them; fewer than ``form`` asks if there are not enough.

    ``domains`` says which domain a fact is of; what counts and what does not is split over them each. Facts are taken
    in ``fact_order``. No fact is asked or shown twice, whatever its domain. ``pilots`` are the questions (by id) that
    must not count; they fill the places that do not count first.
    """
    usable = [replace(candidate, is_last_kind=False) for candidate in candidates if candidate.kind in WEIGHTS]
    chosen = _choose(usable, domains, pilots, fact_order, form, rng)
    if len(chosen) < form.questions:
        # Questions that compare facts use up more than one each. Without them there is room for more.
        chosen = max(chosen, _choose(_plainest(usable), domains, pilots, fact_order, form, rng), key=len)
    rng.shuffle(chosen)
    return chosen


def count_by_domain(chosen: Collection[ExamQuestion], domains: Mapping[int, str]) -> dict[str, int]:
    """How many questions there are of each domain."""
    return dict(Counter(domains[question.candidate.fact_id] for question in chosen))


def _choose(
    candidates: Collection[Candidate],
    domains: Mapping[int, str],
    pilots: Collection[int],
    fact_order: Sequence[int],
    form: Form,
    rng: Random,
) -> list[ExamQuestion]:
    by_domain: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_domain[domains[candidate.fact_id]].append(candidate)
    shown: set[int] = set()

    def choose(domain: str, count: int, *, is_pilot: bool) -> list[Candidate]:
        pool = [candidate for candidate in by_domain[domain] if (candidate.id in pilots) == is_pilot]
        found = choose_questions(pool, fact_order, count, rng, already_shown=shown, weights=WEIGHTS)
        for candidate in found:
            shown.update(candidate.shown_fact_ids)
        return found

    scored, unscored = split(form.scored), split(form.unscored)
    # Questions of one domain may show facts of another, so the domain with the least to spare chooses first.
    spare = {
        domain: len({candidate.fact_id for candidate in by_domain[domain]}) - scored[domain] - unscored[domain]
        for domain in scored
    }
    order = sorted(scored, key=lambda domain: (spare[domain], domain))
    chosen = [
        ExamQuestion(candidate, True)
        for domain in order
        for candidate in choose(domain, scored[domain], is_pilot=False)
    ]
    for domain in order:
        found = choose(domain, unscored[domain], is_pilot=True)
        found += choose(domain, unscored[domain] - len(found), is_pilot=False)
        chosen += [ExamQuestion(candidate, False) for candidate in found]
    return chosen


def _plainest(candidates: Collection[Candidate]) -> list[Candidate]:
    """Of each fact the questions that show the fewest others."""
    fewest: dict[int, int] = {}
    for candidate in candidates:
        shown = len(candidate.shown_fact_ids)
        fewest[candidate.fact_id] = min(shown, fewest.get(candidate.fact_id, shown))
    return [candidate for candidate in candidates if len(candidate.shown_fact_ids) == fewest[candidate.fact_id]]
