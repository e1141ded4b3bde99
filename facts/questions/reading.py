"""Reading a plain fact: where is its main verb, and how sure are we?

There is no tagger here: a closed list of verbs, agreement in number and a few closed word classes find the main finite
verb of a plain sentence. Where two readings are possible, the reading says so (``doubts``), and a person is asked once.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from facts.questions.verbs import ALSO_NOUNS, BASE_ALSO_NOUNS, BASES, PARTICIPLES, THIRD_PERSON
from facts.questions.words import (
    AUXILIARIES,
    BE,
    DETERMINERS,
    LEADS,
    MODALS,
    NEGATIVES,
    PREPOSITIONS,
    SUBORDINATORS,
    Word,
    is_adverb,
    is_plural_noun,
    is_plural_subject,
    split_words,
)

# Behind these words no main verb stands: "but does not" goes on with an earlier one.
_NO_VERB_AFTER = ("to", "of", "the", "a", "an", "and", "or", "but", "then", "its", "their", "no", "that", "not")
# Behind "but" these go on with the clause that stands before it.
_NO_SUBJECT = NEGATIVES | PREPOSITIONS | {"only", "also", "is", "are"}
_ASIDES = {"including", "such", "like", "formerly", "also", "or", "unlike", "known", "and"}
_HARDLY_NOUNS = {"uses", "stores", "offers", "keeps", "gives", "takes", "makes", "sends", "holds", "gets", "runs"}


class Form(StrEnum):
    """What kind of finite verb a clause has."""

    BE = "be"
    HAVE = "have"  # as a full verb
    PERFECT = "perfect"  # has + participle
    DO = "do"  # does not ...
    MODAL = "modal"
    THIRD = "third"  # a lexical verb in the third person singular
    BASE = "base"  # a lexical verb with a plural subject


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with its finite verb; places are indices into the statement."""

    start: int
    verb_start: int
    verb_end: int
    end: int
    verb: str
    form: Form
    is_plural: bool | None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How a statement is read: a lead ("By default, "), the main clause, and perhaps a clause in contrast to it."""

    statement: str
    main: Clause | None
    contrast: Clause | None = None
    doubts: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Was a main verb found, with nothing that speaks against it?"""
        return self.main is not None and not self.doubts

    @property
    def subject(self) -> str:
        """What stands before the main verb; empty if none was found."""
        return self.statement[self.main.start : self.main.verb_start].strip() if self.main else ""

    @property
    def verb(self) -> str:
        """The main verb as it is written; empty if none was found."""
        return self.main.verb if self.main else ""


def read(statement: str, names: Collection[str] = ()) -> Reading:
    """Find the main verb. Never raises; for whatever cannot be read there is a doubt and perhaps no verb."""
    words = split_words(statement, names)
    start, doubts = _skip_lead(words, statement)
    stop = _find_contrast(words, start)
    main, main_doubts = _read_clause(words[start:stop], statement, words[stop].start if stop < len(words) else None)
    contrast = None
    if stop < len(words) and main is not None:
        contrast, contrast_doubts = _read_clause(words[stop + 1 :], statement, None)
        if contrast_doubts:
            contrast = None
    return Reading(statement, main, contrast, tuple(doubts + main_doubts))


def confirm(reading: Reading, verb_start: int) -> Reading:
    """The reading with the word at ``verb_start`` as its main verb and without doubts, as an author said it is."""
    words = split_words(reading.statement)
    start, _ = _skip_lead(words, reading.statement)
    for place, word in enumerate(words):
        if word.start == verb_start and place > start:
            form = _form_of(words, place)
            if form is None:
                break
            is_plural = _is_plural_form(word.low, form)
            end = reading.statement.rfind(".") if reading.statement.endswith(".") else len(reading.statement)
            main = Clause(words[start].start, word.start, word.end, end, word.text, form, is_plural)
            return Reading(reading.statement, main)
    return reading


