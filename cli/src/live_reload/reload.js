// Follows the news of `lyceum serve`: reloads after a build, shows why one failed.
(() => {
  "use strict";
  let overlay = null;

  function show(diagnostics) {
    if (!overlay) {
      overlay = document.createElement("div");
      overlay.setAttribute("role", "alert");
      Object.assign(overlay.style, {
        position: "fixed", inset: "0", zIndex: "2147483647", overflow: "auto",
        padding: "2rem", background: "rgba(20, 20, 24, .95)", color: "#f2f2f2",
      });
      const title = document.createElement("p");
      title.textContent = "The content can't be built; behind this is the last good build.";
      title.style.font = "600 1rem system-ui, sans-serif";
      const text = document.createElement("pre");
      Object.assign(text.style, {
        font: "0.9rem/1.5 ui-monospace, monospace", whiteSpace: "pre-wrap",
        background: "none", color: "inherit",
      });
      overlay.append(title, text);
      document.body.append(overlay);
    }
    overlay.querySelector("pre").textContent = diagnostics;
  }

  // The build that is served by now.
  async function served() {
    try {
      const answer = await fetch("/_lyceum/build.txt", { cache: "no-store" });
      return answer.ok ? await answer.text() : null;
    } catch {
      return null;
    }
  }

  // The edge takes over a new build within half a second.
  async function reloadWhenServed(build) {
    while (await served() !== build) {
      await new Promise((wake) => setTimeout(wake, 100));
      if (build !== newest) return;
    }
    location.reload();
  }

  let newest = null;
  const here = served();
  const events = new EventSource("/_lyceum/reload");
  events.onmessage = async (message) => {
    const news = JSON.parse(message.data);
    newest = news.build;
    if (news.diagnostics !== null) return show(news.diagnostics);
    overlay?.remove();
    overlay = null;
    const shown = await here;
    if (shown !== null && shown !== news.build) reloadWhenServed(news.build);
  };
  // A page that is being left must not hold one of the browser's few connections.
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
