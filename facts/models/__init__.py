from facts.models.bank import (
    Blank,
    Claim,
    Confirmation,
    Domain,
    Fact,
    FactVersion,
    FalseStatement,
    Family,
    Ground,
    Question,
    Scenario,
    Service,
    Verdict,
)
from facts.models.boards import MetQuestion, RatingWeek, Rung, Standing
from facts.models.groups import Membership, Removal, StudyGroup
from facts.models.limits import RateCount
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
from facts.models.reports import Report, Rescore
from facts.models.review import Decision
from facts.models.statistics import FlagName, PilotVerdict, QuestionStatistics

__all__ = [
    "Blank",
    "Card",
    "Claim",
    "Confirmation",
    "Decision",
    "Domain",
    "ExamResult",
    "Fact",
    "FactVersion",
    "FalseStatement",
    "Family",
    "FlagName",
    "Ground",
    "MetQuestion",
    "Membership",
    "PilotVerdict",
    "Player",
    "PlayerRating",
    "Question",
    "QuestionRating",
    "QuestionStatistics",
    "Quiz",
    "QuizMode",
    "QuizQuestion",
    "RatingWeek",
    "Removal",
    "RateCount",
    "Report",
    "Rescore",
    "Rung",
    "Scenario",
    "Service",
    "Standing",
    "StudyGroup",
    "StudyPlan",
    "Tally",
    "Verdict",
]
