"""What to ask next."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from random import Random

from facts.questions.content import Kind

# How many facts are looked at for each question wanted: enough to find questions that do not answer each other.
FACTS_PER_QUESTION = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that could be asked: its key, the fact it is about, and all facts that it shows."""

    id: int
    fact_id: int
    kind: Kind
    key: str  # "true" or "false" for a true/false question, else ""
    shown_fact_ids: frozenset[int]
    times_asked: int = 0  # of this player
    was_last: bool = False  # the question by which this player was asked the fact last
    is_last_kind: bool = False  # of the same kind as that one


def choose_questions(
    candidates: Collection[Candidate],
    fact_order: Iterable[int],
    length: int,
    rng: Random,
    *,
    already_shown: Collection[int] = (),
    weights: Mapping[Kind, int] | None = None,
) -> list[Candidate]:
    """Up to ``length`` questions, at most one about each fact, in the order in which to ask them.

    Facts are taken in ``fact_order``. No fact that one question is about is shown by another, since its statement
    would answer it. A fact is asked by another question than the last time, and by another kind if there is one; else
    its kinds take turns at random. Among questions of a kind, those this player was asked least often come first, and
    true claims are as frequent as false ones, however many of each there are. Facts that other questions have
    ``already_shown`` are neither asked nor shown. With ``weights`` kinds are drawn by them instead of all alike.
    """
    by_fact: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_fact[candidate.fact_id].append(candidate)
    chosen: list[Candidate] = []
    shown = set(already_shown)
    unused = set(by_fact) - shown
    wanted = min(length, len(unused))
    for fact_id in fact_order:
        if len(chosen) == length:
            break
        fitting = [candidate for candidate in by_fact.get(fact_id, ()) if not candidate.shown_fact_ids & shown]
        # A question that compares facts uses them up; it is asked while enough are left for the rest of the quiz.
        spare = len(unused) - (wanted - len(chosen))
        affordable = [candidate for candidate in fitting if len(candidate.shown_fact_ids & unused) - 1 <= spare]
        if not affordable and fitting:
            fewest = min(len(candidate.shown_fact_ids) for candidate in fitting)
            affordable = [candidate for candidate in fitting if len(candidate.shown_fact_ids) == fewest]
        if affordable:
            candidate = _draw(affordable, rng, weights)
            chosen.append(candidate)
            shown |= candidate.shown_fact_ids
            unused -= candidate.shown_fact_ids
    rng.shuffle(chosen)
    return chosen


def _draw(candidates: list[Candidate], rng: Random, weights: Mapping[Kind, int] | None) -> Candidate:
    candidates = [candidate for candidate in candidates if not candidate.was_last] or candidates
    candidates = [candidate for candidate in candidates if not candidate.is_last_kind] or candidates
    kinds = sorted({candidate.kind for candidate in candidates})
    kind = rng.choices(kinds, [weights[kind] for kind in kinds])[0] if weights else rng.choice(kinds)
    of_kind = [candidate for candidate in candidates if candidate.kind == kind]
    key = rng.choice(sorted({candidate.key for candidate in of_kind}))
    alike = [candidate for candidate in of_kind if candidate.key == key]
    fewest = min(candidate.times_asked for candidate in alike)
    return rng.choice(sorted((c for c in alike if c.times_asked == fewest), key=lambda candidate: candidate.id))