def verb_candidates(statement: str, names: Collection[str] = ()) -> list[Word]:
    """Words that could be the main verb, for an author to choose from."""
    words = split_words(statement, names)
    return [word for place, word in enumerate(words) if place and not word.is_name and _form_of(words, place)]


def tail_verbs(reading: Reading) -> Iterator[Word]:
    """Finite verbs after the main verb that "and", "or", "but" or a comma joins to it."""
    main = reading.main
    if main is None:
        return
    words = split_words(reading.statement)
    for place, word in enumerate(words[:-1]):
        if word.start < main.verb_end or word.end > main.end or word.is_name:
            continue
        before = place - 1
        while is_adverb(words[before].low) and before > 1 and words[before].start > main.verb_end:
            before -= 1
        joined = words[before].low in ("and", "or", "but", "then", "nor") or words[before].ends_part
        if joined and words[before].start >= main.verb_start and _agrees(words, place, main):
            yield word


def _agrees(words: Sequence[Word], place: int, main: Clause) -> bool:
    """Could the word be a second finite verb beside the main one?"""
    low = words[place].low
    if low in AUXILIARIES:
        return True
    if low in THIRD_PERSON and main.form is not Form.MODAL:
        opens = words[place + 1].low in DETERMINERS | PREPOSITIONS
        if low not in ALSO_NOUNS or opens or main.form in (Form.THIRD, Form.HAVE):
            return True
    is_base = main.is_plural and low in BASES and main.form in (Form.BASE, Form.BE)
    return bool(is_base) and (low not in BASE_ALSO_NOUNS or _opens_object(words, place))


def _skip_lead(words: Sequence[Word], statement: str) -> tuple[int, list[str]]:
    if not words or words[0].low not in LEADS:
        return 0, []
    for place, word in enumerate(words[:-1]):
        if word.ends_part and statement[word.end : word.end + 1] == ",":
            following = words[place + 1].low
            if following in LEADS or following in ("and", "or"):
                return place + 1, ["it opens with more than one clause"]
            return place + 1, []
    if words[0].low in ("by", "in", "on", "at") and len(words) > 3:
        return 0, [f"it opens with “{words[0].text}” but no comma ends this part"]
    return 0, [f"it opens with “{words[0].text}”: put a comma where that part ends, or start with the subject"]


def _find_contrast(words: Sequence[Word], start: int) -> int:
    """The place of the word that opens a contrasting clause with a subject of its own, or the number of words."""
    for place in range(start + 2, len(words) - 3):
        if not words[place - 1].ends_part:
            continue
        if words[place].low in ("whereas", "while"):
            return place
        goes_on = _form_of(words, place + 1) is not None or words[place + 1].low in _NO_SUBJECT
        if words[place].low == "but" and not goes_on:
            return place
    return len(words)


def _read_clause(words: Sequence[Word], statement: str, end: int | None) -> tuple[Clause | None, list[str]]:
    if end is None:
        end = len(statement.rstrip().rstrip("."))
    if len(words) < 3:
        return None, ["no verb was found"]
    found = _find_verb(words)
    if found is None:
        return None, ["no verb was found"]
    place, doubts = found
    form = _form_of(words, place)
    if form is None:  # pragma: no cover - _find_verb returns verbs only
        return None, ["no verb was found"]
    word = words[place]
    is_plural = _is_plural_form(word.low, form)
    if is_plural is None:
        is_plural = is_plural_subject(words[:place])
    return Clause(words[0].start, word.start, word.end, end, word.text, form, is_plural, tuple(doubts)), doubts


def _is_plural_form(low: str, form: Form) -> bool | None:
    if form is Form.BE:
        return not BE[low]
    if form in (Form.HAVE, Form.PERFECT, Form.DO):
        return low in ("have", "do")
    return {Form.THIRD: False, Form.BASE: True}.get(form)


