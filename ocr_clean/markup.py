"""Text that means itself in Markdown: escaping, line breaking, the anchors of headings."""

from __future__ import annotations

import textwrap

import regex

NOTE_RE = regex.compile(r"\[\^[^\]\s^]+\]")
"""A note reference, as `note_references` writes it."""

INLINE_RE = regex.compile(
    r"""
    (?P<note>\[\^[^\]\s^]+\])                         # a note reference is mark-up that is meant
    | (?P<escape>
        \\(?=[!-/:-@\[-`{-~]|$)                       # a backslash before a mark, or at the end: a hard line break
      | `                                             # code
      | (?<=\S)\*|\*(?=\S)                            # emphasis; a star between spaces is none
      | (?<![\p{L}\p{N}])_(?=\S)|(?<=\S)_(?![\p{L}\p{N}])   # emphasis; inside a word it is none
      | (?<=\S)~|~(?=\S)                              # struck out (GitHub), lowered (pandoc)
      | \](?=[(\[])|\[(?=\^)|\[(?=[ xX]\]\s)|\^(?=\[)  # link, note, task, note in the line (pandoc)
      | <(?=[\p{L}/!?])                               # HTML
      | &(?=\#?\w+;)                                  # character reference
      | \^(?=\^*+[^\s^]++\^)                           # raised (pandoc)
    )
    | (?P<dollar>\$)                                  # two of them make a formula
    """,
    regex.VERBOSE,
)
"""What would be mark-up inside a line. CommonMark 0.31, with the extensions of GitHub and pandoc."""

START_RE = regex.compile(
    r"""^(?:
        (?P<number>\d{1,9})(?=[.)](?:\s|$))           # an ordered list
      | (?=[-+*](?:\s|$))                             # a bullet list
      | (?=\#{1,6}(?:\s|$))                           # a heading
      | (?=>)                                         # a quotation
      | (?=[:|](?:\s|$))                              # a definition list, a line block (pandoc)
      | (?=(?:[-_*=]\s*){2,}$)                        # a rule, the line under a heading
      | (?=\[[^\]]*\]:)                               # the definition of a link
      | (?=`{3}|~{3})                                 # a fence
    )""",
    regex.VERBOSE,
)
"""What would be mark-up at the beginning of a line."""


def escape(text: str) -> str:
    """*text* with a backslash before each character that Markdown would take for mark-up; note references stay.

    >>> escape("5 * 3 and [^7] and snake_case")
    '5 * 3 and [^7] and snake_case'
    >>> print(escape("*centrist* & _so_ <on>"))
    \\*centrist\\* & \\_so\\_ \\<on>
    """
    formula = text.count("$") > 1

    def escaped(found: regex.Match[str]) -> str:
        means_itself = found["escape"] or (formula and found["dollar"])
        return "\\" + found[0] if means_itself else found[0]

    return INLINE_RE.sub(escaped, text)


def escape_start(line: str) -> str:
    """*line* with a backslash where its beginning would make it a list item, a heading, a quotation or a rule.

    >>> print(escape_start("1917. A year"), escape_start("- so"), escape_start("1917 was a year"))
    1917\\. A year \\- so 1917 was a year
    """
    found = START_RE.match(line)
    if not found:
        return line
    end = found.end("number") if found["number"] else 0
    return line if line[end : end + 1] == "\\" else f"{line[:end]}\\{line[end:]}"


COMMENT_RE = regex.compile(r"<!--.*?-->|<a id=[^>]*></a>")
GLUE = "\N{WORD JOINER}"
"""Stands for a space at which no line may be broken, while lines are broken."""


def wrap(text: str, width: int, first: str = "", rest: str = "") -> str:
    """*text* in lines of at most *width* characters (0: one line), *first* before the first, *rest* before the others.

    No line begins with a comment: an HTML comment at the beginning of a line would take the whole line with it.

    >>> print(wrap("in that very same year 1917. And then", 26, "> ", "> "))
    > in that very same year
    > 1917\\. And then
    """
    if not width:
        return first + escape_start(text)
    glued = COMMENT_RE.sub(lambda found: found[0].replace(" ", GLUE), text)
    glued = regex.sub(r" (?=<!--|<a id=)", GLUE, glued)
    lines = textwrap.wrap(
        glued, max(20, width - len(rest)), break_long_words=False, break_on_hyphens=False, replace_whitespace=False
    )
    lines = [regex.sub(r"(?<!\\)\\$", r"\\\\", escape_start(line.replace(GLUE, " "))) for line in lines] or [""]
    return "\n".join((first if place == 0 else rest) + line for place, line in enumerate(lines))


def slug(heading: str, taken: dict[str, int]) -> str:
    """The anchor that GitHub, and pandoc reading GitHub's Markdown, give a heading; *taken* counts those given so far.

    >>> taken = {}
    >>> slug("Chapter one: The New Course", taken), slug("Notes", taken), slug("Notes", taken)
    ('chapter-one-the-new-course', 'notes', 'notes-1')
    """
    name = regex.sub(r"[^\p{L}\p{M}\p{N}\p{Pc} -]", "", heading.lower()).strip().replace(" ", "-")
    count = taken.get(name, 0)
    taken[name] = count + 1
    return f"{name}-{count}" if count else name
