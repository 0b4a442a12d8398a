# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Markdown to HTML. Code blocks are taken out first and coloured here; code spans that name an op, a pass, an attribute or an
# interface become links to it.
import html
import re
import sys

try:
    import markdown
except ImportError:
    sys.exit("documentation: python3-markdown is not installed; run: apt-get install --no-install-recommends python3-markdown")

FENCE = re.compile(r"^([ \t]*)(```+)([^\n`]*)\n(.*?)^\1\2[ \t]*$", re.S | re.M)
PLACEHOLDER = re.compile(r"<p>@@code(\d+)@@</p>|@@code(\d+)@@")
TIGHT_LIST = re.compile(r"^(?![ \t])(?!(?:[*-]|\d+\.) )(.+)\n(?=(?:[*-]|1\.) )", re.M)  # a list right behind a paragraph
CODE_SPAN = re.compile(r"(?<!<pre>)<code>([^<]*)</code>")

# What gets a colour, first match wins. Names of groups are classes of the style.
TOKENS = re.compile(r"""
  (?P<comment>//[^\n]*)
 |(?P<string>"(?:\\.|[^"\\\n])*")
 |(?P<value>%[\w$.-]+(?:\#\d+)?|\^\w+)
 |(?P<symbol>@[\w$.-]+)
 |(?P<alias>\#(?:tern\.)?[a-z]\w*|![a-z][\w.]*)
 |(?P<type>\b(?:tensor|memref|vector)<(?:[^<>\n]|<[^<>\n]*>)*>|\b(?:i1|i8|i32|i64|f16|bf16|f32|f64|index|none)\b)
 |(?P<op>\b[a-z_]+\.[a-z_0-9]+(?:\.[a-z_0-9]+)*\b)
 |(?P<number>(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)
""", re.X | re.M)
SHELL_TOKENS = re.compile(r"""
  (?P<value>^\$[ ])
 |(?P<comment>(?:(?<=\s)|^)\#[^\n]*)
 |(?P<string>"[^"\n]*"|'[^'\n]*')
 |(?P<op>(?:(?<=\s)|^)--?[a-zA-Z][\w-]*)
""", re.X | re.M)
CPP_TOKENS = re.compile(r"""
  (?P<comment>//[^\n]*)
 |(?P<string>"(?:\\.|[^"\\\n])*")
 |(?P<alias>^[ \t]*\#\w+)
 |(?P<op>\b(?:bool|class|const|constexpr|def|double|else|for|if|include|int64_t|let|namespace|override|return|static|struct|using|void)\b)
 |(?P<number>(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)
""", re.X | re.M)
GRAMMARS = {"mlir": TOKENS, "c++": CPP_TOKENS, "tablegen": CPP_TOKENS, "pdll": CPP_TOKENS,
            "sh": SHELL_TOKENS, "console": SHELL_TOKENS, "cmake": SHELL_TOKENS, "python": SHELL_TOKENS}


def highlighted(code, language):
    """Escaped code with spans around what is coloured."""
    if language not in GRAMMARS:
        return html.escape(code, quote=False)
    result, end = [], 0
    for match in GRAMMARS[language].finditer(code):
        result.append(html.escape(code[end:match.start()], quote=False))
        result.append(f'<span class="{match.lastgroup}">{html.escape(match.group(), quote=False)}</span>')
        end = match.end()
    return "".join(result) + html.escape(code[end:], quote=False)


def code_block(code, language="", file=""):
    """`file` is the name that the reader saves it under."""
    block = f'<pre><code class="language-{language or "text"}">{highlighted(code, language)}</code></pre>'
    return f'<figure><figcaption>{html.escape(file)}</figcaption>{block}</figure>' if file else block


def undented(code, indent):
    return "".join(line[len(indent):] if line.startswith(indent) else line for line in code.splitlines(True))


def slug(text, separator="-"):
    """The anchor of a heading, as GitHub makes it, so that links work in both places."""
    text = re.sub(r"[^\w\s-]", "", html.unescape(re.sub(r"<[^>]+>", "", text)).lower())
    return re.sub(r"\s", separator, text.strip())


class Renderer:
    """Turns Markdown into HTML. `link_of(name)` gives the address of what a code span names, or None."""

    def __init__(self, link_of):
        self.link_of = link_of

    def render(self, text, page):
        """(HTML, table of contents as python-markdown nests it) of a document on a page."""
        blocks = []

        def keep(match):
            indent, _, info, code = match.groups()
            file = re.search(r"\bfile=(\S+)", info)
            blocks.append(code_block(undented(code, indent), (info.split() or [""])[0], file.group(1) if file else ""))
            return f"\n{indent}@@code{len(blocks) - 1}@@\n"

        text = FENCE.sub(keep, text)
        text = TIGHT_LIST.sub(r"\1\n\n", text)
        converter = markdown.Markdown(extensions=["tables", "sane_lists", "toc"],
                                      extension_configs={"toc": {"slugify": slug, "permalink": False}})
        body = PLACEHOLDER.sub(lambda m: blocks[int(m.group(1) or m.group(2))], converter.convert(text))
        body = re.sub(r"<table>.*?</table>", lambda m: f'<div class="scroll">{m.group()}</div>', body, flags=re.S)
        return self.linked(body, page), converter.toc_tokens

    def linked(self, body, page):
        """Code spans outside of links and code blocks, linked to what they name."""
        parts = re.split(r"(<a [^>]*>.*?</a>|<pre>.*?</pre>|<h\d[^>]*>.*?</h\d>)", body, flags=re.S)

        def link(match):
            address = self.link_of(html.unescape(match.group(1)), page)
            return f'<a href="{html.escape(address)}">{match.group()}</a>' if address else match.group()

        return "".join(part if i % 2 else CODE_SPAN.sub(link, part) for i, part in enumerate(parts))
