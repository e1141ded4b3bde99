import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.exchange.markup import from_html, shows_media, to_html
from tests.exchange.items import nasty_texts


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One</p>\n<p>two<br>three</p>", "One\n\ntwo\nthree"),
        ("a\n  b&nbsp;c", "a b c"),
        ("1 &lt; 2 &amp;&amp; 3 &#62; 2", "1 < 2 && 3 > 2"),
        ("<b>bo</b>ld <i> and </i> so", "bold and so"),
        ("<style>p {}</style>x<script>alert(1)</script>y", "xy"),
        ("<![if x]>seen", "seen"),
        ("<![CDATA[x]]>seen", "seen"),
        ("a < b", "a < b"),
        ("&notanentity; &#0;", "¬anentity; \ufffd"),
        ("</p></script>x", "x"),
    ],
)
def test_from_html_is_what_a_reader_sees(source, text):
    assert from_html(source) == text


@pytest.mark.parametrize(("source", "has_media"), [("<p>x</p>", False), ("<p><IMG src=x></p>", True), ("img", False)])
def test_shows_media_finds_pictures(source, has_media):
    assert shows_media(source) is has_media


@given(nasty_texts)
def test_html_of_a_text_read_again_is_the_text(text):
    assert from_html(to_html(text)) == text


@given(st.text("<!-[]>/a b='&#;?", max_size=30))
def test_from_html_takes_whatever_it_is_given(source):
    from_html(source)
