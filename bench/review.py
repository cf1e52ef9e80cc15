"""How fast the review page of a volume is in a browser.

    python bench/review.py DUMP LEDGER

LEDGER is what `ocr-clean clean DUMP --ledger LEDGER` wrote. Chromium and its driver have to be installed (on Debian
`apt-get install chromium chromium-driver`). Times are those of the third of three loads, in milliseconds.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

OPTIONS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --window-size=1440,900""".split()
MEASURE = """
const done = arguments[0], times = [];
const timed = (name, act) => {  // until the browser has laid the page out again
  const start = performance.now(); act(); document.body.offsetHeight; times.push([name, performance.now() - start]);
};
times.push(["first paint", performance.getEntriesByName("first-contentful-paint")[0].startTime]);
times.push(["ready for the first key", performance.getEntriesByType("navigation")[0].domComplete]);
timed("next change", () => step(1));
timed("a jump to the last page", () => toPage(pages.length - 1));
timed("a filter by a word", () => { $("text").value = "the"; filter(); });
timed("filters off", () => { $("no-filters").click(); });
for (const box of $("kinds").querySelectorAll("input")) box.checked = true;
timed("every change shown", filter);
const largest = members.reduce((best, all, group) => all.length > members[best].length ? group : best, 0);
const name = `${members[largest].length.toLocaleString("en")} like changes`;
timed(`rejecting ${name}`, () => decideGroup(largest, -1));
timed("building every page at once", () => sections.forEach(build));
timed(`accepting ${name}, every page built`, () => decideGroup(largest, 1));
timed("the list of like changes", () => view("groups"));
timed("writing the decisions", exportText);
requestAnimationFrame(() => done([changes.length, pages.length, times]));
"""


def measured(page: Path) -> list[Any]:
    """Changes, pages, and the times of the last of three loads."""
    options = webdriver.ChromeOptions()
    with tempfile.TemporaryDirectory() as user:
        for option in (*OPTIONS, f"--user-data-dir={user}"):
            options.add_argument(option)
        driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        try:
            for _ in range(3):
                driver.get(page.as_uri())
                time.sleep(1)  # the first paint is known a little later
                figures: list[Any] = driver.execute_async_script(MEASURE)
                driver.execute_script("localStorage.clear(); store = null;")
            return figures
        finally:
            driver.quit()


def main() -> None:
    """Write the page, open it, print the figures."""
    dump, ledger = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "review.html"
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "ocr_clean", "review", dump, ledger, "-q", "-o", str(page)], check=True)
        print(f"written in {time.perf_counter() - start:.1f} s, {page.stat().st_size / 1e6:.1f} MB")
        changes, pages, times = measured(page)
    print(f"{changes:,} changes on {pages:,} pages")
    for name, milliseconds in times:
        print(f"{milliseconds:7.0f} ms  {name}")


if __name__ == "__main__":
    main()
