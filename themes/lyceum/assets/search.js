// Searches the school in the reader's browser. The index is cut into small files
// by term; only those that the words need are fetched, and nothing that is typed
// leaves the browser. What is cut here must be cut as the compiler cuts it.

const VERSION = 3;
const WORD_CHARS = 40;
const MOST_SHARDS = 3;
const MOST_PLACES = 60;
const MOST_PAGES = 20;
const MOST_HEADINGS = 4;
const BEFORE_MATCH = 50;
const EXCERPT_CHARS = 180;

// Writing without spaces between words, as first and last code point.
const DENSE = [
  [0x0e00, 0x0eff],
  [0x1000, 0x109f],
  [0x1100, 0x11ff],
  [0x1780, 0x17ff],
  [0x2e80, 0x2fdf],
  [0x3005, 0x3007],
  [0x3040, 0x30ff],
  [0x3130, 0x318f],
  [0x31f0, 0x31ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa960, 0xa97f],
  [0xac00, 0xd7ff],
  [0xf900, 0xfaff],
  [0x20000, 0x3ffff],
];
// The digits of the index, five bits in each; the upper half go on.
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));

// What of a page is no text of it.
const UNREAD = "annotation, script, style, template, [popover], [data-nosnippet]";
const ANCHOR = ":is(h1, h2, h3, h4, h5, h6)[id]";
// Elements inside of a line: a word may go on after them.
const INLINE =
  "a, abbr, b, bdi, button, code, del, em, i, ins, kbd, mark, q, s, small, span, strong, sub, sup, u";

const LETTER = /[\p{Alphabetic}\p{N}_]/u;

function isDense(letter) {
  const code = letter.codePointAt(0);
  return DENSE.some(([first, last]) => first <= code && code <= last);
}

// Letters whose capital is another letter's too are taken for that one.
function fold(text) {
  const lower = text.toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ").replaceAll("ı", "i");
  return lower.normalize("NFKD").replace(/\p{M}/gu, "").normalize("NFC");
}

// The words of a text and its runs of dense writing.
function runs(text) {
  const runs = [];
  let run = null;
  for (const letter of fold(text)) {
    if (!LETTER.test(letter)) {
      run = null;
      continue;
    }
    const dense = isDense(letter);
    if (run?.dense !== dense) {
      run = { dense, letters: [] };
      runs.push(run);
    }
    run.letters.push(letter);
  }
  return runs;
}

// What a reader typed, as terms to look up. A word is also found by its
// beginning; of a run of Chinese every pair of letters has to be there.
export function terms(text) {
  const found = runs(text).flatMap(({ dense, letters }) => {
    if (!dense) return [{ term: letters.slice(0, WORD_CHARS).join(""), whole: false }];
    if (letters.length === 1) return [{ term: letters[0], whole: false }];
    return letters.slice(1).map((letter, at) => ({ term: letters[at] + letter, whole: true }));
  });
  return [...new Map(found.map((one) => [one.term, one])).values()];
}

const files = new Map();

function read(url, as = (answer) => answer.json()) {
  if (!files.has(url)) {
    const file = fetch(url).then((answer) => {
      if (!answer.ok) throw new Error(`${answer.status} ${url}`);
      return as(answer);
    });
    // What failed once may be there at the next letter.
    file.catch(() => files.delete(url));
    files.set(url, file);
  }
  return files.get(url);
}

function file(index, name) {
  return read(index.path.replace("{}", name));
}

// The shards that can hold what begins with a term.
function shards(index, term) {
  const after = index.terms.findIndex(([first]) => first > term);
  const start = Math.max((after < 0 ? index.terms.length : after) - 1, 0);
  return index.terms
    .slice(start, start + MOST_SHARDS)
    .filter(([first], at) => at === 0 || first.startsWith(term))
    .map(([, name]) => file(index, name));
}

function* numbers(digits) {
  let number = 0;
  let unit = 1;
  for (const digit of digits) {
    const value = VALUES.get(digit);
    number += (value % 32) * unit;
    unit *= 32;
    if (value < 32) {
      yield number;
      number = 0;
      unit = 1;
    }
  }
}

