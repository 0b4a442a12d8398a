# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Opens the page of GPT-2 in a browser without a network and uses it as a reader would: layer, op, IR after a pass, memory
# plan, cost table, both themes, the keyboard. Arguments: the page, the folder for screenshots.
import re
import sys

from browser import Browser, find_browser

FINDINGS = []


def check(what, found, good):
    """Notes a finding unless it is good."""
    if not good:
        FINDINGS.append(f"{what}: {found!r}")


def text(browser, selector):
    return browser.evaluate(f"document.querySelector({selector!r})?.innerText ?? ''")


def follow_op(browser):
    """A layer is folded and unfolded; its product is followed from the model to LLVM."""
    attention = '[data-name="tern.attention"]'
    browser.click('[data-name="tern.layers"] .fold')
    check("a folded layer shows its ops", True, not browser.evaluate(f"Boolean(document.querySelector('{attention}'))"))
    browser.click('[data-name="tern.layers"] .fold')
    browser.click('[data-label="mlp.c_fc"]')
    subject = text(browser, "#subject")
    expected = ("linear mlp.c_fc", "model.mlir:28:13", "h.{i}.mlp.c_fc.weight")
    check("the chosen op", subject, all(words in subject for words in expected))
    browser.click('[data-pass="tern-specialize-shapes"]')
    browser.wait("document.querySelector('.row.added')")
    lines = text(browser, "#lines")
    check("shapes in the IR", lines, re.search(r"−.*tensor<\?x\?x768xf32>[^+]*\+.*tensor<1x64x768xf32>", lines, re.S))
    marked = text(browser, ".row.added .marked")
    check("what is marked as changed", marked, "1" in marked and "linear" not in marked)
    is_grey = browser.evaluate("document.querySelector('[data-pass=\"tern-fuse-qkv\"]').matches('.unchanged')")
    check("a pass that did nothing is grey", is_grey, is_grey)
    browser.click('[data-pass="convert-to-llvm"]')
    browser.wait("document.querySelector('#code-bar h3').innerText.includes('convert-to-llvm')")
    lines = text(browser, "#lines")
    check("the op as LLVM", lines, "llvm." in lines)


def use_keyboard(browser):
    """From pass to pass and from op to op without a mouse."""
    browser.evaluate("document.querySelector('#passes').focus()")
    browser.press("Home")
    browser.wait("document.querySelector('#code-bar h3').innerText === 'as written'")
    browser.press("ArrowDown")
    browser.wait("document.querySelector('#code-bar h3').innerText === 'after bind-hyper'")
    browser.evaluate("document.querySelector('.node.selected').focus()")
    browser.press("ArrowDown")
    check("the next op", text(browser, "#subject h2"), text(browser, "#subject h2").startswith("gelu"))


def read_memory(browser):
    """The picture agrees with the plan that it shows, and says what a rectangle is."""
    browser.click("#tab-memory")
    browser.wait("document.querySelectorAll('.buffer').length > 10")
    hint = text(browser, "#view-memory .hint")
    shown = browser.evaluate("document.querySelectorAll('.buffer').length")
    check("how many temporaries", hint, hint.startswith(f"{shown} temporaries in "))
    overlaps = browser.evaluate("""(() => {
        const all = memoryState.entry.buffers.filter(isTemporary);
        const meet = (a, b) => a.begin <= b.end && b.begin <= a.end;
        const touch = (a, b) => a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
        return all.filter((a, i) => all.some((b, j) => j < i && meet(a, b) && touch(a, b))).length;
    })()""")
    check("buffers in one place at one time", overlaps, overlaps == 0)
    browser.move(".buffer.activations")
    browser.wait("!document.querySelector('#tip').hidden")
    tip = text(browser, "#tip")
    expected = ("activations, kept from forward to backward", "MiB", "offset", "memref<", " at ")
    check("the tooltip", tip, all(words in tip for words in expected))
    browser.evaluate("document.querySelector('.buffer').focus()")
    browser.press("ArrowRight")
    check("the next buffer", text(browser, "#buffer-detail"), "offset" in text(browser, "#buffer-detail"))
    arena = browser.evaluate("page.memory.classes.arena")
    classes = browser.evaluate("""classOrder.filter((name) => name !== "scratch")
        .reduce((sum, name) => sum + (page.memory.classes[name] || 0), 0)""")
    check("the classes add up to the arena", (classes, arena), classes == arena)


def sort_cost(browser):
    """Sorted by FLOPs, then by bytes and by line; a row leads to its op."""
    browser.click("#tab-cost")
    column = "[...document.querySelectorAll('#cost tbody tr')].map((row) => row.cells[1].innerText)"
    by_flops = browser.evaluate(column)
    browser.click('#cost [data-key="bytes"]')
    by_bytes = browser.evaluate(column)
    browser.click('#cost [data-key="place"]')
    by_line = browser.evaluate("costRows(costState.entry).rows.map((row) => row.line)")
    check("three orders", by_flops, sorted(by_flops) == sorted(by_bytes) and by_flops != by_bytes)
    check("the order of lines", by_line, by_line == sorted(by_line))
    shares = browser.evaluate("costRows(costState.entry).rows.reduce((sum, row) => sum + row.flopShare, 0)")
    check("shares add up", shares, abs(shares - 1) < 1e-9)
    browser.click("#cost tbody tr.link")
    check("a row leads to its op", text(browser, "#subject"), "model.mlir:" in text(browser, "#subject"))


def read_remarks(browser):
    """All of them in a table; those of an op under its head."""
    browser.click("#tab-remarks")
    rows = browser.evaluate("document.querySelectorAll('#remarks tbody tr').length")
    check("remarks", rows, rows > 20)
    browser.click("#view-remarks .choices button:nth-child(2)")
    fewer = browser.evaluate("document.querySelectorAll('#remarks tbody tr').length")
    check("remarks of one kind", fewer, 0 < fewer < rows)
    browser.evaluate("openOp(page.source.ops.findIndex((op) => op.symbol === 'mlp.c_fc'))")
    browser.click("#subject summary")
    said = text(browser, "#subject details")
    check("remarks of an op", said, "expand-contract" in said and "register tiles" in said)


def main(path, folder):
    if not find_browser():
        sys.exit("no browser: install the Debian package chromium-headless-shell")
    browser = Browser()
    try:
        browser.open(path)
        browser.wait("document.querySelector('.row')")
        browser.screenshot(f"{folder}/model.png")
        follow_op(browser)
        use_keyboard(browser)
        read_memory(browser)
        browser.prefer("dark")
        image = browser.screenshot(f"{folder}/memory-dark.png")
        check("the screenshot", len(image), len(image) > 20000)
        sort_cost(browser)
        read_remarks(browser)
        browser.resize(420, 900)
        wide = browser.evaluate("document.documentElement.scrollWidth")
        check("a narrow window scrolls sideways", wide, wide <= 420)
        check("errors", browser.errors, not browser.errors)
        check("requests", browser.requests, all(url.startswith("file:") and url.endswith(".html") for url in browser.requests))
    finally:
        browser.close()
    print("\n".join(FINDINGS) or "the page works")
    sys.exit(1 if FINDINGS else 0)


main(*sys.argv[1:])
