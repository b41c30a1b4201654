"""Renders the pages of a book as its own tool does and holds the lessons of the
imported course against them: what a reader sees, counted and compared.

Nothing of the compiler is used here. MkDocs pages go through Python-Markdown
with the extensions that the site names; mdBook pages through markdown-it, with
includes and hidden lines read by a few lines of this file.

usage: original.py mdbook|mkdocs BOOK SCHOOL COURSE SITE

Prints one line for each difference, `source<TAB>kind<TAB>what`.
"""

import json
import os
import re
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

OWN_SITE = None
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Element:
    """An element of a page. Texts among `children` are plain strings."""

    def __init__(self, name, attributes, parent):
        self.name, self.attributes, self.parent = name, attributes, parent
        self.children = []

    def classes(self):
        return (self.attributes.get("class") or "").split()

    def walk(self):
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def all(self, *names):
        return [element for element in self.walk() if element.name in names]

    def text(self):
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)

    def inside(self, test):
        above = self.parent
        while above is not None:
            if test(above):
                return above
            above = above.parent
        return None

    def remove(self):
        self.parent.children.remove(self)


class Reader(HTMLParser):
    """Reads HTML into elements, closing what the text leaves open."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = self.at = Element("", {}, None)

    def handle_starttag(self, name, attributes):
        if name in ("p", "li", "tr", "td", "th", "dt", "dd") and self.at.name == name:
            self.at = self.at.parent
        element = Element(name, dict(attributes), self.at)
        self.at.children.append(element)
        if name not in VOID:
            self.at = element

    def handle_startendtag(self, name, attributes):
        self.at.children.append(Element(name, dict(attributes), self.at))

    def handle_endtag(self, name):
        above = self.at
        while above is not None and above.name != name:
            above = above.parent
        if above is not None and above.parent is not None:
            self.at = above.parent

    def handle_data(self, text):
        self.at.children.append(text)


def read(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.root


def plain(text):
    """A text as two tools may set it: quotes, dashes and spaces apart."""
    for curly, straight in [("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'"), ("…", "..."),
                            ("—", "--"), ("–", "--"), ("---", "--"), ("¶", "")]:
        text = text.replace(curly, straight)
    return re.sub(r"\s+", "", text)


# What a reader sees, by kind. --------------------------------------------------


def seen(root, links):
    """The facts of a page. `links` says of an address what it stands for."""
    facts = {}
    formulas = [e for e in root.walk() if e.name == "math" or "arithmatex" in e.classes()]
    formulas = [e for e in formulas
                if not e.inside(lambda a: a.name == "math" or "arithmatex" in a.classes())]
    facts["formula"] = Counter({"all": len(formulas)})
    for formula in formulas:
        formula.children = ["∑"]
    headings = root.all("h1", "h2", "h3", "h4", "h5", "h6")
    facts["heading"] = Counter(plain(h.text()) for h in headings)
    levels = [int(h.name[1]) for h in headings]
    facts["order"] = [plain(h.text()) for h in headings]
    facts["level"] = depths(levels)
    facts["anchor"] = [e.attributes.get("id") or "" for e in headings]
    facts["code"] = Counter(code(e) for e in root.all("pre"))
    # A formula that can't be read is shown as code, and counted as a formula that is missing.
    facts["span"] = Counter(e.text() for e in root.all("code")
                            if "math-source" not in e.classes()
                            and not e.inside(lambda a: a.name == "pre"))
    facts["image"] = Counter(plain(e.attributes.get("alt") or "") for e in root.all("img"))
    tables = root.all("table")
    facts["table"] = Counter(shape(t) for t in tables)
    facts["footnote"] = Counter({"all": len(footnotes(root))})
    facts["item"] = Counter({"all": len([e for e in root.all("li") if e not in footnotes(root)])})
    facts["emphasis"] = Counter(plain(e.text()) for e in root.all("em", "strong", "del", "b", "i")
                                if plain(e.text()) and not e.inside(lambda a: a.name in ("summary",)))
    facts["key"] = Counter(e.text().strip() for e in root.all("kbd") if not e.all("kbd"))
    facts["link"] = Counter(filter(None, (links(e.attributes["href"]) for e in root.all("a")
                                          if "href" in e.attributes)))
    facts["paragraph"] = Counter(
        text for text in map(plain, paragraphs(root)) if text.strip("∑"))
    facts["text"] = plain(root.text())
    return facts


BLOCKS = {"p", "ul", "ol", "pre", "div", "table", "details", "blockquote", "figure"}


def paragraphs(root):
    """Texts of paragraphs; the words of an item are one, with or without space
    around them."""
    for e in root.all("p", "li"):
        if e.name == "p":
            yield e.text()
        elif not any(isinstance(c, Element) and c.name == "p" for c in e.children):
            inline = (c for c in e.children if isinstance(c, str) or c.name not in BLOCKS)
            yield "".join(c if isinstance(c, str) else c.text() for c in inline)


def code(element):
    """What a block of code shows; blanks at the ends of lines nobody sees."""
    return "\n".join(line.rstrip() for line in element.text().strip("\n").split("\n"))


def shape(table):
    rows = table.all("tr")
    widths = [len(row.all("td", "th")) for row in rows]
    return f"{len(rows)}x{max(widths, default=0)}"


def footnotes(root):
    places = [e for e in root.walk()
              if {"footnote", "footnotes", "footnote-definition"} & set(e.classes())]
    return [li for place in places for li in place.all("li")]


def dollars(title):
    """A title whose formulas are spelt as in a lesson."""
    return plain(re.sub(r"\\[()]", "$", title))


# MkDocs ------------------------------------------------------------------------


def mkdocs_page(book, path):
    import markdown
    from pymdownx import arithmatex, emoji, slugs
    text = (book / path).read_text(encoding="utf-8")
    renderer = markdown.Markdown(
        extensions=[
            "admonition", "def_list", "footnotes", "meta", "toc", "tables", "fenced_code",
            "pymdownx.arithmatex", "pymdownx.caret", "pymdownx.critic", "pymdownx.details",
            "pymdownx.emoji", "pymdownx.highlight", "pymdownx.inlinehilite", "pymdownx.keys",
            "pymdownx.magiclink", "pymdownx.mark", "pymdownx.snippets", "pymdownx.progressbar",
            "pymdownx.smartsymbols", "pymdownx.superfences", "pymdownx.tasklist",
            "pymdownx.tilde", "pymdownx.tabbed",
        ],
        extension_configs={
            "toc": {"slugify": slugs.slugify(case="lower")},
            "pymdownx.arithmatex": {"generic": True},
            "pymdownx.emoji": {"emoji_generator": emoji.to_alt},
            "pymdownx.highlight": {"use_pygments": False},
            "pymdownx.snippets": {"check_paths": True, "base_path": [str(book)]},
            "pymdownx.superfences": {"custom_fences": [
                {"name": "math", "class": "arithmatex",
                 "format": arithmatex.arithmatex_fenced_format(mode="generic")}]},
            "pymdownx.tabbed": {"alternate_style": True},
        },
    )
    html = renderer.convert(text)
    return html


def mkdocs_notes(root):
    notes = Counter()
    for e in [e for e in root.walk() if "footnote-ref" in e.classes()]:
        e.remove()
    for e in root.walk():
        if e.name == "p" and "admonition-title" in e.classes():
            notes[dollars(e.text())] += 1
        if e.name == "summary":
            notes[dollars(e.text())] += 1
    labels = Counter()
    for e in root.walk():
        if "tabbed-labels" in e.classes():
            labels.update(plain(label.text()) for label in e.all("label"))
    for e in [e for e in root.walk()
              if "tabbed-labels" in e.classes() or "admonition-title" in e.classes()
              or e.name == "summary" or "footnote-backref" in e.classes()
              or "footnote-ref" in e.classes()]:
        e.remove()
    return notes, labels


# mdBook ------------------------------------------------------------------------

INCLUDE = re.compile(r"\{\{#(include|rustdoc_include)\s+([^}:\s]+)((?::[^}\s]*)?)\s*\}\}")
ANCHOR = re.compile(r"ANCHOR(_END)?:\s*([\w-]+)")


def included(folder, directive, name, which):
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    which = which[1:]
    marks = [ANCHOR.search(line) for line in lines]
    if which and not re.fullmatch(r"\d*(:\d*)?", which):
        shown, inside = set(), False
        for at, mark in enumerate(marks):
            if mark and mark.group(2) == which:
                inside = not mark.group(1)
            elif inside and not mark:
                shown.add(at)
    elif which:
        start, _, end = which.partition(":")
        first = int(start or 1) - 1
        last = int(end) if end else (first + 1 if ":" not in which else len(lines))
        shown = set(range(first, last))
    else:
        shown = set(range(len(lines)))
    # `rustdoc_include` only hides the others, so a reader sees the same.
    return "\n".join(line for at, line in enumerate(lines) if at in shown and not marks[at])


def mdbook_page(book, path):
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin
    folder = (book / path).parent
    text = (book / path).read_text(encoding="utf-8")
    for _ in range(3):
        text = INCLUDE.sub(lambda m: included(folder, *m.groups()), text)
    text = re.sub(r"\\\{\{#", "{{#", text)
    text = re.sub(r'^((?:> )?)<Listing((?:[^>"\']|"[^"]*"|\'[^\']*\')*)>$', listing, text, flags=re.M)
    text = re.sub(r"^((?:> )?)</Listing>$", r"\1</figure>", text, flags=re.M)
    renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    renderer.use(footnote_plugin)
    tokens = renderer.parse(text)
    for token in tokens:
        if token.type == "fence" and re.split(r"[ ,{]", token.info)[0] == "rust":
            token.content = "".join(
                line.replace("##", "#", 1) if line.lstrip().startswith("##") else line
                for line in token.content.splitlines(True)
                if not re.match(r"\s*#( |$)", line))
    html = renderer.renderer.render(tokens, renderer.options, {})
    return with_ids(html)


def with_ids(html):
    """Names the headings as mdBook does: what the author says, or the words with
    dashes between them, counted when they come again."""
    seen = Counter()

    def heading(match):
        start, inner, end = match.groups()
        said = re.search(r"\s*\{#([^\s}]+)[^}]*\}$", inner)
        inner = re.sub(r"\s*\{[#.][^}]*\}$", "", inner)
        words = read(inner).text().strip()
        name = "".join("-" if c.isspace() else c.lower() for c in words
                       if c.isalnum() or c in "_-" or c.isspace())
        if said:
            name = said.group(1)
        count = seen[name]
        seen[name] += 1
        name = f"{name}-{count}" if count else name
        return f'<{start} id="{name}">{inner}</{end}>'

    return re.sub(r"<(h[1-6])>(.*?)</(h[1-6])>", heading, html, flags=re.S)


def listing(tag):
    from markdown_it import MarkdownIt
    quote = tag.group(1)
    pairs = re.findall(r"""([\w-]+)=(?:"([^"]*)"|'([^']*)')""", tag.group(2))
    attributes = {name: one or other for name, one, other in pairs}
    caption = MarkdownIt("commonmark").renderInline(attributes.get("caption", ""))
    number = attributes.get("number")
    file = attributes.get("file-name")
    caption = (f"Listing {number}: " if number else "") + caption
    named = f"<span>Filename: {file}</span>" if file else ""
    return f"{quote}<figure>{named}<figcaption>{caption}</figcaption>\n{quote}"