def _form_of(words: Sequence[Word], place: int) -> Form | None:
    """As what finite verb the word could serve, by its form alone."""
    low = words[place].low
    following = words[place + 1].low if place + 1 < len(words) else ""
    if low in BE:
        return Form.BE
    if low in ("has", "have"):
        after = following
        if following in ("not", "never", "already", "also") and place + 2 < len(words):
            after = words[place + 2].low
        return Form.PERFECT if after in PARTICIPLES or after == "been" else Form.HAVE
    if low in ("does", "do"):
        return Form.DO if following in ("not", "n't") or following in BASES else None
    if low in MODALS:
        return Form.MODAL
    if low in THIRD_PERSON:
        return Form.THIRD
    if low in BASES:
        return Form.BASE
    return None


def _find_verb(words: Sequence[Word]) -> tuple[int, list[str]] | None:
    """The place of the main finite verb among the words of a clause, and what speaks against it."""
    doubts: list[str] = []
    fallback: tuple[int, list[str]] | None = None
    possible = 0  # how many words could be the verb
    behind_relative = 0
    relative = (0, 0)
    for place in range(1, len(words)):
        word = words[place]
        low = word.low
        if word.is_name or place < behind_relative:
            continue
        if low in ("that", "which", "who") and fallback is None and not doubts:
            # "The shortest timeout that AWS Batch accepts is": its verb, then the main one.
            behind_relative = _skip_relative(words, place)
            if behind_relative:
                relative = (place, behind_relative)
                continue
        if low in SUBORDINATORS and fallback is not None:
            break  # the main verb stands before the condition
        if low in SUBORDINATORS:
            doubts.append(f"“{word.text}” opens a clause before the verb")
            continue
        subject = words[:place]
        is_after_adverb = is_adverb(words[place - 1].low) and not words[place - 1].is_name
        while subject and is_adverb(subject[-1].low) and len(subject) > 1:
            subject = subject[:-1]
        previous = words[place - 1].low
        form = _form_of(words, place)
        if form is None or previous in _NO_VERB_AFTER:
            if form is not None and low in AUXILIARIES and previous == "that":
                doubts.append("a clause stands before the verb")
            continue
        if form in (Form.BE, Form.HAVE, Form.PERFECT, Form.DO, Form.MODAL):
            return _checked(words, place, doubts, fallback, relative)
        is_plural = is_plural_subject(subject)
        if form is Form.THIRD:
            if is_plural and not words[place - 1].is_name and (len(subject) > 1 or subject[0].low in DETERMINERS):
                # "Groups of instances stores ...": no agreement, so this is a noun.
                continue
            if low not in ALSO_NOUNS:
                return _checked(words, place, doubts, fallback, relative)
            sureness = _third_or_noun(words, place, subject)
            if sureness is True:
                return _checked(words, place, doubts, fallback, relative)
            if sureness is None:
                possible += 1
                fallback = fallback or (place, [*doubts, f"is “{word.text}” the verb?"])
        elif is_plural is not False and previous not in PREPOSITIONS and _is_in_singular(words, place):
            possible += _opens_object(words, place)
        elif is_plural is not False and previous not in PREPOSITIONS:
            if low not in BASE_ALSO_NOUNS or (is_plural and (is_after_adverb or _opens_object(words, place))):
                return _checked(words, place, doubts, fallback, relative)
            possible += 1
            fallback = fallback or (place, [*doubts, f"is “{word.text}” the verb?"])
    if fallback is not None and possible == 1 and not _has_past_form(words) and not _is_heading(words, fallback[0]):
        # A sentence has a finite verb, and nothing else here could be one.
        return _checked(words, fallback[0], doubts, None, relative)
    return fallback


def _is_heading(words: Sequence[Word], place: int) -> bool:
    """ "Security checks for buckets", "Store keys in the vault": perhaps a heading, perhaps an instruction."""
    first = words[0]
    if place != 1 or first.is_name or first.low in DETERMINERS or first.low in ("it", "they"):
        return False
    return words[2].low in PREPOSITIONS if place + 1 < len(words) else True


