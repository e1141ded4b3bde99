"""Questions as an Anki deck (.apkg).

genanki's own ``Package.write_to_file`` makes a temporary file and reads the clock. Here its ``write_to_db`` fills a
database in memory, and the time is told, so that nothing is touched outside.
"""

import io
import itertools
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable

from genanki import Deck, Model, Note, Package, guid_for

from facts.exchange.items import Choice, Export, Item, sort_out
from facts.exchange.markup import to_html

# Drawn once. With other numbers, learners who import again would get everything a second time.
DECK_ID = 1_785_402_613
MODEL_ID = 1_602_939_448

_FRONT = """<div class="stem">{{Stem}}</div>
{{Options}}"""
_BACK = """<div class="stem">{{Stem}}</div>
<hr id="answer">
{{Reasons}}
{{#Explanation}}<p>{{Explanation}}</p>{{/Explanation}}
{{#Changed}}<p class="changed">{{Changed}}</p>{{/Changed}}
{{#Source}}<p class="source">{{Source}}</p>{{/Source}}"""
_STYLE = """.card { font-family: system-ui, sans-serif; font-size: 18px; line-height: 1.4; text-align: left; }
.stem { font-weight: 600; margin-bottom: 1em; }
ol { list-style: upper-alpha; padding-left: 2em; }
li { margin-bottom: 0.5em; }
.key { font-weight: 600; }
.why { display: block; font-weight: 400; font-size: 0.9em; }
.changed { border-left: 4px solid currentColor; padding-left: 0.75em; }
.source { font-size: 0.8em; overflow-wrap: anywhere; }"""
FIELDS = ("Stem", "Options", "Reasons", "Explanation", "Changed", "Source")


def write_anki(items: Iterable[Item], *, deck: str, timestamp: float) -> Export:
    """A deck of one note a question. Notes are known by the items' ids, so that importing again updates them.

    ``timestamp``: when the deck was made, in seconds; Anki updates a note if that is later than its own time.
    """
    fit, left_out = sort_out(items, lambda item: "" if item.id else "has no id by which Anki could know it again")
    made = Deck(DECK_ID, deck)
    made.add_model(_model())
    for number, item in enumerate(fit, 1):
        made.add_note(_note(item, number))
    return Export(_pack(made, timestamp), len(fit), left_out, {})


def _model() -> Model:
    return Model(
        MODEL_ID,
        "Examprep question",
        fields=[{"name": name} for name in FIELDS],
        templates=[{"name": "Question", "qfmt": _FRONT, "afmt": _BACK}],
        css=_STYLE,
    )


def _note(item: Item, number: int) -> Note:
    source = ""
    if item.reference:
        address = _field(item.reference)
        is_web = re.match("https?://", item.reference)
        source = f'<a href="{address}">{address}</a>' if is_web else address
        source += f" (read on {_field(item.checked)})" if item.checked else ""
    fields = {
        "Stem": _field(item.stem),
        "Options": _list(item.choices, has_reasons=False),
        "Reasons": _list(item.choices, has_reasons=True),
        "Explanation": _field(item.explanation),
        "Changed": _field(item.changed),
        "Source": source,
    }
    return Note(
        _model(),
        [fields[name] for name in FIELDS],
        sort_field=item.stem,
        tags=[re.sub(r"\s+", "-", tag) for tag in item.tags],
        guid=guid_for("examprep", item.id),
        due=number,  # new cards come in the order of the deck
    )


def _list(choices: Iterable[Choice], *, has_reasons: bool) -> str:
    lines = []
    for choice in choices:
        line = _field(choice.text)
        if has_reasons:
            line = f"{'✓' if choice.is_key else '✗'} {line}"
            line += f'<span class="why">{_field(choice.feedback)}</span>' if choice.feedback else ""
        lines.append(f'<li class="key">{line}</li>' if has_reasons and choice.is_key else f"<li>{line}</li>")
    return f"<ol>{''.join(lines)}</ol>"


def _field(text: str) -> str:
    """The text as HTML in which Anki finds no sound, no formula and no field."""
    marked = to_html(text).replace('"', "&quot;")
    return re.sub(r"[\[{]|(?<=\\)[(\[]", lambda found: f"&#{ord(found[0])};", marked)


def _pack(deck: Deck, timestamp: float) -> bytes:
    database = sqlite3.connect(":memory:")
    try:
        Package(deck).write_to_db(database.cursor(), timestamp, itertools.count(int(timestamp * 1000)))
        database.commit()
        collection = database.serialize()
    finally:
        database.close()
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        for name, content in (("collection.anki2", collection), ("media", json.dumps({}).encode())):
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return package.getvalue()
