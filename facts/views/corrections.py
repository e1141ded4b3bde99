"""What was told wrong, for everybody: a page and a feed."""

from __future__ import annotations

import re
from datetime import datetime

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.views.decorators.http import require_safe

from facts.models import Report
from facts.selectors.corrections import Correction, find_corrections

FEED_SIZE = 50
_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """What was wrong, since when, and what is right."""
    page, found = find_corrections(request.GET.get("page", "1"))
    return render(request, "facts/corrections.html", {"page": page, "corrections": found})


class CorrectionsFeed(Feed):
    feed_type = Atom1Feed
    title = "Examprep: corrections"
    subtitle = "What AWS changed, what is often taught wrong, and what was wrong in Examprep."
    author_name = "Examprep"  # Atom asks for one; no editor is named

    def link(self) -> str:
        return reverse("corrections")

    def items(self) -> list[Correction]:
        return find_corrections(size=FEED_SIZE)[1]

    def item_title(self, correction: Correction) -> str:
        return _to_xml(f"{correction.fact.service.name}: {correction.fact.statement}")

    def item_description(self, correction: Correction) -> str:
        """As HTML, which the summary of an entry is; a title is plain text."""
        if correction.report:
            return escape(_to_xml(_tell_report(correction, correction.report)))
        said = f"Until then Examprep said: “{correction.replaced}” {correction.why}" if correction.replaced else ""
        return escape(_to_xml(" ".join(filter(None, (said, correction.note)))))

    def item_link(self, correction: Correction) -> str:
        return correction.fact.get_absolute_url()

    def item_guid(self, correction: Correction) -> str:
        return f"urn:examprep:correction:{correction.key}"

    def item_pubdate(self, correction: Correction) -> datetime:
        return correction.listed_at

    def item_updateddate(self, correction: Correction) -> datetime:
        return correction.listed_at


feed = require_safe(CorrectionsFeed())


def _tell_report(correction: Correction, report: Report) -> str:
    was, now = " / ".join(correction.was_key), " / ".join(report.key)
    since = f"Right is “{now}”." if now else "It counts for nobody now."
    return f"To the question “{report.stem}” the answer “{was}” counted as right. {since} {correction.why}"


def _to_xml(text: str) -> str:
    """Without the characters that XML cannot carry."""
    return _NOT_XML.sub("", text)