// Where a term stands: each place as its distance from the one before, and its weight
// there if that is not 1.
export function* postings(digits) {
  const all = numbers(digits);
  let place = 0;
  for (let next = all.next(); !next.done; next = all.next()) {
    place += Math.floor(next.value / 2);
    yield [place, next.value % 2 === 0 ? 1 : all.next().value];
  }
}

// How well each place fits one term.
async function fits(index, { term, whole }) {
  const found = await Promise.all(shards(index, term));
  const scores = new Map();
  for (const row of found.flatMap((shard) => shard.split(","))) {
    if (!row.startsWith(term)) continue;
    const [known, digits] = row.split(" ");
    if (whole && known !== term) continue;
    const share = known === term ? 1 : 0.4;
    for (const [place, weight] of postings(digits)) {
      scores.set(place, Math.max(scores.get(place) ?? 0, weight * share));
    }
  }
  const rare = Math.log(1 + index.places / Math.max(scores.size, 1));
  for (const [place, score] of scores) scores.set(place, Math.sqrt(score) * rare);
  return scores;
}

// The best places, those with every term before those with some.
async function places(index, wanted) {
  const all = await Promise.all(wanted.map((term) => fits(index, term)));
  const sums = new Map();
  for (const scores of all) {
    for (const [place, score] of scores) {
      const sum = sums.get(place) ?? { place, terms: 0, score: 0 };
      sum.terms += 1;
      sum.score += score;
      sums.set(place, sum);
    }
  }
  const found = [...sums.values()];
  const most = Math.max(0, ...found.map((sum) => sum.terms));
  return found
    .filter((sum) => sum.terms === most)
    .sort((a, b) => b.score - a.score || a.place - b.place)
    .slice(0, MOST_PLACES);
}

// The page and the heading of each place.
async function rows(index, places) {
  return Promise.all(
    places.map(async ({ place, score }) => {
      let at = Math.min(Math.floor(place / index.stride), index.pages.length - 1);
      let found;
      // A page of many headings may begin in the file before.
      while (!found && at >= 0) {
        const rows = await file(index, index.pages[at--]);
        found = rows.findLast(([first]) => first <= place);
      }
      const [first, row] = found;
      const [link, title, parts, other] = row;
      const order = parts.findIndex(([own]) => own === place - first);
      const [, anchor, heading] = parts[order];
      return { link, title, other, anchor, heading, order, score };
    }),
  );
}

// A school is read page by page, so a page stands once, with its best headings.
function pages(found) {
  const pages = new Map();
  for (const place of found) {
    const { link, title, other } = place;
    const page = pages.get(link) ?? { link, title, other, own: null, headings: [] };
    if (place.anchor) page.headings.push(place);
    else page.own = place;
    pages.set(link, page);
  }
  const shown = [...pages.values()].slice(0, MOST_PAGES);
  for (const { headings } of shown) {
    headings.sort((a, b) => b.score - a.score || a.order - b.order).splice(MOST_HEADINGS);
  }
  return shown;
}

