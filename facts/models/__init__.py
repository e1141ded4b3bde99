from facts.models.bank import (
    Blank,
    Claim,
    Confirmation,
    Domain,
    Fact,
    FalseStatement,
    Family,
    Ground,
    Question,
    Scenario,
    Service,
    Verdict,
)
from facts.models.play import Quiz, QuizQuestion
from facts.models.player import Player
from facts.models.progress import Tally

__all__ = [
    "Blank",
    "Claim",
    "Confirmation",
    "Domain",
    "Fact",
    "FalseStatement",
    "Family",
    "Ground",
    "Player",
    "Question",
    "Quiz",
    "QuizQuestion",
    "Scenario",
    "Service",
    "Tally",
    "Verdict",
]
