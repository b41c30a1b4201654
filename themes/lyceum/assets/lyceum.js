// What a script adds to a page: a gated lesson opens in place, code can be
// copied, the scheme can be chosen. Without it every page still reads, and a
// gated lesson opens at the address of its own page at the edge.

const root = document.documentElement;

// How long the edge and the store may take together before the locked panel
// is left standing.
const ANSWER_MILLISECONDS = 12_000;

function remember(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Storage may be forbidden; then nothing is remembered.
  }
}

function isLearner(yes) {
  remember("lyceum-hint", yes ? "1" : null);
  if (yes) root.dataset.learner = "";
  else delete root.dataset.learner;
}

async function openLesson(place) {
  const wait = AbortSignal.timeout(ANSWER_MILLISECONDS);
  const answer = await fetch(place.dataset.lessonApi, {
    headers: { accept: "application/json" },
    signal: wait,
  });
  if (answer.status === 401) isLearner(false);
  if (answer.status === 403) isLearner(true);
  if (!answer.ok) return;
  const { body } = await answer.json();
  if (!body) return;
  const text = await fetch(body.url, { signal: wait });
  if (!text.ok) return;
  place.innerHTML = await text.text();
  isLearner(true);
  addCopyButtons(place);
  reachScrollers(place);
  // The heading that the address names may have arrived just now.
  if (location.hash) {
    document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  }
}

function startLesson() {
  const place = document.getElementById("lesson-body");
  if (!place) return;
  // At the edge the answer stands in the page already, be it yes or no.
  if (location.pathname === place.dataset.learn) {
    isLearner(place.querySelector(".signed-in") !== null);
    delete root.dataset.opening;
    return;
  }
  openLesson(place)
    .catch(() => {}) // Out of reach: the panel and its link remain.
    .finally(() => delete root.dataset.opening);
}

function addCopyButtons(place) {
  if (!navigator.clipboard) return;
  const { copy, copied } = document.body.dataset;
  for (const block of place.querySelectorAll(".code")) {
    const code = block.querySelector("code");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = copied;
      button.dataset.done = "";
      setTimeout(() => {
        button.textContent = copy;
        delete button.dataset.done;
      }, 1600);
    });
    block.append(button);
  }
}

// What is too wide is scrolled, and not every hand is on a mouse. Browsers that
// make such a place a stop of the tab key by themselves are left to it.
function reachScrollers(place) {
  for (const block of place.querySelectorAll(".prose :is(pre, table, .diagram, .math-display)")) {
    if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
  }
}

// What another site serves is fetched when the reader asks for it, not before.
function startEmbeds() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".embed > a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const frame = document.createElement("iframe");
    frame.src = link.href;
    frame.title = link.textContent.trim();
    frame.allow = "fullscreen; picture-in-picture";
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    link.parentElement.replaceChildren(frame);
    frame.focus();
  });
}

function startScheme() {
  const button = document.querySelector("[data-scheme-toggle]");
  if (!button) return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  button.hidden = false;
  button.addEventListener("click", () => {
    const isDark = (root.dataset.scheme ?? (dark.matches ? "dark" : "light")) === "dark";
    root.dataset.scheme = isDark ? "light" : "dark";
    remember("lyceum-scheme", root.dataset.scheme);
  });
}

function startMenus() {
  // One open menu too many hides what the reader came for.
  const menu = document.querySelector(".languages");
  document.addEventListener("click", (event) => {
    if (menu?.open && !menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu?.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  // Browsers that can't open the syllabus by style alone get it opened here.
  const drawer = document.querySelector("[data-drawer]");
  if (drawer && matchMedia("(min-width: 64rem)").matches) drawer.open = true;
  // A long syllabus is scrolled to where the reader is, the page is not.
  const here = drawer?.querySelector("[aria-current]");
  if (here && drawer.scrollHeight > drawer.clientHeight) {
    drawer.scrollTop = here.offsetTop - drawer.clientHeight / 3;
  }
}

// A slash leads to the search, unless it is being typed somewhere.
function startSearchKey() {
  const search = document.querySelector(".search-link");
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const input = document.querySelector(".search-form input");
    if (!input && !search) return;
    event.preventDefault();
    if (input) input.focus();
    else search.click();
  });
}

function startAccount() {
  if (document.querySelector(".account-email")) isLearner(true);
  document.querySelector("[data-sign-out]")?.addEventListener("submit", () => isLearner(false));
}

startScheme();
startMenus();
startSearchKey();
startAccount();
startEmbeds();
addCopyButtons(document);
reachScrollers(document);
startLesson();
