# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Uses a built site in a headless browser, from file://: use-site.py SITE TREE. Search finds what it should and leads there,
# no page is wider than a phone, the navigation opens, the theme changes, nothing is asked of the network.
import sys
from pathlib import Path

SITE, TREE = Path(sys.argv[1]), Path(sys.argv[2])
sys.path.insert(0, str(TREE / "test" / "compiler" / "tools"))
from browser import Browser  # noqa: E402

# What somebody types, and what the first line of the results must be.
SEARCHES = [("attention", "tern.attention"), ("remat", "ternc --remat"), ("qkv", "tern-fuse-qkv"), ("tern.role", "tern.role"),
            ("layer norm", "tern.layer_norm"), ("norm", "tern.rms_norm"), ("record-buffers", "tern-plan-memory=record-buffers")]
PAGES = ["index.html", "first-pass.html", "command-line.html", "reference/tern/attention.html", "reference/passes/cpu.html"]
FINDINGS = []


def check(what, found, good):
    if not good:
        FINDINGS.append(f"{what}: {found!r}")


def typed(browser, query):
    """The names that the search shows for a query."""
    browser.evaluate(f"""(() => {{ const field = document.getElementById("query"); field.focus(); field.value = {query!r};
                                   field.dispatchEvent(new Event("input")); }})()""")
    return browser.evaluate("[...document.querySelectorAll('#results code')].map(name => name.textContent)")


def search(browser):
    browser.open(SITE / "index.html")
    for query, expected in SEARCHES:
        names = typed(browser, query)
        check(f"searching {query}", names[:3], names and names[0] == expected)
    check("searching nonsense", typed(browser, "qwrtz"), not typed(browser, "qwrtz"))
    typed(browser, "attention")
    browser.press("Enter")
    browser.wait("location.pathname.endsWith('reference/tern/attention.html')")
    check("where it leads", browser.evaluate("location.hash"), browser.evaluate("location.hash") == "#tern.attention")


def theme(browser):
    colour = "getComputedStyle(document.body).backgroundColor"
    browser.open(SITE / "index.html")
    before = browser.evaluate(colour)
    browser.click("#theme")
    check("the other theme", browser.evaluate(colour), browser.evaluate(colour) != before)


def phone(browser):
    browser.resize(390, 800)
    for page in PAGES:
        browser.open(SITE / page)
        width = browser.evaluate("document.documentElement.scrollWidth")
        check(f"the width of {page} on a phone of 390", width, width <= 390)
    shown = "getComputedStyle(document.querySelector('nav.site')).display !== 'none'"
    check("the navigation is folded", True, not browser.evaluate(shown))
    browser.click(".burger")
    check("the navigation opens", False, browser.evaluate(shown))


def main():
    browser = Browser()
    try:
        for use in (search, theme, phone):
            use(browser)
        elsewhere = [url for url in browser.requests if not url.startswith(("file:", "data:"))]
        check("requests", elsewhere, not elsewhere)
        check("errors", browser.errors, not browser.errors)
    finally:
        browser.close()
    print("\n".join(FINDINGS) or "the site works")
    sys.exit(bool(FINDINGS))


main()
