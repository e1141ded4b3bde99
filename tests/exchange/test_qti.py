"""No package index carries the public schema, so what it asks for is tested here by hand, part by part."""

import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from facts.exchange.items import Choice
from facts.exchange.qti import write_qti
from tests.exchange.items import CHOOSE_TWO_ITEM, TRUE_FALSE_ITEM, fit_items, make_item

QTI = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
PACKAGE = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
LOM = "{http://ltsc.ieee.org/xsd/LOM}"


def unpack(*items):
    """The parsed files of the package by their names."""
    with zipfile.ZipFile(io.BytesIO(write_qti(items).content)) as archive:
        assert archive.testzip() is None
        return {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}


def made(item):
    files = unpack(item)
    (path,) = files.keys() - {"imsmanifest.xml"}
    return files[path]


def texts(element):
    """The text without that of feedback, line breaks as such."""
    shown = element.text or ""
    for child in element:
        shown += "\n" if child.tag == f"{QTI}br" else ""
        shown += child.tail or ""
    return shown


def test_qti_package_has_a_manifest_that_names_every_item_once():
    files = unpack(make_item(id="f00"), make_item(id="f 1"), make_item())
    manifest = files.pop("imsmanifest.xml")
    assert manifest.tag == f"{PACKAGE}manifest"
    assert [child.tag.removeprefix(PACKAGE) for child in manifest] == ["metadata", "organizations", "resources"]
    assert manifest.findtext(f"{PACKAGE}metadata/{PACKAGE}schema") == "QTIv2.1 Package"
    resources = manifest.findall(f"{PACKAGE}resources/{PACKAGE}resource")
    assert {resource.get("type") for resource in resources} == {"imsqti_item_xmlv2p1"}
    assert [resource.get("href") for resource in resources] == list(files)
    assert [resource.find(f"{PACKAGE}file").get("href") for resource in resources] == list(files)
    assert [resource.get("identifier") for resource in resources] == [root.get("identifier") for root in files.values()]
    assert list(files)[::2] == ["items/q-f00.xml", "items/n-3.xml"]


def test_qti_manifest_keeps_tags_as_keywords():
    general = unpack(make_item(tags=("service::s3",), name="log"))["imsmanifest.xml"].find(f".//{LOM}general")
    assert [(one.tag.removeprefix(LOM), one.findtext(f"{LOM}string")) for one in general] == [
        ("title", "log"),
        ("keyword", "service::s3"),
    ]


def test_qti_item_has_its_parts_in_the_order_of_the_schema():
    root = made(make_item(explanation="A log."))
    assert [child.tag.removeprefix(QTI) for child in root] == [
        *("responseDeclaration", "outcomeDeclaration", "outcomeDeclaration", "outcomeDeclaration"),
        *("itemBody", "responseProcessing", "modalFeedback"),
    ]
    assert (root.get("adaptive"), root.get("timeDependent")) == ("false", "false")
    assert texts(root.find(f"{QTI}modalFeedback")) == "A log."


@pytest.mark.parametrize(
    ("item", "cardinality", "keys", "shuffle"),
    [
        (make_item(), "single", ["option-1"], "true"),
        (TRUE_FALSE_ITEM, "single", ["option-2"], "false"),
        (CHOOSE_TWO_ITEM, "multiple", ["option-1", "option-3"], "true"),
    ],
)
def test_qti_item_says_how_many_options_are_right_and_which(item, cardinality, keys, shuffle):
    root = made(item)
    response = root.find(f"{QTI}responseDeclaration")
    assert response.get("cardinality") == cardinality
    assert [value.text for value in response.iter(f"{QTI}value")] == keys
    interaction = root.find(f"{QTI}itemBody/{QTI}choiceInteraction")
    assert (interaction.get("maxChoices"), interaction.get("shuffle")) == (str(len(keys)), shuffle)
    assert root.find(f"{QTI}outcomeDeclaration[@identifier='CHOSEN']").get("cardinality") == cardinality


def test_qti_option_has_its_reason_shown_once_it_was_chosen():
    first, _, third = made(make_item()).iter(f"{QTI}simpleChoice")
    feedback = first.find(f"{QTI}feedbackInline")
    assert feedback.attrib == {"outcomeIdentifier": "CHOSEN", "identifier": "option-1", "showHide": "show"}
    assert feedback.text == "It keeps it."
    assert third.find(f"{QTI}feedbackInline") is None


def test_qti_refers_to_declared_variables_only():
    root = made(make_item(explanation="A log."))
    declared = {one.get("identifier") for one in root if one.tag.endswith("Declaration")}
    used = {one.get("identifier") for one in root.iter() if re.search("(variable|correct|setOutcomeValue)$", one.tag)}
    used |= {value for one in root.iter() if (value := one.get("outcomeIdentifier") or one.get("responseIdentifier"))}
    assert used == declared


def test_qti_of_the_same_questions_is_the_same_file():
    assert write_qti([make_item(id="x")]) == write_qti([make_item(id="x")])


def test_qti_lists_what_is_no_question():
    export = write_qti([make_item("", name="empty"), make_item("What?", Choice("one", True), name="short")])
    assert (export.count, list(map(str, export.left_out))) == (
        0,
        ["empty: has no text", "short: has 1 option, needs two or more"],
    )


@settings(max_examples=50)
@given(fit_items)
def test_qti_holds_texts_as_they_are(item):
    root = made(item)
    assert texts(root.find(f".//{QTI}prompt")) == item.stem
    assert [texts(one) for one in root.iter(f"{QTI}simpleChoice")] == [choice.text for choice in item.choices]
    assert re.fullmatch(r"[A-Za-z_][\w.-]*", root.get("identifier"))
