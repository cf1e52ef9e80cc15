"""The review page: what it shows, that it trusts nothing, and what a person can do on it."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import regex
from click.testing import CliRunner, Result

from ocr_clean.cli import cli, main
from ocr_clean.document import Leaf, Page
from ocr_clean.errors import ExitCode
from ocr_clean.review import find_images
from ocr_clean.talk import Talk

DUMP = """114 THE FERRY

The ferry was late, and tlie boatman said so. The toll was paid at the up-
per gate, where tlie keeper had his ofﬁce, and nobody saw tlie end of it.
^ ■ .
\f
THE FERRY 115

In the autumn the rnen of the lower town went to see the tovvn clerk about it.
"""

Browser: TypeAlias = Callable[[str, str], str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dump, its Markdown and its ledger."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dump.txt").write_text(DUMP, encoding="utf-8")
    clean()
    return tmp_path


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, obj=Talk())


def clean(*more: str) -> Result:
    result = invoke("clean", "dump.txt", "-o", "out.md", "--ledger", "out.jsonl", *more)
    assert result.exit_code == 0, result.output
    return result


def review(*more: str) -> str:
    result = invoke("review", "dump.txt", "out.jsonl", "-q", *more)
    assert result.exit_code == 0, result.output
    return result.stdout


def data_of(page: str) -> dict[str, Any]:
    found = regex.search(r'<script type="application/json" id="data">(.*?)</script>', page, regex.S)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def rows() -> list[dict[str, Any]]:
    return [json.loads(row) for row in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]


def lines_of(data: dict[str, Any]) -> list[list[Any]]:
    return [line for page in data["pages"] for line in page[6]]


def test_every_line_and_every_change_of_the_ledger_is_on_the_page(folder: Path) -> None:
    data = data_of(review())
    lines = lines_of(data)
    assert "\n".join(line[1] for line in lines) == DUMP
    ids = [id for change in data["changes"] for id in change[8]]
    assert sorted(ids) == sorted(row["id"] for row in rows()[1:])
    placed = {token[0] for line in lines for token in (line[5:6] and line[5]) or [] if isinstance(token, list)}
    placed |= {change for line in lines for change in (line[6] if len(line) > 4 else [])}
    assert placed == set(range(len(data["changes"])))


def test_the_right_side_is_the_text_as_cleaned_and_the_left_shows_what_went(folder: Path) -> None:
    data = data_of(review())
    [line] = [line for line in lines_of(data) if "tlie boatman" in line[1]]
    text = "".join(token if isinstance(token, str) else token[1] for token in line[5])
    assert text == "The ferry was late, and the boatman said so. The toll was paid at the upper"
    assert [line[1][start:end] for start, end, _ in line[4]] == ["tlie", "-"]
    mended = [change for change in data["changes"] if len(change[8]) > 1]
    assert [[part[1:] for part in change[6]] for change in mended] == [[["-", "per"], ["per ", ""]]]


def test_like_changes_are_one_group(folder: Path) -> None:
    data = data_of(review())
    names = [data["groups"][change[0]][2] for change in data["changes"] if change[6] and "tlie" in str(change[6])]
    assert names == ["li → h"] * 3


HOSTILE = "</script><script>alert(1)</script> <!--\N{RIGHT-TO-LEFT OVERRIDE}evil\N{LINE SEPARATOR}\x0b<img src=x>"


class Tags(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for key, value in attrs if key in ("src", "srcset", "action")]


def hostile(folder: Path) -> str:
    (folder / "dump.txt").write_text(f"{DUMP}{HOSTILE}\n", encoding="utf-8")
    clean()
    path, text = folder / "out.jsonl", (folder / "out.jsonl").read_text(encoding="utf-8")
    path.write_text(text.replace('"source": "dump.txt"', '"source": "</title><b>"'), encoding="utf-8")
    return review()


def test_the_page_needs_nothing_and_trusts_no_text(folder: Path) -> None:
    page = hostile(folder)
    found = Tags(page)
    assert found.addresses == []
    assert found.tags.count("script") == 2
    assert not {"img", "b"} & set(found.tags[: found.tags.index("body")])
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page
    assert "default-src 'none'" in page
    assert HOSTILE in [line[1] for line in lines_of(data_of(page))]


def result_of(dom: str) -> Any:
    """What the script of a test has put into the page."""
    found = regex.search(r'<pre id="result">(.*?)</pre>', dom, regex.S)
    assert found, dom[-2000:]
    return json.loads(html.unescape(found[1]))


def run(browser: Browser, page: str, script: str) -> Any:
    """Run *script*, whose last expression is its result, on *page*."""
    helpers = """
    const press = key => (document.activeElement || document.body).dispatchEvent(
      new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
    const set = (id, value) => { $(id).value = value; $(id).dispatchEvent(new Event("input", {bubbles: true})); };
    const find = before => changes.findIndex(change => JSON.stringify(change[PARTS]).includes(before));
    const text = () => [...document.querySelectorAll("#pages td:nth-child(3)")].map(cell => cell.textContent).join(" ");
    """
    ending = "document.body.append(Object.assign(document.createElement('pre'), {id: 'result', "
    ending += "textContent: JSON.stringify(result)}));"
    return result_of(browser(page, f"{helpers} const result = (() => {{ {script} }})(); {ending}"))


def test_a_person_goes_through_the_changes_and_cleans_again(folder: Path, in_chromium: Browser) -> None:
    """Load, filter, accept, reject a group, export; the dump cleaned with that is what was decided."""
    script = """
    set("text", "tlie");
    const found = matched;
    press("j"); press("r"); press("R");
    set("text", "");
    const mended = find('"per "');
    choose(mended); press("a");
    const focused = document.activeElement.getAttribute("aria-label");
    return {found, focused, said: $("said").textContent, counts: $("counts").textContent, file: exportText()};
    """
    result = run(in_chromium, review(), script)
    assert result["found"] == 3
    assert "accepted: - → per; per  → nothing" in result["said"]
    assert "1 accepted · 3 rejected" in result["counts"]
    (folder / "d.jsonl").write_text(result["file"], encoding="utf-8")
    told = clean("--decisions", "d.jsonl")
    assert "5 of 5 decisions honoured" in told.stderr
    markdown = (folder / "out.md").read_text(encoding="utf-8")
    assert markdown.count("tlie") == 3
    assert "upper gate" in markdown
    assert main(["verify", "dump.txt", "out.jsonl", "out.md"]) == ExitCode.OK
    again = run(in_chromium, review(), "return {file: exportText(), counts: $('counts').textContent}")
    assert again["file"] == result["file"]
    assert "1 accepted · 3 rejected" in again["counts"]


def test_a_group_is_shown_and_decided_as_one(folder: Path, in_chromium: Browser) -> None:
    script = """
    choose(find("tlie"));
    press("g");
    const buttons = [...document.querySelectorAll("#group-rows [aria-expanded=true]")].map(node => node.textContent);
    const places = document.querySelectorAll("#group-rows .c:not(.off)").length;
    press("R");
    const rejected = document.querySelectorAll("#group-rows .c.rejected").length;
    press("z");
    const undone = document.querySelectorAll("#group-rows .c.rejected").length;
    press("g");
    return {buttons, places, rejected, undone, back: $("groups").hidden};
    """
    result = run(in_chromium, review(), script)
    assert result == {"buttons": ["li → h"], "places": 3, "rejected": 3, "undone": 0, "back": True}


def test_filters_narrow_what_the_keys_go_through(folder: Path, in_chromium: Browser) -> None:
    script = """
    const all = matched;
    set("range", "[2]");
    const onPage = matched, pagesShown = sections.filter(section => !section.hidden).length;
    set("range", "999");
    const bad = $("range-bad").textContent;
    $("no-filters").click();
    const again = matched;
    for (const box of $("stages").querySelectorAll("input")) box.checked = stages[box.value] === "dehyphenate";
    filter();
    const joined = matched;
    press("j");
    const first = changes[now][PARTS][0][1];
    set("sure", "0");
    return {all, again, onPage, pagesShown, bad, joined, first, none: !$("nothing").hidden};
    """
    result = run(in_chromium, review(), script)
    assert 0 < result["onPage"] < result["all"] == result["again"]
    assert (result["pagesShown"], result["bad"]) == (1, "there is no such page")
    assert (result["joined"], result["first"], result["none"]) == (1, "-", True)


def test_a_rejected_change_shows_the_text_of_the_dump(folder: Path, in_chromium: Browser) -> None:
    script = """
    sections.forEach(build);
    const before = text();
    choose(find("tlie")); press("r");
    const after = text();
    press("k"); press("u");
    return [before, after, text()].map(each => each.includes("tlie boatman"));
    """
    assert run(in_chromium, review(), script) == [False, True, False]


def test_decisions_are_kept_in_the_browser_and_can_be_imported(folder: Path, in_chromium: Browser) -> None:
    script = """
    choose(find("tlie")); press("r");
    save();
    decided.fill(0);
    load();
    const kept = decided.filter(value => value).length;
    const other = '{"id": "deadbeef0000", "decision": "accept"}';
    importText(`{"ocr_clean_decisions": 1}\\n${other}\\n{"id": "${changes[now][IDS][0]}", "decision": "accept"}\\n`);
    const imported = $("said").textContent;
    importText('{"ocr_clean_decisions": 1}\\n{"id": 7}\\n');
    return {kept, imported, refused: $("said").textContent, file: exportText().split("\\n")};
    """
    result = run(in_chromium, review(), script)
    assert result["kept"] == 1
    assert "1 are about no change of this ledger" in result["imported"]
    assert result["refused"] == "not imported: line 2 is no decision"
    assert result["file"][1].startswith('{"id":"deadbeef0000","decision":"accept"')  # kept for the version it is of


def test_hostile_text_is_shown_as_text(folder: Path, in_chromium: Browser) -> None:
    script = """
    sections.forEach(build);
    return {made: document.querySelectorAll("#pages img, #pages script").length, codes: [...new Set(
      [...document.querySelectorAll("#pages .code")].map(node => node.textContent))].sort()};
    """
    result = run(in_chromium, hostile(folder), script)
    assert result["made"] == 0
    assert {"U+202E", "U+2028", "U+000B"} <= set(result["codes"])


def test_the_page_can_be_used_without_a_mouse(folder: Path, in_chromium: Browser) -> None:
    """Landmarks; a name for every control; one tab stop for all changes; nothing but buttons is clicked."""
    script = """
    sections.forEach(build);
    press("j");
    const controls = [...document.querySelectorAll("button, input, select")];
    const named = node => node.getAttribute("aria-label") || node.labels?.length || node.textContent.trim();
    return {landmarks: ["header", "nav", "aside", "main", "footer"].filter(name => !document.querySelector(name)),
      nameless: controls.filter(node => !named(node)).map(node => node.outerHTML),
      stops: [...document.querySelectorAll(".c")].filter(node => node.tabIndex === 0).length,
      focused: document.activeElement.matches(".c.now"),
      reason: document.activeElement.getAttribute("aria-describedby"),
      why: $("why").textContent};
    """
    result = run(in_chromium, review(), script)
    assert (result["landmarks"], result["nameless"], result["stops"]) == ([], [], 1)
    assert (result["focused"], result["reason"]) == (True, "why")
    assert result["why"]


def test_a_ledger_without_changes_is_a_page_too(folder: Path, in_chromium: Browser) -> None:
    (folder / "dump.txt").write_text((folder / "out.md").read_text(encoding="utf-8"), encoding="utf-8")
    clean()
    script = """
    press("j"); press("a"); press("A"); press("g"); press("w"); press("n"); $("view-groups").click();
    return [changes.length, $("said").textContent, exportText().split("\\n").length];
    """
    assert run(in_chromium, review(), script) == [0, "no further change matches the filters", 2]


def pages(*printed: str) -> list[Page]:
    return [Page(number, Leaf(1, name), ()) for number, name in enumerate(printed, start=1)]


def test_images_belong_to_leaves_in_order_or_to_printed_pages(tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in ("mill_10.png", "mill_9.jpg", "mill-p0117.PNG", "p.xiv.webp", "mill_11.tif", "notes.txt"):
        (folder / name).touch()
    found = find_images(str(folder), str(tmp_path / "review.html"), pages("", "", "117", "xiv", "118"))
    assert found == {1: "scans/mill_9.jpg", 2: "scans/mill_10.png", 3: "scans/mill-p0117.PNG", 4: "scans/p.xiv.webp"}


def test_the_address_of_an_image_is_safe(tmp_path: Path) -> None:
    (tmp_path / "a b#\"'<é>?.png").touch()
    [address] = find_images(str(tmp_path), str(tmp_path / "review.html"), pages("")).values()
    assert address == "a%20b%23%22%27%3C%C3%A9%3E%3F.png"
    [address] = find_images(str(tmp_path), "-", pages("")).values()
    assert address.startswith("file:///")


def test_images_stand_beside_their_pages(folder: Path, in_chromium: Browser) -> None:
    (folder / "scans").mkdir()
    for name in ("1.svg", "2.svg"):
        (folder / "scans" / name).write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    result = invoke("review", "dump.txt", "out.jsonl", "-o", "review.html", "--images", "scans")
    assert "scans: an image for 2 of 2 pages" in result.stderr
    page = (folder / "review.html").read_text(encoding="utf-8")
    script = "sections.forEach(build); return [...document.querySelectorAll('#pages img')].map(node => [node.alt, "
    script += "node.getAttribute('src')])"
    assert run(in_chromium, page, script) == [
        ["Image of page [1]; opens in a new tab", "scans/1.svg"],
        ["Image of page [2]; opens in a new tab", "scans/2.svg"],
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["dump.txt", "none.jsonl"], ExitCode.INPUT, "none.jsonl: there is no such file"),
        (["dump.txt", "dump.txt"], ExitCode.LEDGER, "dump.txt:1: not JSON"),
        (["other.txt", "out.jsonl"], ExitCode.LEDGER, "other.txt: not the dump that the ledger was made from"),
        (["dump.txt", "out.jsonl", "--images", "none"], ExitCode.INPUT, "none: cannot be read"),
        (["dump.txt", "out.jsonl", "-o", "out.jsonl"], ExitCode.OUTPUT, "out.jsonl"),
    ],
)
def test_errors(
    folder: Path, arguments: list[str], code: ExitCode, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "other.txt").write_text("Another text.\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["review", *arguments]) == code
    [line] = capsys.readouterr().err.splitlines()
    assert says in line


def test_the_same_ledger_gives_the_same_page(folder: Path) -> None:
    assert review() == review()
