//! What an author sees in Chromium while they write: the page that they look at
//! follows, no other one moves, and a mistake is told over the last good page.
//!
//! Pictures of the pages are kept in `target/screenshots`.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail where it stands"
)]

use serde_json::json;
use tests::browser::{Browser, Look, Scheme, Screen};
use tests::preview::Preview;
use tests::school::School;
use tests::services::{axe_or_leave_out, webdriver_or_leave_out};

const FREE: &str = "content/first-course/01-welcome.md";
const PAID: &str = "content/first-course/02-behind-the-door.md";
const FREE_PAGE: &str = "/courses/first-course/welcome/";
const PAID_PAGE: &str = "/courses/first-course/behind-the-door/";

/// A page keeps this until it is loaded again.
const MARK: &str = "window.isMarked = true";
const IS_MARKED: &str = "return window.isMarked === true";

/// The text of the overlay; empty without one.
const OVERLAY: &str = "(document.querySelector('lyceum-diagnostics')?.shadowRoot\
     .querySelector('dialog[open]')?.innerText ?? '')";

async fn open(driver: &str, preview: &Preview, path: &str) -> Browser {
    let browser = Browser::open(driver, Look::PLAIN).await.unwrap();
    browser.goto(&format!("{}{path}", preview.origin())).await.unwrap();
    browser.run(MARK).await.unwrap();
    browser
}

async fn wait_for_text(browser: &Browser, text: &str) {
    let script = format!("return document.body.innerText.includes({})", json!(text));
    browser.wait_for(text, &script).await.unwrap();
}

async fn is_marked(browser: &Browser) -> bool {
    browser.run(IS_MARKED).await.unwrap() == json!(true)
}

#[tokio::test]
async fn an_author_sees_an_edit_where_they_are_and_nothing_else_moves() {
    let test = "an_author_sees_an_edit_where_they_are_and_nothing_else_moves";
    let Some(driver) = webdriver_or_leave_out(test) else { return };
    let school = School::new("http://localhost").unwrap();
    let long = "One more paragraph.\n\n".repeat(200);
    school.edit(FREE, "## Go on", &format!("{long}## Go on")).unwrap();
    let preview = Preview::start(&school, &[]).unwrap();
    let lesson = open(&driver, &preview, FREE_PAGE).await;
    let other = open(&driver, &preview, "/about/").await;

    lesson.run("scrollTo({ top: 1234, behavior: 'instant' })").await.unwrap();
    lesson.wait_for("scrolling", "return scrollY === 1234").await.unwrap();
    school.edit(FREE, "Change this text", "Change these few words").unwrap();
    wait_for_text(&lesson, "Change these few words").await;
    assert!(!is_marked(&lesson).await);
    lesson.wait_for("the old place", "return Math.abs(scrollY - 1234) < 40").await.unwrap();
    assert!(is_marked(&other).await);

    // A style is taken in place: the page is the same, and looks otherwise.
    lesson.run(MARK).await.unwrap();
    school.write("themes/lyceum/assets/prose.css", "p { color: rgb(1, 2, 3) }\n").unwrap();
    let colour = "return getComputedStyle(document.querySelector('.prose p')).color \
         === 'rgb(1, 2, 3)'";
    lesson.wait_for("the new colour", colour).await.unwrap();
    assert!(is_marked(&lesson).await && is_marked(&other).await);
    let sheets = "return document.querySelectorAll('link[rel=stylesheet][href*=\"/prose.\"]')\
         .length === 1";
    lesson.wait_for("the old style to go", sheets).await.unwrap();

    // What stands on every page is seen on every page.
    school.edit("site.toml", "title = \"", "title = \"The school of ").unwrap();
    wait_for_text(&lesson, "The school of ").await;
    wait_for_text(&other, "The school of ").await;
    for browser in [&lesson, &other] {
        assert_eq!(browser.said().await.unwrap(), "");
    }
}

#[tokio::test]
async fn a_guest_at_the_lock_and_a_learner_behind_it_see_what_they_may() {
    let test = "a_guest_at_the_lock_and_a_learner_behind_it_see_what_they_may";
    let Some(driver) = webdriver_or_leave_out(test) else { return };
    let school = School::new("http://localhost").unwrap();
    let learners = Preview::start(&school, &["--as", "learner"]).unwrap();
    let guests = Preview::start(&school, &[]).unwrap();
    let learner = open(&driver, &learners, PAID_PAGE).await;
    let guest = open(&driver, &guests, PAID_PAGE).await;
    wait_for_text(&learner, "See it with").await;
    guest.wait_for_element("#lesson-body .locked").await.unwrap();

    school.edit(PAID, "See it with", "Look at it with").unwrap();
    wait_for_text(&learner, "Look at it with").await;
    assert!(is_marked(&guest).await);
    school.edit(PAID, "Everyone can read", "Everybody may read").unwrap();
    wait_for_text(&guest, "Everybody may read").await;
    wait_for_text(&learner, "Everybody may read").await;
    assert!(!guest.document().await.unwrap().contains("Look at it with"));
}

