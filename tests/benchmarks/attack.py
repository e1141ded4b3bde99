"""How far does somebody get who knows nothing of AWS, but is good at tests?

    python tests/benchmarks/attack.py [FILE...]

prints the accuracy of each solver beside that of a guess, for each kind of question, for the shipped bank or for the
facts of any TOML or CSV file. Solvers see stems and options, never keys. The classifier sees the claims of true/false
questions only; it is tested on facts that it was not trained on. A share is given with its standard error.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "examprep.settings")

from facts.management.commands.preview_questions import read_facts  # noqa: E402
from facts.management.files import BANK_FOLDER, find_files  # noqa: E402
from facts.questions.check import find_faults  # noqa: E402
from facts.questions.content import Kind, Question  # noqa: E402
from facts.questions.generate import arrange, generate  # noqa: E402
from facts.questions.quantities import quantity  # noqa: E402
from facts.questions.solvers import SOLVERS, share_found  # noqa: E402
from tests.benchmarks.report import progress  # noqa: E402

FOLDS = 5
CUES = {
    "negatives": re.compile(r"\b(not|no|never|cannot|nor|neither|none|without)\b", re.I),
    "absolutes": re.compile(r"\b(always|never|only|all|every|any|must)\b", re.I),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("files", nargs="*", help="TOML or CSV files; by default the shipped bank")
    parser.add_argument("--seeds", type=int, default=5, help="how many generations to take together")
    options = parser.parse_args()
    paths = find_files(options.files or [str(BANK_FOLDER)], {".toml", ".csv"})
    facts = [fact for fact in read_facts(paths) if not find_faults(fact)]
    questions: list[Question] = []
    for seed in range(options.seeds):
        progress(f"generation {seed + 1} of {options.seeds}")
        questions += [question for question in generate(facts, seed=seed) if question.sound]
    print(f"{len(facts)} facts, {len(questions)} questions that go live without a person, {options.seeds} seeds\n")
    print(f"{'kind':<12} {'solver':<22} {'right':>6} {'chance':>7} {'off':>6} {'±':>5} {'n':>6}")
    worst: tuple[float, str] = (0.0, "")
    for kind in Kind:
        of_kind = [question for question in questions if question.kind is kind]
        if not of_kind:
            continue
        for name, right, chance in attack(kind, of_kind):
            # Seeds share the facts: the error is that of the facts, not of the questions.
            error = math.sqrt(chance * (1 - chance) / max(1, len({one.fact_id for one in of_kind})))
            off = right - chance
            print(f"{kind:<12} {name:<22} {right:>6.3f} {chance:>7.3f} {off:>+6.3f} {error:>5.3f} {len(of_kind):>6}")
            worst = max(worst, (abs(off), f"{kind}, {name}"))
    print(f"\nfarthest from chance: {worst[0]:.3f} ({worst[1]})")


def attack(kind: Kind, questions: Sequence[Question]) -> list[tuple[str, float, float]]:
    """(solver, accuracy, accuracy of a guess) for all solvers that suit the kind."""
    if kind is Kind.TRUE_FALSE:
        return [*_true_false(questions)]
    results = []
    chance = sum(question.kind.keys / len(question.options) for question in questions) / len(questions)
    for name, solver in SOLVERS.items():
        right = [
            share_found(solver(one.stem, [o.text for o in one.options]), [o.correct for o in one.options])
            for one in questions
        ]
        results.append((name, sum(right) / len(right), chance))
    for place in range(max(len(question.options) for question in questions)):
        shown = [_as_shown(question) for question in questions]
        hits = [keys[place] for keys in shown if place < len(keys)]
        results.append((f"place {place + 1}", sum(hits) / len(hits), chance))
    measured = [question for question in questions if _by_amount(question)]
    if len(measured) < 30:
        return results
    for rank, name in ((0, "smallest amount"), (1, "second smallest"), (-2, "second largest"), (-1, "largest amount")):
        hits = [found[rank] for question in measured if (found := _by_amount(question))]
        results.append((name, sum(hits) / len(hits), chance))
    return results


def _as_shown(question: Question) -> list[bool]:
    order = arrange(question.kind, [option.text for option in question.options], random.Random(question.fingerprint))
    return [question.options[index].correct for index in order]


def _by_amount(question: Question) -> list[bool] | None:
    values = [quantity(option.text) for option in question.options]
    if any(value is None for value in values) or len({value[0] for value in values if value}) > 1:
        return None
    ordered = sorted(
        zip(values, (option.correct for option in question.options), strict=True), key=lambda pair: pair[0]
    )  # type: ignore[arg-type,return-value]
    return [correct for _, correct in ordered]


def _true_false(questions: Sequence[Question]) -> list[tuple[str, float, float]]:
    claims = [(one.fact_id, one.stem, one.options[0].correct) for one in questions]
    results = [("always false", sum(not is_true for _, _, is_true in claims) / len(claims), 0.5)]
    results.append(("classifier, words", _cross_validated(claims, lambda text: text.lower().split()), 0.5))
    results.append(("classifier, length", _cross_validated(claims, lambda text: [f"n{len(text.split()) // 2}"]), 0.5))
    for name, cue in CUES.items():
        results.append(
            (f"classifier, {name}", _cross_validated(claims, lambda text, cue=cue: [f"c{len(cue.findall(text))}"]), 0.5)
        )  # type: ignore[misc]
    return results


def _cross_validated(claims: Sequence[tuple[str, str, bool]], features: Callable[[str], list[str]]) -> float:
    """Accuracy of a naive Bayes classifier on the claims of facts that it was not trained on."""
    ids = sorted({fact_id for fact_id, _, _ in claims})
    random.Random(1).shuffle(ids)
    fold_of = {fact_id: place % FOLDS for place, fact_id in enumerate(ids)}
    right = 0
    for fold in range(FOLDS):
        counts: dict[bool, Counter[str]] = defaultdict(Counter)
        totals: Counter[bool] = Counter()
        for fact_id, text, is_true in claims:
            if fold_of[fact_id] != fold:
                counts[is_true].update(set(features(text)))
                totals[is_true] += 1
        for fact_id, text, is_true in claims:
            if fold_of[fact_id] == fold:
                score = math.log((totals[True] + 1) / (totals[False] + 1))
                for word in set(features(text)):
                    score += math.log((counts[True][word] + 1) / (totals[True] + 2))
                    score -= math.log((counts[False][word] + 1) / (totals[False] + 2))
                right += (score > 0) == is_true
    return right / len(claims)


if __name__ == "__main__":
    main()
