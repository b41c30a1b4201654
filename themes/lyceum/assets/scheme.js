// Runs before the page is painted, so that neither the scheme a reader chose
// nor the panel of a lesson they may open flashes by. Everything else can wait
// and stands in lyceum.js.

(() => {
  const root = document.documentElement;
  const stored = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // Storage may be forbidden; the page works without.
    }
  };
  const scheme = stored("lyceum-scheme");
  if (scheme === "light" || scheme === "dark") root.dataset.scheme = scheme;
  // A hint and no proof: the edge decides, and the panel comes back on a no.
  if (stored("lyceum-hint")) {
    root.dataset.learner = "";
    root.dataset.opening = "";
    setTimeout(() => delete root.dataset.opening, 2500);
  }
})();