#[tokio::test]
async fn a_mistake_is_told_over_the_page_until_it_is_mended() {
    let test = "a_mistake_is_told_over_the_page_until_it_is_mended";
    let Some(driver) = webdriver_or_leave_out(test) else { return };
    let school = School::new("http://localhost").unwrap();
    let preview = Preview::start(&school, &["--as", "learner"]).unwrap();
    for (path, page) in [(FREE, FREE_PAGE), (PAID, PAID_PAGE)] {
        let browser = open(&driver, &preview, page).await;
        school.edit(path, "summary:", "sumary:").unwrap();
        browser.wait_for("the overlay", &format!("return {OVERLAY} !== ''")).await.unwrap();
        assert!(is_marked(&browser).await);
        let told = browser.run(&format!("return {OVERLAY}")).await.unwrap();
        let told = told.as_str().unwrap();
        for part in [&format!("{path}:"), "error[unknown-key]", "`sumary`", "hint: "] {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert_is_open_to_all(&browser).await;
        take_pictures(&browser, page).await;

        browser.run("location.reload()").await.unwrap();
        browser.wait_for("another page", "return !window.isMarked").await.unwrap();
        browser.wait_for("the overlay", &format!("return {OVERLAY} !== ''")).await.unwrap();
        // Escape closes it, as any dialog, and it stays closed until there is news.
        browser.run(MARK).await.unwrap();
        let close = "document.querySelector('lyceum-diagnostics').shadowRoot\
             .querySelector('button').click()";
        browser.run(close).await.unwrap();
        browser.wait_for("its end", &format!("return {OVERLAY} === ''")).await.unwrap();
        school.edit(path, "sumary:", "sumarry:").unwrap();
        let other = format!("return {OVERLAY}.includes('`sumarry`')");
        browser.wait_for("the other mistake", &other).await.unwrap();

        school.edit(path, "sumarry:", "summary:").unwrap();
        browser.wait_for("its end", &format!("return {OVERLAY} === ''")).await.unwrap();
        // It is the site of before, so there is nothing to load.
        assert!(is_marked(&browser).await);
        assert_eq!(browser.said().await.unwrap(), "");
    }
}

#[tokio::test]
async fn a_school_that_is_broken_at_first_says_so_in_the_browser() {
    let test = "a_school_that_is_broken_at_first_says_so_in_the_browser";
    let Some(driver) = webdriver_or_leave_out(test) else { return };
    let school = School::new("http://localhost").unwrap();
    school.edit(FREE, "summary:", "sumary:").unwrap();
    let preview = Preview::start(&school, &[]).unwrap();
    let browser = open(&driver, &preview, FREE_PAGE).await;
    browser.wait_for("the overlay", &format!("return {OVERLAY} !== ''")).await.unwrap();
    school.edit(FREE, "sumary:", "summary:").unwrap();
    wait_for_text(&browser, "A lesson is a Markdown file.").await;
}

/// The overlay takes the focus, has a name, fits the screen and can be read.
async fn assert_is_open_to_all(browser: &Browser) {
    let facts = "const root = document.querySelector('lyceum-diagnostics').shadowRoot; \
         const dialog = root.querySelector('dialog'); \
         const named = root.getElementById(dialog.getAttribute('aria-labelledby')); \
         return [dialog.getAttribute('role'), named.textContent, \
           document.activeElement.localName, dialog.scrollWidth <= dialog.clientWidth]";
    let facts = browser.run(facts).await.unwrap();
    let expected = json!(["alertdialog", "The site can't be built", "lyceum-diagnostics", true]);
    assert_eq!(facts, expected);
    let Some(axe) = axe_or_leave_out("the overlay, by axe") else { return };
    let axe = std::fs::read_to_string(axe).unwrap();
    let judge = format!(
        "{axe}; return axe.run('lyceum-diagnostics', {{ resultTypes: ['violations'], \
           runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }}) \
         .then(found => found.violations.map(rule => \
           `${{rule.id}}: ${{rule.nodes.map(node => node.html).join(' ')}}`))"
    );
    for scheme in [Scheme::Dark, Scheme::Light] {
        browser.look(Screen::Desktop, scheme).await.unwrap();
        assert_eq!(browser.run(&judge).await.unwrap(), json!([]), "{scheme:?}");
    }
}

async fn take_pictures(browser: &Browser, page: &str) {
    let name = page.trim_matches('/').rsplit('/').next().unwrap_or_default();
    for (kind, screen, scheme) in Look::gallery() {
        browser.look(screen, scheme).await.unwrap();
        let fits = "const dialog = document.querySelector('lyceum-diagnostics').shadowRoot\
             .querySelector('dialog'); return dialog.scrollWidth <= dialog.clientWidth";
        assert_eq!(browser.run(fits).await.unwrap(), json!(true), "{kind}");
        browser.picture(&format!("overlay-{name}-{kind}")).await.unwrap();
    }
}
