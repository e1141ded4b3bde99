from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from facts.management.outputs import find_named, write_whole
from facts.management.progress import ProgressLine
from facts.models import Family, Service
from facts.services.exports import FORMATS, export_questions

SHOWN = 10  # questions that were left out and are named


class Command(BaseCommand):
    help = (
        "Write the live questions to a file for another program, and say what could not be carried. "
        "With services or families only the questions about them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("out", metavar="OUT", type=Path, help="the file to write")
        parser.add_argument("--format", required=True, choices=FORMATS)
        parser.add_argument("--service", action="append", default=[], metavar="SLUG", help="may be repeated")
        parser.add_argument("--family", action="append", default=[], metavar="SLUG", help="may be repeated")
        parser.add_argument("--replace", action="store_true", help="replace the file if there is one")

    def handle(
        self, *, out: Path, format: str, service: list[str], family: list[str], replace: bool, **options: Any
    ) -> None:
        if out.exists() and not replace:
            raise CommandError(f"{out}: is there already (--replace replaces it)")
        line = ProgressLine(self.stdout, "Reading questions")
        try:
            export = export_questions(
                format=format,
                services=find_named(Service, service),
                families=find_named(Family, family),
                progress=line,
            )
        finally:
            line.close()
        if not export.count and not export.left_out:
            raise CommandError("There is no live question to write.")
        write_whole(out, export.content)
        self.stdout.write(f"{export.count} questions written to {out}, {len(export.left_out)} left out.")
        for part, count in export.lost.items():
            self.stdout.write(f"{FORMATS[format].label} has no place for {part}: {count} questions had them.")
        reasons: dict[str, list[str]] = {}
        for left in export.left_out:
            reasons.setdefault(left.why, []).append(left.question)
        for why, questions in reasons.items():
            shown = questions if options["verbosity"] > 1 else questions[:SHOWN]
            more = f" and {len(questions) - len(shown)} more (-v 2 names them)" if len(questions) > len(shown) else ""
            self.stdout.write(f"Left out, {len(questions)}: {why}: {'; '.join(shown)}{more}")