# The lesson --------------------------------------------------------------------


def lesson_of(site, course, path):
    name = path[:-len("/lesson.md")] if path.endswith("/lesson.md") else path[:-len(".md")]
    slug = re.sub(r"^\d+-", "", name.split("/")[-1])
    below = Path("courses") / course / slug / "index.html"
    # A course in another language than the school's stands below it.
    places = [site / "public" / below, *sorted((site / "public").glob(f"*/{below}"))]
    return next(place for place in places if place.is_file())


def title_of(school, course, path):
    text = (school / "content" / course / path).read_text(encoding="utf-8")
    return json.loads(re.search(r"^title: (.*)$", text, flags=re.M).group(1))


def lesson_page(file):
    root = read(file.read_text(encoding="utf-8"))
    article = next(e for e in root.all("article") if "prose" in e.classes())
    article.parent = None
    # Hidden lines of code and their switch: a reader sees neither at first.
    hidden = [e for e in article.walk() if {"code-all", "line-hidden"} & set(e.classes())]
    for e in hidden:
        e.remove()
    return article


def lesson_notes(root):
    notes, labels, gone = Counter(), Counter(), []
    for e in root.walk():
        classes = e.classes()
        if "aside-title" in classes or "note-title" in classes or "alert-title" in classes:
            notes[plain(e.text())] += 1
            gone.append(e)
        elif e.name == "summary":
            notes[plain(e.text())] += 1
            gone.append(e)
        elif "tab-title" in classes:
            labels[plain(e.text())] += 1
            gone.append(e)
        elif e.name == "label" and e.parent and "tabs" in e.parent.classes():
            gone.append(e)
        elif e.name == "a" and ({"anchor", "footnote-backref", "footnote-ref"} & set(classes)
                                or "data-footnote-backref" in e.attributes
                                or "data-footnote-ref" in e.attributes):
            gone.append(e)
    for e in gone:
        e.remove()
    return notes, labels


