"""What all readers of questions refuse alike."""

import io
import zipfile

import pytest

from facts.exchange.aiken import read_aiken
from facts.exchange.gift import read_gift
from facts.exchange.moodle import read_moodle
from tests.exchange.items import faults

READERS = (read_gift, read_aiken, read_moodle)


def make_zip():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("quiz.txt", "What?{=a ~b}")
    return archive.getvalue()


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (make_zip(), "is a zip archive: unpack it, and import the file inside"),
        (b"PK\x03\x04 not really", "is a zip archive: unpack it, and import the file inside"),
        ("What?{=a ~b}".encode("utf-16"), "is text in UTF-16: save it as UTF-8"),
        (b"What?\0{=a ~b}", "has a NUL byte (byte 5): is it a file of questions?"),
    ],
)
def test_file_that_is_no_text_is_refused_in_words(read, content, fault):
    assert faults(read, content) == [f"quiz.txt: {fault}"]


@pytest.mark.parametrize("read", [read_gift, read_aiken])
def test_text_in_another_encoding_is_refused_with_its_place(read):
    assert faults(read, "Größe?".encode("latin-1")) == ["quiz.txt: is not text in UTF-8 (byte 2): save it as UTF-8"]
