// Follows the news of `lyceum serve`: loads the page again if it has changed, takes
// new stylesheets in place, shows why the site can't be built.
(() => {
  "use strict";
  let shown = document.currentScript.dataset.shown;
  let events = null;
  let overlay = null;
  let closed = null;

  const STYLE = `
    dialog {
      box-sizing: border-box; position: fixed; inset: 0; margin: 0; border: 0;
      width: 100%; height: 100%; max-width: none; max-height: none; overflow: auto;
      padding: clamp(1rem, 4vw, 3rem); border-top: .375rem solid #c4320a;
      background: #fffdf8; color: #1c1c1e; font: 1rem/1.5 system-ui, sans-serif;
    }
    header { display: flex; gap: 1rem; align-items: start; justify-content: space-between; }
    h2 { margin: 0; font-size: 1.25rem; line-height: 1.3; }
    p { margin: .25rem 0 1rem; color: #55555c; }
    pre {
      margin: 0; padding: 1rem; overflow: auto; border-radius: .5rem; background: #f3efe6;
      font: .875rem/1.55 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap;
      overflow-wrap: anywhere; tab-size: 4;
    }
    button {
      flex: none; padding: .375rem .875rem; border: 1px solid #8a8a92; border-radius: .375rem;
      background: transparent; color: inherit; font: inherit; cursor: pointer;
    }
    button:focus-visible { outline: 3px solid #2f6fde; outline-offset: 2px; }
    @media (prefers-color-scheme: dark) {
      dialog { background: #17181b; color: #f1f1f3; border-top-color: #ff8a66; }
      p { color: #b4b4bc; }
      pre { background: #232529; }
      button:focus-visible { outline-color: #8ab4ff; }
    }
  `;

  function element(name, text) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    return made;
  }

  // In a shadow tree, so that neither the theme's styles nor ours reach the other.
  function makeOverlay() {
    const host = element("lyceum-diagnostics");
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const dialog = element("dialog");
    dialog.setAttribute("role", "alertdialog");
    dialog.setAttribute("aria-labelledby", "title");
    dialog.setAttribute("aria-describedby", "text");
    const head = element("header");
    const title = element("h2", "The site can't be built");
    title.id = "title";
    const button = element("button", "Close");
    button.type = "button";
    button.addEventListener("click", () => dialog.close());
    head.append(title, button);
    const text = element("pre");
    text.id = "text";
    text.tabIndex = 0;
    const about = "This goes away once it can. Behind it is the last good build, if there is one.";
    dialog.append(head, element("p", about), text);
    dialog.addEventListener("close", () => {
      // Said once is enough, until something else is wrong.
      closed = text.textContent;
      hide();
    });
    root.append(dialog);
    document.documentElement.append(host);
    return { host, dialog, text };
  }

  function show(diagnostics) {
    if (diagnostics === closed) return;
    closed = null;
    overlay ??= makeOverlay();
    overlay.text.textContent = diagnostics;
    if (!overlay.dialog.open) overlay.dialog.showModal();
  }

  function hide() {
    overlay?.host.remove();
    overlay = null;
  }

  // A new stylesheet stands beside the old one until it is there, so nothing flickers.
  function restyle(sheets) {
    const links = [...document.querySelectorAll('link[rel="stylesheet"]')];
    for (const { from, to } of sheets) {
      const old = links.find((link) => link.getAttribute("href") === from);
      if (!old) return location.reload();
      const link = old.cloneNode();
      link.setAttribute("href", to);
      link.addEventListener("load", () => old.remove());
      link.addEventListener("error", () => location.reload());
      old.after(link);
    }
  }

  function hear(message) {
    const told = JSON.parse(message.data);
    if (told.act === "reload") return location.reload();
    if (told.act === "restyle") restyle(told.sheets);
    shown = told.shown ?? shown;
    if (told.diagnostics === null) {
      closed = null;
      hide();
    } else {
      show(told.diagnostics);
    }
  }

  // A page that nobody sees must not hold one of the browser's few connections. When it
  // is looked at again, it is told at once what it has missed.
  function follow() {
    if (document.hidden || events) return;
    const query = new URLSearchParams({ page: location.pathname + location.search, shown });
    const lesson = document.querySelector("[data-lesson-api]")?.dataset.lessonApi;
    if (lesson) query.set("lesson", lesson);
    events = new EventSource(`/_lyceum/reload?${query}`);
    events.addEventListener("message", hear);
  }

  function rest() {
    events?.close();
    events = null;
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : follow()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", follow);
  follow();
})();