def outside(address):
    parts = urlsplit(address)
    if parts.scheme in ("http", "https"):
        return unquote(parts.geturl()).rstrip("/")
    return None


def main():
    kind, book, school, course, site = sys.argv[1], *map(Path, sys.argv[2:4]), sys.argv[4], Path(sys.argv[5])
    lock = json.loads((school / "import.lock").read_text(encoding="utf-8"))
    files = lock["courses"][course]["files"]
    lessons = {key: file["path"] for key, file in files.items() if "id" in file and key.endswith(".md")}
    render = mkdocs_page if kind == "mkdocs" else mdbook_page
    global OWN_SITE
    settings = book / "mkdocs.yml"
    if settings.is_file():
        site_url = re.search(r"^site_url: *(\S+)", settings.read_text(encoding="utf-8"), re.M)
        OWN_SITE = site_url and site_url.group(1)
    os.chdir(book)
    for source, path in sorted(lessons.items()):
        original = read(render(book, source))
        page = lesson_page(lesson_of(site, course, path))
        drop_title(original, page, title_of(school, course, path))
        there = mkdocs_notes(original)
        here = lesson_notes(page)
        want, have = seen(original, outside), seen(page, outside)
        want["note"], want["tab"] = there
        have["note"], have["tab"] = here
        report(source, want, have)
    broken(site, course, lessons)


