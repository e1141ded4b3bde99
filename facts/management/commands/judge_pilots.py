from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from facts.models import Question
from facts.services.statistics import judge_pilots, settle_pilots


class Command(BaseCommand):
    help = (
        "Send pilots with enough first answers live, or to review if their figures raise a flag; the reason is kept "
        "with the question."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only tell what would be done")

    def handle(self, **options: Any) -> None:
        verdicts = judge_pilots() if options["dry_run"] else settle_pilots()
        for verdict in verdicts:
            self.stdout.write(f"{verdict.question_id} {verdict.get_state_display()}: {verdict.reason}")
        live = sum(verdict.state == Question.State.LIVE for verdict in verdicts)
        would = " would be" if options["dry_run"] else ""
        self.stdout.write(f"Pilots{would}: {live} live, {len(verdicts) - live} to review.")
