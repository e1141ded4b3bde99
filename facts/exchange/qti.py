"""Questions as a QTI 2.1 package, https://www.imsglobal.org/question/: a zip of one assessmentItem a question."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from facts.exchange.items import Export, Item, sort_out

_ITEM = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
_METADATA = "http://ltsc.ieee.org/xsd/LOM"
_SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMAS = {
    _ITEM: "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
    _PACKAGE: "http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd",
    _METADATA: "http://www.imsglobal.org/xsd/imsmd_loose_v1p3p2.xsd",
}


def write_qti(items: Iterable[Item]) -> Export:
    """Questions with the reasons of their options and the explanation, shown after an answer; tags as keywords."""
    fit, left_out = sort_out(items)
    manifest = _root(_PACKAGE, "manifest", identifier="examprep-questions")
    metadata = SubElement(manifest, "metadata")
    SubElement(metadata, "schema").text = "QTIv2.1 Package"
    SubElement(metadata, "schemaversion").text = "1.0.0"
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, item in enumerate(fit, 1):
            identifier = _identifier(item, number)
            path = f"items/{identifier}.xml"
            _add_resource(resources, item, identifier, path)
            _add_file(archive, path, _assessment_item(item, identifier))
        _add_file(archive, "imsmanifest.xml", manifest)
    return Export(package.getvalue(), len(fit), left_out, {})


def _identifier(item: Item, number: int) -> str:
    """A name for XML and for files, the same for the same question."""
    if re.fullmatch(r"[0-9a-z]{1,64}", item.id):
        return f"q-{item.id}"
    return f"q-{hashlib.sha256(item.id.encode()).hexdigest()[:32]}" if item.id else f"n-{number}"


def _root(namespace: str, tag: str, **values: str) -> Element:
    used = [namespace, _METADATA] if namespace == _PACKAGE else [namespace]
    locations = " ".join(f"{name} {_SCHEMAS[name]}" for name in used)
    root = Element(tag, {"xmlns": namespace, "xmlns:xsi": _SCHEMA, "xsi:schemaLocation": locations, **values})
    if namespace == _PACKAGE:
        root.set("xmlns:lom", _METADATA)
    return root


def _add_resource(resources: Element, item: Item, identifier: str, path: str) -> None:
    resource = SubElement(resources, "resource", identifier=identifier, type="imsqti_item_xmlv2p1", href=path)
    general = SubElement(SubElement(SubElement(resource, "metadata"), "lom:lom"), "lom:general")
    for tag, text in [("title", item.name), *(("keyword", tag) for tag in item.tags)]:
        if text:
            SubElement(SubElement(general, f"lom:{tag}"), "lom:string").text = text
    SubElement(resource, "file", href=path)


def _add_file(archive: zipfile.ZipFile, path: str, root: Element) -> None:
    # A date of its own makes the same questions the same file.
    entry = zipfile.ZipInfo(path)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _assessment_item(item: Item, identifier: str) -> Element:
    cardinality = "single" if item.keys == 1 else "multiple"
    root = _root(
        _ITEM,
        "assessmentItem",
        identifier=identifier,
        title=item.name or identifier,
        adaptive="false",
        timeDependent="false",
        toolName="Examprep",
    )
    choices = [(f"option-{number}", choice) for number, choice in enumerate(item.choices, 1)]
    response = SubElement(
        root, "responseDeclaration", identifier="RESPONSE", cardinality=cardinality, baseType="identifier"
    )
    correct = SubElement(response, "correctResponse")
    for name, choice in choices:
        if choice.is_key:
            SubElement(correct, "value").text = name
    score = SubElement(root, "outcomeDeclaration", identifier="SCORE", cardinality="single", baseType="float")
    SubElement(SubElement(score, "defaultValue"), "value").text = "0"
    SubElement(root, "outcomeDeclaration", identifier="CHOSEN", cardinality=cardinality, baseType="identifier")
    SubElement(root, "outcomeDeclaration", identifier="TOLD", cardinality="single", baseType="identifier")
    interaction = SubElement(
        SubElement(root, "itemBody"),
        "choiceInteraction",
        responseIdentifier="RESPONSE",
        shuffle="false" if item.is_true_false else "true",
        maxChoices=str(item.keys),
    )
    _add_text(SubElement(interaction, "prompt"), item.stem)
    for name, choice in choices:
        option = SubElement(interaction, "simpleChoice", identifier=name)
        _add_text(option, choice.text)
        if choice.feedback:
            feedback = SubElement(
                option, "feedbackInline", outcomeIdentifier="CHOSEN", identifier=name, showHide="show"
            )
            _add_text(feedback, choice.feedback)
    _add_processing(root)
    if item.told:
        _add_text(
            SubElement(root, "modalFeedback", outcomeIdentifier="TOLD", identifier="all", showHide="show"), item.told
        )
    return root


def _add_processing(root: Element) -> None:
    """One point if exactly the keys were chosen; the reasons of what was chosen, and the explanation, are shown."""
    processing = SubElement(root, "responseProcessing")
    condition = SubElement(SubElement(processing, "responseCondition"), "responseIf")
    match = SubElement(condition, "match")
    SubElement(match, "variable", identifier="RESPONSE")
    SubElement(match, "correct", identifier="RESPONSE")
    score = SubElement(condition, "setOutcomeValue", identifier="SCORE")
    SubElement(score, "baseValue", baseType="float").text = "1"
    chosen = SubElement(processing, "setOutcomeValue", identifier="CHOSEN")
    SubElement(chosen, "variable", identifier="RESPONSE")
    told = SubElement(processing, "setOutcomeValue", identifier="TOLD")
    SubElement(told, "baseValue", baseType="identifier").text = "all"


def _add_text(parent: Element, text: str) -> None:
    first, *others = text.split("\n")
    parent.text = first
    for line in others:
        SubElement(parent, "br").tail = line
