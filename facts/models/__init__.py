from facts.models.bank import Blank, Claim, Domain, Fact, FalseStatement, Family, Question, Scenario, Service
from facts.models.play import Quiz, QuizQuestion
from facts.models.player import Player
from facts.models.progress import Tally

__all__ = [
    "Blank",
    "Claim",
    "Domain",
    "Fact",
    "FalseStatement",
    "Family",
    "Player",
    "Question",
    "Quiz",
    "QuizQuestion",
    "Scenario",
    "Service",
    "Tally",
]