def _is_in_singular(words: Sequence[Word], place: int) -> bool:
    """Does the form end a phrase such as "on a replica set", where a noun is missing without it?"""
    if words[place].low not in BASE_ALSO_NOUNS:
        return False
    for before in range(place - 1, 0, -1):
        low = words[before].low
        if low in ("a", "an", "the", "each", "every"):
            is_open = not words[place - 1].is_name and not is_plural_noun(words[place - 1])
            return words[before - 1].low in PREPOSITIONS and place - before > 1 and is_open
        if low in PREPOSITIONS:
            return False
    return False


def _skip_relative(words: Sequence[Word], place: int) -> int:
    """The place of the main verb behind a relative clause in the subject, if it can be told; else 0."""
    verb = 0
    for at in range(place + 1, len(words) - 1):
        low = words[at].low
        if words[at].ends_part or low in SUBORDINATORS:
            return 0
        if words[at].is_name:
            continue
        form = _form_of(words, at)
        is_sure = form is not None and (low in AUXILIARIES or (low in THIRD_PERSON and low not in ALSO_NOUNS))
        follows = words[at - 1].is_name or words[at - 1].low in ("that", "which", "who")
        if not verb and (is_sure or (form is not None and follows)):
            verb = at
            if low in MODALS or low in ("does", "do"):
                return 0  # "that it can create has": its own second verb
        elif verb and at > verb and low in AUXILIARIES and words[verb].low not in BE:
            return at
    return 0


def _has_past_form(words: Sequence[Word]) -> bool:
    """Could a form in -ed be the verb: "TLS 1.3 removed static RSA"?"""
    for place in range(1, len(words) - 1):
        word, before, after = words[place], words[place - 1].low, words[place + 1].low
        if word.low not in PARTICIPLES or word.low in BASES or word.is_name or after in PREPOSITIONS:
            continue
        is_part_of_phrase = before in DETERMINERS | PREPOSITIONS | AUXILIARIES | {"been", "not", "be", "and", "or"}
        if not is_part_of_phrase and not is_adverb(before):
            return True
    return False


def _checked(
    words: Sequence[Word],
    place: int,
    doubts: list[str],
    fallback: tuple[int, list[str]] | None,
    relative: tuple[int, int],
) -> tuple[int, list[str]]:
    """The verb at ``place``, doubted if a determiner shows that an earlier word was the verb, or one was possible."""
    doubts = list(doubts)
    if fallback is not None:
        first = words[fallback[0]]
        between = {
            word.low
            for word, before in zip(words[fallback[0] + 1 : place], words[fallback[0] : place], strict=False)
            if before.low not in PREPOSITIONS
        }
        # "Standard queues in Amazon SQS deliver": after a plural the form in -s before a preposition was a noun.
        is_noun = (
            words[place].low in BASES
            and (words[fallback[0] + 1].low in PREPOSITIONS or first.low in BASES)
            and (words[place].low not in BASE_ALSO_NOUNS or (first.low not in BASES and _opens_object(words, place)))
        )
        if between & {"that", "which", "the", "a", "an"} or not (words[place].low in AUXILIARIES or is_noun):
            doubts.append(f"is “{first.text}” or “{words[place].text}” the verb?")
    marks = [before for before in range(place) if words[before].ends_part]
    if marks and not (len(marks) == 2 and marks[1] == place - 1 and words[marks[0] + 1].low in _ASIDES):
        doubts.append("a comma or bracket stands before the verb")
    for before in range(1, place):
        low, previous = words[before].low, words[before - 1].low
        if relative[0] < before < relative[1]:
            continue
        opens_noun = low in ("the", "a", "an", "its", "each", "every") and not words[before].is_name
        is_joined = previous in PREPOSITIONS or previous in ("and", "or", "to") or previous.endswith("ing")
        if opens_noun and not is_joined:
            doubts.append(f"is there a verb before “{words[before].text} {words[before + 1].text}”?")
    if words[place].low in BE and _has_second_be(words, place):
        doubts.append(f"it has “{words[place].text}” twice")
    return place, doubts


