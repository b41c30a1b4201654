// Searches the school in the reader's browser. The index is cut into small files
// by term; only those that the words need are fetched, and nothing that is typed
// leaves the browser. What is cut here must be cut as the compiler cuts it.

const VERSION = 2;
const WEIGHTS = 64;
const MOST_PAGE_PLACES = 2 ** 26;
const WORD_CHARS = 40;
const MOST_SHARDS = 6;
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

function read(url) {
  if (!files.has(url)) {
    const file = fetch(url).then((answer) => {
      if (!answer.ok) throw new Error(`${answer.status} ${url}`);
      return answer.json();
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

// Five bits in each letter, the lowest first, and 32 more where others follow.
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function readNumbers(text) {
  const numbers = [];
  let number = 0;
  let unit = 1;
  for (const letter of text) {
    const digit = DIGITS.indexOf(letter);
    number += (digit % 32) * unit;
    if (digit < 32) {
      numbers.push(number);
      number = 0;
      unit = 1;
    } else {
      unit *= 32;
    }
  }
  return numbers;
}

// How well each place fits one term, by the number of its page and its own in it.
async function fits(index, { term, whole }) {
  const rows = (await Promise.all(shards(index, term))).flat();
  const scores = new Map();
  for (const [known, written] of rows) {
    if (whole ? known !== term : !known.startsWith(term)) continue;
    const share = known === term ? 1 : 0.4;
    const numbers = readNumbers(written);
    let page = 0;
    for (let at = 0; at < numbers.length; at += 2) {
      page += numbers[at];
      const place = page * MOST_PAGE_PLACES + Math.floor(numbers[at + 1] / WEIGHTS);
      const weight = numbers[at + 1] % WEIGHTS;
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
  const best = found
    .filter((sum) => sum.terms === most)
    .sort((a, b) => b.score - a.score || a.place - b.place)
    .slice(0, MOST_PLACES)
    .map(({ place }) => ({
      page: Math.floor(place / MOST_PAGE_PLACES),
      own: place % MOST_PAGE_PLACES,
    }));
  // No text is fetched that is not shown.
  const shown = new Set([...new Set(best.map(({ page }) => page))].slice(0, MOST_PAGES));
  return best.filter(({ page }) => shown.has(page));
}

async function texts(index, places) {
  return Promise.all(
    places.map(async ({ page, own }) => {
      const rows = await file(index, index.texts[Math.floor(page / index.stride)]);
      const [link, title, parts, other] = rows[page % index.stride];
      const [anchor, heading, text] = parts[own];
      return { link, anchor, title, heading, text, other };
    }),
  );
}

// A school is read page by page, so a page stands once, with its best headings.
function pages(found) {
  const pages = new Map();
  for (const place of found) {
    const page = pages.get(place.link) ?? {
      link: place.link,
      title: place.title,
      other: place.other,
      own: null,
      headings: [],
    };
    if (!place.anchor) page.own = place;
    else if (page.headings.length < MOST_HEADINGS) page.headings.push(place);
    pages.set(place.link, page);
  }
  return [...pages.values()];
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

function about(place, words) {
  const about = document.createElement("p");
  about.append(...marked(excerpt(place.text, words), words));
  return about;
}

function result(page, words) {
  const item = document.createElement("li");
  // An untranslated text is found among the others and keeps its own language.
  if (page.other) [item.lang, item.dir] = page.other;
  const title = document.createElement("h2");
  title.append(link(page.link, page.title, words));
  item.append(title);
  if (page.own?.text) item.append(about(page.own, words));
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
    results.replaceChildren(...items);
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
      const found = pages(await texts(index, await places(index, wanted)));
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
