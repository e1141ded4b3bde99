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
from facts.models.play import Quiz, QuizMode, QuizQuestion
from facts.models.player import Player
from facts.models.progress import (
    Card,
    ExamResult,
    PlayerRating,
    QuestionRating,
    StudyPlan,
    Tally,
)

__all__ = [
    "Blank",
    "Card",
    "Claim",
    "Confirmation",
    "Domain",
    "ExamResult",
    "Fact",
    "FalseStatement",
    "Family",
    "Ground",
    "Player",
    "PlayerRating",
    "Question",
    "QuestionRating",
    "Quiz",
    "QuizMode",
    "QuizQuestion",
    "Scenario",
    "Service",
    "StudyPlan",
    "Tally",
    "Verdict",
]