def _has_second_be(words: Sequence[Word], place: int) -> bool:
    """Does "is" come again with nothing between that could open another clause?"""
    for at in range(place + 1, len(words)):
        low = words[at].low
        if (
            low in SUBORDINATORS
            or low in PREPOSITIONS
            or low in ("and", "or", "but", "than", "as")
            or words[at].ends_part
        ):
            return False
        if low in BE:
            return True
    return False


def _third_or_noun(words: Sequence[Word], place: int, subject: Sequence[Word]) -> bool | None:
    """Is this form in -s a verb (True), a plural noun (False), or could it be either (None)?"""
    following = words[place + 1] if place + 1 < len(words) else None
    if following is None or words[place].ends_part:
        return False
    low = following.low
    if low in AUXILIARIES or low == "of":
        return False
    if low in ("never", "always") or (low.endswith("ly") and place + 2 < len(words) and words[place + 2].low in BASES):
        return False if place + 2 < len(words) and words[place + 2].low in BASES else None
    is_single = subject[0].low in ("a", "an", "each", "every", "one") and not any(
        word.low in PREPOSITIONS for word in subject
    )
    if is_single:
        return True
    if low in ("a", "an", "the", "its", "their", "each", "every", "all", "both", "no", "any", "one", "itself"):
        return True
    if low in BASES and not following.is_name:
        if low not in BASE_ALSO_NOUNS:
            return False
        # "DNS uses port 53": hardly anybody writes of "uses" as a plural noun behind a name.
        return True if words[place].low in _HARDLY_NOUNS and subject[-1].is_name else None
    if low in SUBORDINATORS:
        return False
    if low in THIRD_PERSON:
        if words[place].low in _HARDLY_NOUNS and subject[-1].is_name and low in ALSO_NOUNS:
            return True
        return None if low in ALSO_NOUNS else False
    if not subject[-1].is_name and words[place].low not in _HARDLY_NOUNS:
        return None  # "instance types built on ...": a noun behind a noun
    if low in PREPOSITIONS:
        # "Amazon S3 runs on ..." or "Amazon S3 buckets in ... can": a verb later on tells.
        later = [
            word.low
            for word, before in zip(words[place + 2 :], words[place + 1 :], strict=False)
            if not word.is_name and before.low != "to"
        ]
        has_other = any(
            low in AUXILIARIES or (low in THIRD_PERSON and low not in ALSO_NOUNS) or low in BASES - BASE_ALSO_NOUNS
            for low in later
        ) or any(
            words[later_place].low in BASES
            and not words[later_place].is_name
            and words[later_place - 1].low not in ("to", "the", "a", "an")
            and _opens_object(words, later_place)
            for later_place in range(place + 2, len(words))
        )
        return None if has_other else True
    # A verb later in the clause that would agree with a plural subject leaves both readings open.
    for later_place in range(place + 1, min(place + 6, len(words))):
        later_word = words[later_place]
        if later_word.low in PREPOSITIONS or later_word.low in SUBORDINATORS or later_word.low in ("and", "or"):
            break
        is_base = later_word.low in BASES and not later_word.is_name and words[later_place - 1].low != "to"
        is_verb = is_base and (later_word.low not in BASE_ALSO_NOUNS or _opens_object(words, later_place))
        if is_verb or later_word.low in AUXILIARIES:
            return None
    return True


def _opens_object(words: Sequence[Word], place: int) -> bool:
    """Does what follows show that the word is a verb: an article, a number, a preposition, a name?"""
    if place + 1 >= len(words) or words[place].ends_part:
        return False
    following = words[place + 1]
    low = following.low
    return (
        low in DETERMINERS
        or low in PREPOSITIONS - {"of"}
        or low in ("only", "automatically", "traffic", "data", "up", "not", "never", "more", "both")
        or low[0].isdigit()
        or is_adverb(low)
        or (low in PARTICIPLES and low.endswith("ed"))
    )