async function parsed(answer) {
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// What stands under a heading of a text, or above the first. It is read from the page:
// the index would be twice as large with it.
function said(prose, anchor) {
  let text = "";
  let isUnder = anchor === "";
  const take = (part) => {
    if (part.nodeType === Node.TEXT_NODE) {
      if (isUnder) text += part.data;
      return true;
    }
    if (part.nodeType !== Node.ELEMENT_NODE || part.matches(UNREAD)) return true;
    if (part.matches(ANCHOR)) {
      if (isUnder) return false;
      isUnder = part.id === anchor;
      return true;
    }
    const space = part.matches(INLINE) ? "" : " ";
    text += space;
    const goesOn = [...part.childNodes].every(take);
    text += space;
    return goesOn;
  };
  if (prose) take(prose);
  return text;
}

async function text(place) {
  const page = await read(place.link, parsed);
  const own = place.anchor ? "" : page.querySelector("meta[name=description]")?.content;
  const text = said(page.querySelector("main .prose"), place.anchor);
  return `${own ?? ""} ${text}`.replace(/\s+/gu, " ").trim();
}

function pattern(words) {
  const parts = words
    .split(/[^\p{Alphabetic}\p{N}\p{M}_]+/u)
    .filter(Boolean)
    .sort((a, b) => b.length - a.length);
  return parts.length ? new RegExp(`(${parts.join("|")})`, "giu") : null;
}

function marked(text, words) {
  const wanted = pattern(words);
  const parts = wanted ? text.split(wanted) : [text];
  return parts.map((part, at) => {
    if (at % 2 === 0) return part;
    const mark = document.createElement("mark");
    mark.textContent = part;
    return mark;
  });
}

function excerpt(text, words) {
  const at = Math.max(text.search(pattern(words) ?? /$/), 0);
  let start = Math.max(at - BEFORE_MATCH, 0);
  // A cut between words where there are words.
  const space = text.indexOf(" ", start);
  if (start > 0 && space >= 0 && space < at) start = space + 1;
  let end = start + EXCERPT_CHARS;
  const last = text.lastIndexOf(" ", end);
  if (end < text.length && last > end - BEFORE_MATCH) end = last;
  return `${start > 0 ? "…" : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`;
}

function link(href, title, words) {
  const link = document.createElement("a");
  link.href = href;
  link.append(...marked(title, words));
  return link;
}

// Pages are fetched for what a reader sees of the answer.
const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    waiting.get(target)?.();
    waiting.delete(target);
  }
});
const waiting = new Map();

function about(place, words) {
  const about = document.createElement("p");
  about.className = "search-excerpt";
  waiting.set(about, async () => {
    // What is found stands without an excerpt where the page can't be read.
    const said = await text(place).catch(() => "");
    if (said) about.append(...marked(excerpt(said, words), words));
    else about.remove();
  });
  return about;
}

function result(page, words) {
  const item = document.createElement("li");
  // An untranslated text is found among the others and keeps its own language.
  if (page.other) [item.lang, item.dir] = page.other;
  const title = document.createElement("h2");
  title.append(link(page.link, page.title, words));
  item.append(title);
  if (page.own) item.append(about(page.own, words));
  if (page.headings.length > 0) {
    const list = document.createElement("ul");
    for (const place of page.headings) {
      const part = document.createElement("li");
      part.append(link(`${place.link}#${place.anchor}`, place.heading, words), about(place, words));
      list.append(part);
    }
    item.append(list);
  }
  return item;
}

function start() {
  const results = document.querySelector(".search-results");
  const status = document.querySelector(".search-status[role=status]");
  const form = document.querySelector(".search-form");
  if (!results || !status || !form) return;
  const input = form.elements.namedItem("q");
  let asked = 0;

  const show = (text, items) => {
    status.textContent = text;
    seen.disconnect();
    for (const about of waiting.keys()) {
      if (!items.some((item) => item.contains(about))) waiting.delete(about);
    }
    results.replaceChildren(...items);
    for (const about of waiting.keys()) seen.observe(about);
  };

  const search = async () => {
    // Letters come faster than answers; only the last answer is shown.
    const question = ++asked;
    const words = input.value.trim();
    const wanted = terms(words);
    const address = new URL(location.href);
    if (words) address.searchParams.set("q", words);
    else address.searchParams.delete("q");
    history.replaceState(null, "", address);
    if (wanted.length === 0) {
      show("", []);
      return;
    }
    try {
      const index = await read(results.dataset.index);
      if (index.version !== VERSION) throw new Error(`version ${index.version}`);
      const found = pages(await rows(index, await places(index, wanted)));
      if (question !== asked) return;
      const told = found.length > 0 ? status.dataset.found : status.dataset.none;
      show(
        told.replace("{n}", found.length),
        found.map((page) => result(page, words)),
      );
    } catch {
      if (question === asked) show(status.dataset.failed, []);
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  input.addEventListener("input", search);
  input.value = new URL(location.href).searchParams.get("q") ?? "";
  if (input.value) search();
}

start();
