"""Decks, opened by Anki's own library."""

import html
import io
import re
import zipfile
from dataclasses import replace

import pytest
from anki.collection import Collection, ImportAnkiPackageRequest
from hypothesis import given, settings

from facts.exchange.anki import FIELDS, write_anki
from facts.exchange.items import Choice
from tests.exchange.items import CHOOSE_TWO_ITEM, fit_items, make_item


@pytest.fixture
def collection(tmp_path):
    opened = Collection(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


def write(*items, timestamp=1_800_000_000.0):
    return write_anki(items, deck="Examprep", timestamp=timestamp)


def import_deck(collection, folder, export):
    """What Anki did with the notes of the deck: how many are new, updated, and as they were."""
    path = folder / "deck.apkg"
    path.write_bytes(export.content)
    log = collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(path))).log
    assert (len(log.conflicting), len(log.missing_notetype), len(log.empty_first_field)) == (0, 0, 0)
    return len(log.new), len(log.updated), len(log.duplicate)


def notes(collection):
    return [collection.get_note(one) for one in collection.find_notes("")]


def test_anki_imports_a_note_and_a_card_for_each_question(collection, tmp_path):
    export = write(make_item(id="one"), replace(CHOOSE_TWO_ITEM, id="two"))
    assert import_deck(collection, tmp_path, export) == (2, 0, 0)
    assert (collection.note_count(), collection.card_count()) == (2, 2)
    assert [deck.name for deck in collection.decks.all_names_and_ids(skip_empty_default=True)] == ["Examprep"]


def test_anki_import_of_the_same_deck_again_doubles_nothing(collection, tmp_path):
    export = write(make_item(id="one"), make_item("What else?", id="two"))
    import_deck(collection, tmp_path, export)
    assert import_deck(collection, tmp_path, export) == (0, 0, 2)
    assert collection.note_count() == 2


def test_anki_import_of_a_later_deck_updates_the_note_and_adds_the_new_one(collection, tmp_path):
    import_deck(collection, tmp_path, write(make_item(id="one", explanation="Old.")))
    (before,) = notes(collection)
    later = write(make_item("What else?", id="two"), make_item(id="one", explanation="New."), timestamp=1_800_000_100.0)
    assert import_deck(collection, tmp_path, later) == (1, 1, 0)
    assert collection.note_count() == 2
    assert collection.get_note(before.id)["Explanation"] == "New."
    assert sum(one.name.startswith("Examprep") for one in collection.models.all_names_and_ids()) == 1


def test_anki_card_asks_without_reasons_and_answers_with_them(collection, tmp_path):
    item = make_item(
        id="one",
        explanation="It is a log.",
        changed="Changed by AWS: it was a day.",
        reference="https://docs.aws.amazon.com/log?a=1&b=2",
        checked="2026-11-23",
        tags=("service::s3", "kind::which_true"),
    )
    import_deck(collection, tmp_path, write(item))
    (note,) = notes(collection)
    (card,) = note.cards()
    question, answer = card.question(), card.answer()
    assert "What keeps the log?" in question
    assert "<li>A bucket</li><li>A queue</li><li>A topic</li>" in question
    assert "It keeps it." not in question
    assert '<li class="key">✓ A bucket<span class="why">It keeps it.</span></li>' in answer
    assert '<li>✗ A queue<span class="why">It deletes it.</span></li><li>✗ A topic</li>' in answer
    address = "https://docs.aws.amazon.com/log?a=1&amp;b=2"
    for part in ("It is a log.", "Changed by AWS: it was a day.", f'<a href="{address}">{address}</a> (read on 2026'):
        assert part in answer
    assert note.tags == ["kind::which_true", "service::s3"]


def test_anki_card_leaves_out_what_the_question_does_not_have(collection, tmp_path):
    import_deck(collection, tmp_path, write(make_item(id="one")))
    assert "<p" not in notes(collection)[0].cards()[0].answer()


def test_anki_shows_markup_sounds_and_formulas_as_text(collection, tmp_path):
    stem = 'Is <script>alert(1)</script> & "x" [sound:a.mp3] {{Stem}} [latex]x[/latex] \\(y\\) \\[z\\]?'
    import_deck(collection, tmp_path, write(make_item(stem, Choice("<b>", True), Choice("{{c1::x}}", False), id="x")))
    (card,) = notes(collection)[0].cards()
    question = card.question()
    assert "<script>" not in question
    assert "\\(" not in question
    assert card.question_av_tags() == []
    assert html.unescape(re.search('<div class="stem">(.*?)</div>', question)[1]) == stem


def test_anki_deck_without_an_id_is_left_out():
    export = write(make_item(name="nameless"))
    assert list(map(str, export.left_out)) == ["nameless: has no id by which Anki could know it again"]


def test_anki_deck_of_the_same_questions_at_the_same_time_is_the_same_file():
    assert write(make_item(id="one")) == write(make_item(id="one"))
    with zipfile.ZipFile(io.BytesIO(write(make_item(id="one")).content)) as archive:
        assert archive.namelist() == ["collection.anki2", "media"]


@settings(max_examples=25, deadline=None)
@given(fit_items)
def test_anki_keeps_any_text(tmp_path_factory, item):
    folder = tmp_path_factory.mktemp("deck")
    opened = Collection(str(folder / "collection.anki2"))
    try:
        import_deck(opened, folder, write(item))
        (note,) = notes(opened)
        assert len(note.fields) == len(FIELDS)
        assert html.unescape(note["Stem"].replace("<br>", "\n")) == item.stem
    finally:
        opened.close()