def drop_title(original, lesson, title):
    """The first heading of a page is its title, which the theme shows."""
    names = ("h1", "h2", "h3", "h4", "h5", "h6")
    headings = original.all(*names)
    if not headings:
        return
    first = plain(headings[0].text())
    shown = [plain(heading.text()) for heading in lesson.all(*names)]
    is_first = not shown or shown[0] != first
    if is_first and (letters(first) == letters(title) or headings[0].name == "h1"):
        headings[0].remove()


def letters(text):
    return "".join(c for c in text.casefold() if c.isalnum())


def depths(levels):
    """How deep each heading stands below the title, however its level is written."""
    open_levels, out = [], []
    for level in levels:
        while open_levels and open_levels[-1] >= level:
            open_levels.pop()
        open_levels.append(level)
        out.append(len(open_levels))
    return out


def report(source, want, have):
    for kind in want:
        if kind in ("text",):
            continue
        if kind == "anchor":
            if want["order"] == have["order"]:
                for before, after in zip(want[kind], have[kind]):
                    # A heading that comes again is counted behind a dash; MkDocs
                    # counts behind a low line. `docs/IMPORT.md` says so to authors.
                    if re.sub(r"_(\d+)$", r"-\1", before) != after:
                        print(f"{source}\t{kind}\t{before!r} became {after!r}")
            continue
        if kind in ("order", "level"):
            if want[kind] != have[kind] and want["heading"] == have["heading"]:
                print(f"{source}\t{kind}\t{want[kind]} became {have[kind]}")
            continue
        if kind == "level":
            continue
        for what, count in sorted((want[kind] - have[kind]).items()):
            print(f"{source}\t{kind}\tlost {count} {what!r}")
        for what, count in sorted((have[kind] - want[kind]).items()):
            # A link to a page that is not in the contents leads to the book's site.
            if kind == "link" and OWN_SITE and what.startswith(OWN_SITE):
                continue
            print(f"{source}\t{kind}\tnew {count} {what!r}")


def broken(site, course, lessons):
    """Every link and picture of the lessons lands on something that is there."""
    public, ids = site / "public", {}
    for source, path in sorted(lessons.items()):
        file = lesson_of(site, course, path)
        here = "/" + file.parent.relative_to(public).as_posix() + "/"
        for e in lesson_page(file).all("a", "img"):
            address = e.attributes.get("href") or e.attributes.get("src")
            if not address or urlsplit(address).scheme:
                continue
            parts = urlsplit(urljoin(here, address))
            target = public / unquote(parts.path).lstrip("/")
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                print(f"{source}\tbroken\t{address}")
            elif parts.fragment:
                if target not in ids:
                    ids[target] = {x.attributes.get("id")
                                   for x in read(target.read_text(encoding="utf-8")).walk()}
                if not {parts.fragment, unquote(parts.fragment)} & ids[target]:
                    print(f"{source}\tbroken\t{address}")


if __name__ == "__main__":
    main()
