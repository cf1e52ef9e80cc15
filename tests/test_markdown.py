"""The Markdown, read back by markdown-it-py, has the blocks and the words of the document."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from ocr_clean import api
from ocr_clean.changes import Mark, apply
from ocr_clean.config import Config
from ocr_clean.document import Document, Leaf, Role
from ocr_clean.markdown import MarkdownOptions, render
from ocr_clean.markup import NOTE_RE, slug
from ocr_clean.splitting import chapters
from ocr_clean.structure import report, structure
from ocr_clean.title_page import front_lines, title_lines
from ocr_clean.writer import heading_text, reading_order

WORDS = ["the", "weir", "Trotsky", "1917", "12", "and", "a", "I"]
MARKS_TEXT = """
* ** _ __ # ## > - + 1. 12) 1917. *weir* _so_ __so__ `so` ``` [weir](mill) [weir] [^1] [^?] [weir]: [ ] <b> </b>
<!-- &amp; &c; \\ \\* | --- === *** ~ ~~so~~ ^so^ $x$ : a^b c^ snake_case 5*3*2 C# https://weir.example www.weir.example
"""

MARKS = MARKS_TEXT.split()
ROLES = [
    Role.BODY,
    Role.BODY,
    Role.HEADING,
    Role.QUOTE,
    Role.VERSE,
    Role.LINE,
    Role.CAPTION,
    Role.INDEX,
    Role.LIST,
    Role.NOTE,
]

line = st.lists(st.sampled_from(WORDS + MARKS), min_size=1, max_size=8).map(" ".join)
block = st.tuples(st.sampled_from(ROLES), st.lists(line, min_size=1, max_size=4))
blocks = st.lists(block, min_size=1, max_size=6)

TOKENS = {
    Role.BODY: "paragraph",
    Role.CAPTION: "paragraph",
    Role.VERSE: "paragraph",
    Role.LINE: "paragraph",
    Role.HEADING: "heading",
    Role.QUOTE: "blockquote",
    Role.INDEX: "bullet_list",
}


def document(parts: list[tuple[Role, list[str]]]) -> Document:
    """A document of which every line has been marked."""
    lines = [text for _, texts in parts for text in texts]
    doc = Document.from_text("\n".join(lines))
    marks = []
    number = 0
    for role, texts in parts:
        for place, _ in enumerate(texts):
            number += 1
            level = 2 if role is Role.HEADING else 1 if role in (Role.INDEX, Role.CONTENTS) else 0
            marks.append(Mark(number, role, "test", opens=place == 0, level=level))
    return apply(doc, marks)


def parsed(markdown: str) -> SyntaxTreeNode:
    return SyntaxTreeNode(MarkdownIt("commonmark").use(footnote_plugin).parse(markdown))


def text_of(node: SyntaxTreeNode) -> str:
    """What a reader sees of a node."""
    if node.type == "text":
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return " "
    assert node.type not in ("code_inline", "em", "strong", "link", "image", "html_inline", "code_block", "fence"), node
    return "".join(map(text_of, node.children))


def words(text: str) -> list[str]:
    return NOTE_RE.sub(lambda found: found[0], text).split()


@given(parts=blocks)
def test_the_blocks_come_back(parts: list[tuple[Role, list[str]]]) -> None:
    """Each block is parsed as what it is, and no mark in the text is taken for mark-up."""
    doc = document([part for part in parts if part[0] in TOKENS])
    if not doc.reflowed:
        return
    expected = []
    for each in reading_order(doc.blocks()):
        token = TOKENS[each.role]
        text = heading_text(each.lines) if each.role is Role.HEADING else " ".join(line.text for line in each.lines)
        if token == "bullet_list" and expected and expected[-1][0] == token:
            expected[-1][1].extend(words(regex.sub("^[—–-] ?", "", text)))
            continue
        expected.append((token, words(regex.sub("^[—–-] ?", "", text) if token == "bullet_list" else text)))
    nodes = [
        (
            node.type,
            [
                word
                for item in (node.children if node.type == "bullet_list" else [node])
                for word in words(text_of(item))
            ],
        )
        for node in parsed(render(doc)).children
    ]
    assert nodes == expected


@given(parts=blocks, width=st.integers(30, 90))
def test_wrapped_lines_say_the_same(parts: list[tuple[Role, list[str]]], width: int) -> None:
    """Broken at any width, the Markdown is parsed as it is with a paragraph a line."""
    doc = document(parts)
    plain = MarkdownIt("commonmark").use(footnote_plugin).render(render(doc))
    wrapped = MarkdownIt("commonmark").use(footnote_plugin).render(render(doc, MarkdownOptions(wrap=width)))
    assert wrapped.split() == plain.split()


def test_notes_are_footnotes() -> None:
    """A note that the text refers to is a footnote; one without a reference stays in the text with its number."""
    doc = document(
        [(Role.BODY, ["He came.[^2-1] He went.[^2-9]"]), (Role.NOTE, ["1. Ibid., p. 3"]), (Role.NOTE, ["2. So."])]
    )
    doc = apply(
        doc, [Mark(2, Role.NOTE, "test", opens=True, label="2-1"), Mark(3, Role.NOTE, "test", opens=True, label="2-2")]
    )
    html = MarkdownIt("commonmark").use(footnote_plugin).render(render(doc))
    assert "Ibid., p. 3" in html.split('<section class="footnotes">')[1]
    assert '<ol start="2">' in html.split("<section")[0]
    assert "[^2-9]" in html


def test_anchors_are_those_of_github() -> None:
    """Punctuation goes, spaces are hyphens, what comes twice is counted."""
    taken: dict[str, int] = {}
    assert slug("Chapter one: ‘The New Course’", taken) == "chapter-one-the-new-course"
    assert slug("What is C++ & why?", taken) == "what-is-c--why"
    assert [slug("Notes", taken), slug("Notes", taken)] == ["notes", "notes-1"]


def test_split_into_chapters_loses_no_note_and_no_link() -> None:
    """Each file has its own notes and the stamp; links lead to the file where the heading is."""
    book = (
        "---\ngenerator: ocr-clean 1\n---\n\n## Contents\n\n- [One / 1](#one)\n\n## One\n\nSo.[^1-1]\n\n"
        "## Notes\n\n### Chapter 1\n\n[^1-1]: There.\n\n2. Lost.\n"
    )
    files = chapters(book, "book.md", "<!-- ocr-clean 1 -->\n\n")
    assert list(files) == ["book.md", "book-01-one.md", "book-02-notes.md"]
    assert "- [One / 1](book-01-one.md#one)" in files["book.md"]
    assert files["book.md"].endswith("- [One](book-01-one.md)\n- [Notes](book-02-notes.md)\n")
    assert files["book-01-one.md"].endswith("So.[^1-1]\n\n[^1-1]: There.\n")
    assert "There" not in files["book-02-notes.md"]
    assert "2. Lost." in files["book-02-notes.md"]
    assert all(text.startswith(("---\ngenerator: ocr-clean ", "<!-- ocr-clean ")) for text in files.values())


def test_what_does_not_agree_is_reported() -> None:
    """An entry without its heading, a reference without its note, a note without its reference, a wrong index page."""
    parts = [
        (Role.HEADING, ["Contents"]),
        (Role.CONTENTS, ["1: The weir / 7"]),
        (Role.CONTENTS, ["2: The mill / 9"]),
        (Role.HEADING, ["The weir"]),
        (Role.BODY, ["He came to Harrow.[^1] He went.[^3]"]),
        (Role.NOTE, ["1. So."]),
        (Role.NOTE, ["2. Lost."]),
        (Role.INDEX, ["Harrow, 7"]),
        (Role.INDEX, ["Penbury, 7"]),
    ]
    doc = document(parts)
    labels = [Mark(6, Role.NOTE, "test", opens=True, label="1"), Mark(7, Role.NOTE, "test", opens=True, label="2")]
    doc = apply(doc, [*labels, Leaf(1, "6"), Leaf(4, "7"), Leaf(8, "80")])
    found = structure(doc)
    assert found.entries_without_heading == ("The mill",)
    assert found.references_without_note == ("3",)
    assert found.notes_without_reference == ("2",)
    assert (found.index_pages, found.confirmed) == (2, 1)
    assert "not confirmed: Penbury, 7, 7" in report(found)


MINI_VOLUME = Path(__file__).parent.parent / "samples" / "mini-volume" / "dump.txt"


@pytest.fixture(scope="module")
def linked() -> str:
    """A whole small book, pages as anchors."""
    config = Config(markdown=MarkdownOptions(anchors="link"))
    return api.clean(MINI_VOLUME.read_text(encoding="utf-8"), config=config, without=["words", "spelling"]).markdown


def dangling(html: str) -> set[str]:
    """Anchors that links lead to and that are not there."""
    targets = {unquote(each) for each in regex.findall(r'href="#([^"]+)"', html)}
    return targets - set(regex.findall(r'\bid="([^"]+)"', html))


def test_pages_of_the_index_lead_to_pages_that_are_there(linked: str) -> None:
    """Only where pages are anchors: a comment cannot be linked to, and a missing page has no anchor."""
    anchors = set(regex.findall(r'<a id="([^"]+)"></a>', linked))
    links = set(regex.findall(r"\]\(#(p\d+)\)", linked))
    assert links
    assert links <= anchors
    doc = apply(document([(Role.INDEX, ["Weir, 7, 8"])]), [Leaf(1, "7")])
    assert "[7](#p7), 8" in render(doc, MarkdownOptions(anchors="link"))
    assert "- Weir, 7, 8\n" in render(doc)


@pytest.mark.skipif(shutil.which("pandoc") is None, reason="needs pandoc")
def test_pandoc_reads_the_same(linked: str) -> None:
    """The same headings, quotations, items and references as markdown-it-py finds, and no link without its anchor."""
    command = ["pandoc", "--from", "gfm+yaml_metadata_block", "--to", "html"]
    html = subprocess.run(command, input=linked, capture_output=True, text=True, check=True).stdout
    ours = MarkdownIt("commonmark").use(footnote_plugin).use(front_matter_plugin).render(linked)
    for tag in ("<h1", "<h2", "<h3", "<blockquote", "<li", "<sup", "<br"):
        assert html.count(tag) == ours.count(tag), tag
    assert dangling(html) == set()


def test_the_line_that_leads_to_a_title_is_part_of_it() -> None:
    """The running heads leave it out; a line that does not end in a colon stays outside."""
    heads = [(Role.RUNNING_HEAD, ["The keepers of the lock"])] * 3
    front = [
        (Role.LINE, ["Penbury Press"]),
        (Role.LINE, ["Harrow:"]),
        (Role.LINE, ["The keepers of the lock"]),
        (Role.LINE, ["© Mary Fenn 1934"]),
        (Role.HEADING, ["Preface"]),
    ]
    doc = document([*front, *heads])
    assert [line.text for line in title_lines(doc, front_lines(doc))] == ["Harrow:", "The keepers of the lock"]
