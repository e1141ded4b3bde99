"""Imported questions as unfinished entries of a fact file, for an editor to finish.

A question from elsewhere is no fact: it has no statement that is true by itself, no domain, no source that was read.
So it becomes an entry in which what the question says stands in its place and the rest is empty, with a line
``draft = true``. ``parse_bank`` knows no such field and refuses the file until an editor has taken that line away:
nothing imported is asked before somebody has read it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from facts.exchange.dump import dump_fact
from facts.exchange.items import Item, LeftOut, one_line
from facts.exchange.records import DOMAINS, FactRecord
from facts.questions.content import GAP, Blank, Distractor, Fact, FalseStatement, Scenario, Service
from facts.questions.kinds import EXACT

_MARK = "draft = true"
_HEAD = f"""# Drafts made of {{}}: not yet facts. Read and finish each entry, then take away its line "{_MARK}".
# load_facts refuses the file until then, and says what is missing.
"""


@dataclass(frozen=True, slots=True)
class Drafts:
    """Entries in the order of their questions, their file, and the questions of which no entry can be made."""

    records: tuple[FactRecord, ...]
    content: bytes
    undrafted: bytes  # the file as if every entry had been approved
    left_out: tuple[LeftOut, ...]


def draft_facts(
    file: str, items: Iterable[Item], services: Mapping[str, Service], free_id: Callable[[str], str]
) -> Drafts:
    """Entries for the questions of a file. ``free_id`` makes an id of its own of a proposed one."""
    records: list[FactRecord] = []
    left_out: list[LeftOut] = []
    parts = [_HEAD.format(_comment(file))]
    for item in items:
        name = item.name or f"“{one_line(item.stem):.60}”"
        if item.keys > 1:
            left_out.append(LeftOut(name, f"has {item.keys} right answers, a fact is asked with one"))
            continue
        record = draft_fact(file, item, find_services(item, services))
        record = replace(record, fact=replace(record.fact, id=free_id(propose_id(record))))
        records.append(record)
        parts.append(f"# From: {_comment(name)}\n{dump_fact(record)}")
    text = "\n".join(parts)
    return Drafts(
        tuple(records), text.replace("\n[[fact]]\n", f"\n[[fact]]\n{_MARK}\n").encode(), text.encode(), tuple(left_out)
    )


def _comment(text: str) -> str:
    """The text as it can stand in a comment of a TOML file."""
    return "".join(character for character in one_line(text) if character.isprintable())


def draft_fact(file: str, item: Item, services: tuple[Service, ...]) -> FactRecord:
    """What a question with one key says, in the places of a fact; what it does not say is empty."""
    key = next(choice for choice in item.choices if choice.is_key)
    others = [choice for choice in item.choices if not choice.is_key]
    stem = one_line(item.stem).removeprefix(f"{EXACT} ")
    fact = Fact("", "", services, explanation=item.told)
    if item.is_true_false and item.choices[0].is_key:
        fact = replace(fact, statement=stem, explanation=item.told or key.feedback)
    elif item.is_true_false:
        fact = replace(fact, false_statements=(FalseStatement(stem, one_line(key.feedback)),))
    elif stem.count(GAP) == 1:
        answer = one_line(key.text)
        blank = Blank(answer, tuple(one_line(choice.text) for choice in others))
        fact = replace(
            fact, statement=stem.replace(GAP, answer), blanks=(blank,), explanation=item.told or key.feedback
        )
    else:
        distractors = tuple(Distractor(one_line(choice.text), one_line(choice.feedback)) for choice in others)
        scenario = Scenario(stem, one_line(key.text), one_line(key.feedback or item.explanation), distractors)
        fact = replace(fact, scenarios=(scenario,))
    domain = next((name for tag in item.tags if (name := tag.removeprefix("domain::")) in DOMAINS), "")
    return FactRecord(
        fact, file, digest="", domain=domain, status="current", note="", reference="", evidence="", checked_on=None,
        key_point="",
    )  # fmt: skip


def find_services(item: Item, services: Mapping[str, Service]) -> tuple[Service, ...]:
    """The services that tags or the category name; else those whose full names stand in the question."""
    tagged = [services[slug] for tag in item.tags if (slug := tag.removeprefix("service::").lower()) in services]
    by_name = {service.name.casefold(): service for service in services.values()}
    tagged += [by_name[name.casefold()] for name in item.category if name.casefold() in by_name]
    if not tagged:
        text = " ".join([item.stem, *(choice.text for choice in item.choices if choice.is_key)])
        places = {
            service: found.start()
            for service in services.values()
            if (found := re.search(rf"(?<!\w){re.escape(service.name)}(?!\w)", text))
        }
        tagged = sorted(places, key=lambda service: places[service])
    return tuple(dict.fromkeys(tagged))


def propose_id(record: FactRecord) -> str:
    """Lower-case words joined by hyphens: the service and the first words of what is asked."""
    fact = record.fact
    about = fact.statement or next(
        (text for text in [*(one.text for one in fact.false_statements), *(one.stem for one in fact.scenarios)]), ""
    )
    plain = unicodedata.normalize("NFKD", about).encode("ascii", "ignore").decode().lower()
    own = set(re.findall("[a-z0-9]+", fact.services[0].name.lower())) if fact.services else set()
    words = [word for word in re.findall("[a-z0-9]+", plain) if word not in own][:5]
    service = [fact.services[0].slug] if fact.services else []
    return "-".join([*service, *words])[:70].strip("-") or "draft"
