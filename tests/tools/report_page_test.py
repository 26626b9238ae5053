#!/usr/bin/env python3
"""Opens report pages in a headless Chromium and looks at them as a reader would.

    report_page_test.py PROGRAM SOURCE_DIR [FOLDER]

Pages and pictures of them stay in FOLDER, where one is given. Ends with 77 (skipped) where there is no browser.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser  # noqa: E402

failures = 0


def check(what, holds, *seen):
    global failures
    print(("ok      " if holds else "FAILED  ") + what, *([] if holds else seen), flush=True)
    failures += not holds


class Pages:
    """Runs scenarios and makes pages of them."""

    def __init__(self, program, source, folder):
        self.program, self.source, self.folder = program, source, folder

    def results(self, scenario):
        path = os.path.join(self.folder, os.path.basename(scenario) + ".sqlite")
        subprocess.run([self.program, "run", os.path.join(self.source, "scenarios", scenario + ".json"), "--quiet",
                        "--out", path], check=False)
        return path

    def page(self, name, *results):
        path = os.path.join(self.folder, name + ".html")
        subprocess.run([self.program, "report", *results, "-o", path], check=True)
        return path


def center(b, script):
    return b.run(f"const box = ({script}).getBoundingClientRect();"
                 "return [box.left, box.top, box.width, box.height];")


def ink(b, which):
    """How many pixels of a chart are painted."""
    return b.run("const c = document.querySelectorAll('.u-wrap canvas')[arguments[0]];"
                 "const bytes = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
                 "let n = 0; for (let i = 3; i < bytes.length; i += 4) n += bytes[i] > 0; return n;", which)


def zoomed(b):
    return b.run("return document.documentElement.dataset.zoomed") == "true"


def shown(b):
    return b.run("return document.querySelector('#zoom output').textContent")


def scroll_to(b, selector):
    b.run("document.querySelector(arguments[0]).scrollIntoView({block: 'center', behavior: 'instant'})", selector)
    b.settle()


def only_the_file_is_asked_for(b, page):
    asked = [json.loads(entry["message"])["message"] for entry in b.log("performance")]
    urls = [m["params"]["request"]["url"] for m in asked if m["method"] == "Network.requestWillBeSent"]
    # The browser's own first tab counts for nothing.
    others = [url for url in urls if not url.startswith(("data:", "chrome:")) and url != f"file://{page}"]
    check("the page asks for nothing but itself", f"file://{page}" in urls and not others, others)
    # Chromium finds that this test reads pixels too often.
    errors = [e for e in b.log("browser") if e["level"] in ("SEVERE", "WARNING") and "getImageData" not in e["message"]]
    check("the console tells of no error", not errors, errors)


def the_page_is_complete(b):
    check("the page is ready", b.run("return document.documentElement.dataset.ready") == "true")
    headings = b.run("return [...document.querySelectorAll('h1, h2')].map((h) => h.textContent)")
    for wanted in ("2 runs side by side", "In short", "Compared", "Objectives", "Group live"):
        check(f"there is a heading '{wanted}'", wanted in headings, headings)
    levels = b.run("return [...document.querySelectorAll('h1, h2, h3, h4')].map((h) => +h.tagName[1])")
    check("no level of headings is left out", all(b - a <= 1 for a, b in zip(levels, levels[1:])), levels)
    text = b.run("return document.body.innerText")
    check("a missed objective is told in words", "✗ missed" in text)
    check("the two runs are compared in a sentence", "B against A: it costs" in text)
    check("no number is missing", not any(bad in text for bad in ("NaN", "undefined", "Infinity", "[object")))
    tables = b.run("return [...document.querySelectorAll('table')].map((t) => [t.caption !== null,"
                   " t.querySelectorAll('th[scope=col]').length > 0, t.querySelectorAll('th[scope=row]').length > 0])")
    check("every table has a caption and headings of rows and columns", tables and all(all(t) for t in tables), tables)


def the_charts_are_drawn(b, expected):
    count = b.run("return document.querySelectorAll('.u-wrap canvas').length")
    check(f"there are {expected} charts", count == expected, count)
    bare = [i for i in range(count) if ink(b, i) < 1000]
    check("each chart has been drawn", not bare, bare)
    described = b.run("return [...document.querySelectorAll('.plot')].every((p) => p.getAttribute('aria-label').length > 40"
                      " && p.tabIndex === 0 && p.closest('figure').querySelector('details') !== null)")
    check("each chart has a text alternative, a place in the tab order and a table", described)
    b.run("document.querySelector('.plot').closest('figure').querySelector('summary').click()")
    b.screen(1200, 900)
    rows = b.run("return document.querySelector('figure details table').rows.length")
    check("the table of a chart holds its numbers", 10 < rows <= 61, rows)
    b.run("document.querySelector('.plot').closest('figure').querySelector('summary').click()")


def dragging_zooms_all_charts(b):
    scroll_to(b, ".u-over")
    left, top, width, height = center(b, "document.querySelector('.u-over')")
    y = top + height / 2
    b.pointer(("move", left + 0.25 * width, y), "down", ("move", left + 0.4 * width, y),
              ("move", left + 0.5 * width, y), "up")
    b.screen(1200, 900)
    check("dragging over a chart zooms", zoomed(b) and shown(b).startswith("18:00 to 20:0"), shown(b))
    ranges = b.run("return [...document.querySelectorAll('.events .marks')].map((m) =>"
                   " [...m.querySelectorAll('.mark')].filter((each) => !each.hidden).length)")
    check("marks outside of the stretch are gone", all(0 < n < 142 for n in ranges), ranges)
    before = ink(b, 1)
    b.run("document.querySelector('#zoom button[aria-label=\"Show the whole run\"]').click()")
    b.screen(1200, 900)
    check("another chart had zoomed, too", ink(b, 1) != before)
    check("the button shows the whole run again", not zoomed(b) and shown(b).startswith("whole run"), shown(b))


def keys_zoom(b):
    b.run("document.querySelector('.plot').focus()")
    b.press("+", "+")
    check("plus zooms in", zoomed(b) and shown(b) == "19:00 to 21:00 UTC", shown(b))
    b.press("Right")
    check("an arrow moves the stretch", shown(b) == "19:30 to 21:30 UTC", shown(b))
    b.press("-")
    check("minus zooms out", shown(b) == "18:30 to 22:30 UTC", shown(b))
    b.press("Escape")
    check("Escape shows the whole run", not zoomed(b))
    b.run("document.querySelector('#content').focus()")
    seen = []
    for _ in range(14):
        b.press("Tab")
        seen.append(b.run("const e = document.activeElement; return e.className || e.tagName"))
    check("the tab order goes from tables to the zoom, a mark and a chart",
          [e for e in seen if e in ("BUTTON", "wide") or e.startswith("mark") or e == "plot"][-1:] != [] and
          "BUTTON" in seen and any(e.startswith("mark") for e in seen) and "plot" in seen, seen)
    check("one mark alone stands in the tab order", sum(e.startswith("mark") for e in seen) <= 2, seen)


def marks_tell_their_reason(b):
    scroll_to(b, ".events")
    left, top, width, height = center(b, "document.querySelector('.mark.denied')")
    b.pointer(("move", left + width / 2, top + height / 2))
    hint = b.run("const h = document.getElementById('hint'); return h.hidden ? '' : h.textContent")
    check("pointing at a denied request shows why", "was denied, AS.00" in hint and "out-by-a-quarter" in hint, hint)
    b.pointer(("move", 5, 5))
    check("it goes when the pointer does", b.run("return document.getElementById('hint').hidden"))
    b.run("document.querySelector('.mark[tabindex=\"0\"]').focus({preventScroll: true})")
    first = b.run("return document.getElementById('hint').textContent")
    b.press("Right")
    second = b.run("return document.getElementById('hint').textContent")
    check("arrow keys go through the marks", "began" in first and second != first and second != "", first, second)
    check("a reader's ear gets the same", b.run("return document.activeElement.getAttribute('aria-label')").endswith(second))
    left, top, width, height = center(b, "document.querySelector('.mark.in')")
    b.pointer(("move", left + width / 2, top + height / 2), "down", "up")
    check("a tap shows the reason", "Scaling action" in b.run("return document.getElementById('hint').textContent"))
    b.press("Escape")
    check("Escape hides it", b.run("return document.getElementById('hint').hidden"))
    b.run("[...document.querySelectorAll('summary')].find((s) => s.textContent.includes('with their reasons')).click()")
    b.screen(1200, 900)
    cells = b.run("return document.querySelector('td.reason') && [...document.querySelectorAll('td.reason')].map((c) => c.textContent)")
    check("the table tells all reasons", sum("denied" in each for each in cells) > 50, len(cells))


def contrast(b):
    """The least contrast of texts with what is behind them, as WCAG reckons it."""
    return b.run("""
      const channel = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
      const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
      const parts = (c) => c.match(/[\\d.]+/g).map(Number);
      let least = [99, ""];
      for (const e of document.querySelectorAll("body *")) {
        if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !e.offsetParent) continue;
        if (["SCRIPT", "STYLE", "NOSCRIPT"].includes(e.tagName)) continue;
        let behind = e;
        while (behind && (parts(getComputedStyle(behind).backgroundColor)[3] === 0)) behind = behind.parentElement;
        const a = light(parts(getComputedStyle(e).color)), c = light(parts(getComputedStyle(behind || document.body).backgroundColor));
        const ratio = (Math.max(a, c) + 0.05) / (Math.min(a, c) + 0.05);
        if (ratio < least[0]) least = [ratio, e.tagName + "." + e.className + " " + e.textContent.slice(0, 30)];
      }
      return least;""")


def every_screen_is_served(b, folder, name):
    for scheme in ("light", "dark"):
        for width in (1200, 768, 360):
            b.screen(width, 800, scheme)
            wide = b.run("return document.documentElement.scrollWidth")
            check(f"{name}: nothing juts out of a {scheme} screen of {width} px", wide <= width, wide)
            b.screenshot(os.path.join(folder, f"{name}_{scheme}_{width}.png"))
        least = contrast(b)
        check(f"{name}: {scheme} texts have a contrast of 4.5 or more", least[0] >= 4.5, least)
    dark = b.run("return getComputedStyle(document.body).backgroundColor")
    check(f"{name}: a dark screen gets a dark page", dark == "rgb(18, 24, 31)", dark)
    colours = [ink_colours(b, "dark"), ink_colours(b, "light")]
    check(f"{name}: charts follow the screen's colours", colours[0] != colours[1])
    check(f"{name}: charts fit a phone", b.run("return [...document.querySelectorAll('.uplot')].every((u) => u.offsetWidth <= innerWidth)"))


def ink_colours(b, scheme):
    b.screen(360, 800, scheme)
    return b.run("const c = document.querySelector('.u-wrap canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
                 "let sum = 0; for (let i = 0; i < d.length; i += 4) sum += d[i] * d[i + 3]; return sum;")


def paper_is_served(b, folder):
    b.screen(1200, 900, "dark")
    b.run("window.printed = null; addEventListener('beforeprint', () => { const style = getComputedStyle(document.documentElement);"
          " printed = [style.getPropertyValue('--page').trim(), document.querySelector('.uplot').offsetWidth]; });")
    pdf = b.print_page()
    with open(os.path.join(folder, "paper.pdf"), "wb") as out:
        out.write(pdf)
    check("the page can be printed", pdf.startswith(b"%PDF") and len(pdf) > 50000, len(pdf))
    check("paper is light and its charts fit it", b.run("return window.printed") == ["#ffffff", 660], b.run("return window.printed"))
    b.screen(1200, 900, "light", "print")
    check("paper has no buttons", b.run("return getComputedStyle(document.getElementById('zoom')).display") == "none")
    b.screen(1200, 900)
    check("the screen is as it was", b.run("return document.querySelector('.uplot').offsetWidth") > 1000)


def latency_is_shown(b, page):
    b.open(page)
    b.screen(1200, 900)
    text = b.run("return document.body.innerText")
    check("latency has its chart", b.run("return [...document.querySelectorAll('h3')].some((h) => h.textContent === 'Latency')"))
    check("latency in the busiest hour is a headline", "Latency in it" in text)
    only_the_file_is_asked_for(b, page)


def runs_of_different_kinds_fit_one_page(b, pages):
    least = os.path.join(pages.folder, "least.json")
    with open(least, "w", encoding="utf-8") as file:
        file.write('{"duration": "1h"}')
    results = os.path.join(pages.folder, "least.sqlite")
    subprocess.run([pages.program, "run", least, "--quiet", "--out", results], check=True)
    alone = pages.page("least", results)
    mixed = pages.page("mixed", pages.results("policies/evening_peak"), results, pages.results("policies/match_day"))
    for page, wanted in ((alone, "No demand was offered."), (mixed, "times count from each run's own start")):
        b.open(page)
        b.screen(1200, 900)
        text = b.run("return document.body.innerText")
        check(f"{os.path.basename(page)} says: {wanted}", wanted in text)
        check("no number is missing", not any(bad in text for bad in ("NaN", "undefined", "Infinity", "[object")))
        only_the_file_is_asked_for(b, page)
    check("what was not offered is no difference", "B against A: it costs 22.12\u00a0EUR less (−100\u00a0%), is short" in text)


def seeds_are_told(b, pages):
    page = os.path.join(pages.folder, "compared.html")
    scenarios = os.path.join(pages.source, "scenarios/policies/")
    subprocess.run([pages.program, "compare", scenarios + "match_day.json", scenarios + "match_day_early.json",
                    "--seeds", "1..3", "-o", page], check=True, stdout=subprocess.DEVNULL)
    b.open(page)
    b.screen(1200, 900)
    text = b.run("return document.querySelector('section[aria-labelledby=seeds]').innerText")
    check("a comparison tells means, intervals and wins", all(each in text for each in
          ("Over 3 seeds", "±", "✓ better", "✗ worse", "Pairwise wins", "of seed 1")), text)
    the_charts_are_drawn(b, 10)
    every_screen_is_served(b, pages.folder, "compared")
    only_the_file_is_asked_for(b, page)


def hostile_names_stay_text(b, pages):
    folder = pages.folder
    with open(os.path.join(pages.source, "scenarios/basic/first_group.json"), encoding="utf-8") as file:
        text = file.read()
    bad = "</script><script>document.title='hurt'</script><!-- <script>"
    scenario = os.path.join(folder, "hostile.json")
    with open(scenario, "w", encoding="utf-8") as file:
        file.write(text.replace('"first_group"', json.dumps(bad), 1))
    results = os.path.join(folder, "hostile.sqlite")
    subprocess.run([pages.program, "run", scenario, "--quiet", "--out", results], check=True)
    b.open(pages.page("hostile", results))
    check("a name full of tags is shown as it is", b.run("return document.querySelector('h1').textContent") == bad)
    check("and does nothing", b.run("return document.title").startswith(bad))


def example_picture(b, folder):
    """Of the page that the documents show."""
    b.run("for (const each of document.querySelectorAll('details')) each.open = false;"
          "document.getElementById('zoom').style.position = 'static'; document.activeElement.blur();")
    b.screen(1000, 2400)  # All of it in view, so that nothing of an earlier width is left.
    b.screenshot(os.path.join(folder, "example.png"), clip=b.run("""
      const from = [...document.querySelectorAll("h3")].find((h) => h.textContent.startsWith("Demand")).getBoundingClientRect(),
            until = document.querySelectorAll("figure")[1].querySelector("details").getBoundingClientRect();
      return {x: 0, y: from.top + scrollY - 12, width: innerWidth, height: until.top - from.top + 20};"""))
    b.screen(1200, 900)


def main(program, source, folder):
    pages = Pages(program, source, folder)
    two = pages.page("two", pages.results("policies/match_day"), pages.results("policies/match_day_early"))
    fault = pages.page("fault", pages.results("faults/zone_outage"))
    latency = pages.page("latency", pages.results("policies/match_day_early"))
    with browser.Browser() as b:
        b.screen(1200, 900)
        b.open(two)
        b.screen(1200, 900)
        the_page_is_complete(b)
        the_charts_are_drawn(b, 10)
        dragging_zooms_all_charts(b)
        keys_zoom(b)
        marks_tell_their_reason(b)
        every_screen_is_served(b, folder, "two")
        paper_is_served(b, folder)
        example_picture(b, folder)
        only_the_file_is_asked_for(b, two)
        b.open(fault)
        b.screen(1200, 900)
        check("faults have a table", "zone outage" in b.run("return document.body.innerText"))
        every_screen_is_served(b, folder, "fault")
        only_the_file_is_asked_for(b, fault)
        latency_is_shown(b, latency)
        runs_of_different_kinds_fit_one_page(b, pages)
        seeds_are_told(b, pages)
        hostile_names_stay_text(b, pages)
    print(f"{failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    if not browser.installed():
        print("skipped: chromium and chromedriver are not installed")
        sys.exit(77)
    if len(sys.argv) > 3:
        sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3]))
    with tempfile.TemporaryDirectory(prefix="tidepool-report-") as place:
        sys.exit(main(sys.argv[1], sys.argv[2], place))
