//! The main job as learners see it: in Chromium, entitled, not entitled and
//! with JavaScript off, on the embedded default and on real services.
//!
//! Pictures of the pages are kept in `target/screenshots`.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail where it stands"
)]

use tests::browser::{Browser, Look, Scheme, Screen, Script};
use tests::lab::Lab;
use tests::school::School;
use tests::services::{Services, axe_or_leave_out, webdriver_or_leave_out};

const LESSON: &str = "ownership-by-drawing/a-move-drawn";
const COURSE: &str = "ownership-by-drawing";
const PAID: &str = "The third picture is the one to remember.";

#[tokio::test]
async fn a_learner_buys_and_watches_on_the_embedded_default() {
    let test = "a_learner_buys_and_watches_on_the_embedded_default";
    let Some(driver) = webdriver_or_leave_out(test) else { return };
    let lab = Lab::embedded(School::sample).await.unwrap();
    a_learner_buys_and_watches(&lab, &driver, "embedded").await;
}

#[tokio::test]
async fn a_learner_buys_and_watches_on_real_services() {
    let test = "a_learner_buys_and_watches_on_real_services";
    let Some(driver) = webdriver_or_leave_out(test) else { return };
    let Some(services) = Services::or_leave_out(test) else { return };
    let lab = Lab::distributed(&services, School::sample).await.unwrap();
    a_learner_buys_and_watches(&lab, &driver, "services").await;
}

async fn a_learner_buys_and_watches(lab: &Lab, driver: &str, name: &str) {
    let browser = Browser::open(driver, Look::PLAIN).await.unwrap();
    let page = format!("{}/courses/{LESSON}/", lab.edge.origin());

    // A guest, then somebody who has signed in but owns nothing.
    browser.goto(&page).await.unwrap();
    browser.wait_for_element("#lesson-body .locked").await.unwrap();
    assert!(!browser.document().await.unwrap().contains(PAID));
    sign_in(&browser, lab, "eve@school.test").await;
    browser.goto(&page).await.unwrap();
    browser.wait_for_element("#lesson-body .locked").await.unwrap();
    // The script asks the edge on every page; its no must change nothing.
    let asked = "return performance.getEntriesByType('resource')\
        .some(entry => entry.name.includes('/api/') && entry.responseEnd > 0)";
    browser.wait_for("the script's question", asked).await.unwrap();
    assert!(!browser.document().await.unwrap().contains(PAID));

    lab.edge.grant("eve@school.test", COURSE).unwrap();
    // A new token, as after ten minutes: from here on it states the grant itself.
    browser.forget(tests::learner::SESSION).await.unwrap();
    browser.goto(&page).await.unwrap();
    let swapped = format!("return document.body.innerText.includes('{PAID}')");
    browser.wait_for("the paid text", &swapped).await.unwrap();
    assert!(
        browser
            .run("return document.querySelector('#lesson-body .locked') === null")
            .await
            .unwrap()
            == true
    );
    watch(&browser).await;
    for (kind, screen, scheme) in Look::gallery() {
        browser.look(screen, scheme).await.unwrap();
        browser.picture(&format!("{name}-open-{kind}")).await.unwrap();
    }
}

/// The film plays far enough to have a picture, captions have words, and the
/// drawings of the lesson are there.
async fn watch(browser: &Browser) {
    browser.run("document.querySelector('#lesson-body video').play()").await.unwrap();
    let film = "return document.querySelector('#lesson-body video').readyState >= 2";
    browser.wait_for("the film", film).await.unwrap();
    let captions = "const v = document.querySelector('#lesson-body video'); \
        const t = v.textTracks[0]; t.mode = 'showing'; \
        return v.textTracks.length === 2 && t.cues !== null && t.cues.length === 5";
    browser.wait_for("the captions", captions).await.unwrap();
    let drawings = "const all = [...document.querySelectorAll('#lesson-body img')]; \
        all.forEach(image => image.loading = 'eager'); \
        return all.length > 0 && all.every(image => image.complete && image.naturalWidth > 0)";
    browser.wait_for("the drawings", drawings).await.unwrap();
    browser.run("document.querySelector('#lesson-body video').pause()").await.unwrap();
}

/// Through the pages a learner would use, with the code of the letter.
async fn sign_in(browser: &Browser, lab: &Lab, email: &str) {
    let letters = lab.edge.letters();
    let known = letters.to(email).unwrap();
    browser.goto(&format!("{}/sign-in/", lab.edge.origin())).await.unwrap();
    browser.write("main input[name=email]", email).await.unwrap();
    browser.press("main button[type=submit]").await.unwrap();
    browser.wait_for_element("main input[name=code]").await.unwrap();
    let letter = letters.next_to(email, &known).await.unwrap();
    browser.write("main input[name=code]", &letter.code).await.unwrap();
    browser.press("main button[type=submit]").await.unwrap();
    let away = tests::wait::until(
        "the end of signing in",
        std::time::Duration::from_secs(10),
        async || {
            let address = browser.address().await.ok()?;
            (!address.contains("/sign-in/")).then_some(())
        },
    );
    away.await.unwrap();
}

#[tokio::test]
async fn an_owner_without_javascript_reads_and_watches_at_learn() {
    let test = "an_owner_without_javascript_reads_and_watches_at_learn";
    let Some(driver) = webdriver_or_leave_out(test) else { return };
    let lab = Lab::embedded(School::sample).await.unwrap();
    let look = Look { script: Script::Off, ..Look::PLAIN };
    let browser = Browser::open(&driver, look).await.unwrap();
    let learn = format!("{}/learn/{LESSON}/", lab.edge.origin());

    browser.goto(&learn).await.unwrap();
    assert!(!browser.document().await.unwrap().contains(PAID));
    sign_in(&browser, &lab, "bo@school.test").await;
    browser.goto(&learn).await.unwrap();
    assert!(!browser.document().await.unwrap().contains(PAID));
    lab.edge.grant("bo@school.test", COURSE).unwrap();
    // The entitlement may be remembered for a second.
    let opened = tests::wait::until("the lesson", std::time::Duration::from_secs(3), async || {
        browser.goto(&learn).await.ok()?;
        browser.document().await.ok()?.contains(PAID).then_some(())
    });
    opened.await.unwrap();
    browser.wait_for_element("#lesson-body video track[srclang=zh]").await.unwrap();
    assert_eq!(browser.text(".top-tools .account").await.unwrap(), "Your courses");
    assert_eq!(browser.text(".top-tools .sign-in").await.unwrap(), "", "it is not shown");
    browser.picture("learn-without-javascript").await.unwrap();
    browser.goto(&format!("{}/account/", lab.edge.origin())).await.unwrap();
    assert_eq!(browser.text(".top-tools .sign-in").await.unwrap(), "", "it is not shown");
    browser.picture("account-without-javascript").await.unwrap();
}

#[tokio::test]
async fn the_school_is_worth_looking_at() {
    let test = "the_school_is_worth_looking_at";
    let Some(driver) = webdriver_or_leave_out(test) else { return };
    let lab = Lab::embedded(School::sample).await.unwrap();
    let browser = Browser::open(&driver, Look::PLAIN).await.unwrap();
    let pages = [
        ("home", "/"),
        ("home-zh", "/zh/"),
        ("course", "/courses/ownership-by-drawing/"),
        ("locked", "/courses/ownership-by-drawing/a-move-drawn/"),
        ("free", "/courses/write-with-lyceum/markdown/"),
        ("chinese", "/zh/courses/measure-twice/two-runs/"),
        ("sign-in", "/sign-in/"),
    ];
    for (name, path) in pages {
        for (kind, screen, scheme) in Look::gallery() {
            // Loaded anew each time: what a page opens at once depends on the screen.
            browser.look(screen, scheme).await.unwrap();
            browser.goto(&format!("{}{path}", lab.edge.origin())).await.unwrap();
            assert_fits(&browser, path, screen).await;
            browser.picture(&format!("{name}-{kind}")).await.unwrap();
        }
        let said = browser.said().await.unwrap();
        // A guest's question about a paid lesson is answered by 401, and
        // Chromium writes every such answer down.
        let errors: Vec<_> = said.lines().filter(|line| !line.contains(" 401 ")).collect();
        assert!(errors.is_empty(), "{path}: {errors:?}");
    }
    browser.look(Screen::Desktop, Scheme::Light).await.unwrap();
    browser.goto(&format!("{}/", lab.edge.origin())).await.unwrap();
    let covers = "const all = [...document.querySelectorAll('img.cover')]; \
        all.forEach(image => image.loading = 'eager'); \
        return all.length > 0 && all.every(image => image.complete && \
            image.naturalWidth > 0 && image.currentSrc.endsWith('.avif'))";
    browser.wait_for("the covers as AVIF", covers).await.unwrap();
}

#[tokio::test]
async fn another_site_is_asked_for_nothing_before_a_reader_wants_it() {
    let test = "another_site_is_asked_for_nothing_before_a_reader_wants_it";
    let Some(driver) = webdriver_or_leave_out(test) else { return };
    // Nobody answers there, and nobody has to.
    let film = "https://127.0.0.1:9/film";
    let lab = Lab::embedded(|origin| {
        let school = School::sample(origin)?;
        let page = format!("---\ntitle: Film\n---\n\n::embed[A film]{{src=\"{film}\"}}\n");
        school.write("content/pages/film.md", &page)?;
        Ok(school)
    });
    let lab = lab.await.unwrap();
    let browser = Browser::open(&driver, Look::PLAIN).await.unwrap();
    browser.goto(&format!("{}/film/", lab.edge.origin())).await.unwrap();
    browser.wait_for_element(".embed > a").await.unwrap();
    let asked = "return document.querySelectorAll('iframe').length + performance \
        .getEntriesByType('resource').filter(({ name }) => name.includes(':9/')).length";
    assert_eq!(browser.run(asked).await.unwrap(), 0);
    browser.press(".embed > a").await.unwrap();
    let loads = format!(
        "const frame = document.querySelector('.embed > iframe'); \
         return frame?.src === '{film}' && frame.title === 'A film'"
    );
    browser.wait_for("the film in a frame", &loads).await.unwrap();
    let address = browser.address().await.unwrap();
    assert!(address.ends_with("/film/"), "the reader stays: {address}");
}

/// A text of every kind of writing, of which each part has to be found: what the
/// compiler cuts, the script must cut in the same way.
const ODD: [&str; 12] = [
    "所有权的转移",
    "权",
    "Ｆｕｌｌｗｉｄｔｈ",
    "crème brûlée",
    "Straße",
    "ΟΔΥΣΣΕΥΣ",
    "İstanbul",
    "한국어를",
    "ひらがなとカタカナ",
    "snake_case::Path42",
    "ภาษาไทย",
    "العَرَبِيَّة",
];

#[tokio::test]
async fn what_everyone_may_read_is_found_as_it_is_typed() {
    let test = "what_everyone_may_read_is_found_as_it_is_typed";
    let Some(driver) = webdriver_or_leave_out(test) else { return };
    let lab = Lab::embedded(|origin| {
        let school = School::sample(origin)?;
        let odd = format!("---\ntitle: Odd words\n---\n\n## Under here\n\n{}\n", ODD.join("\n\n"));
        school.write("content/pages/odd.md", &odd)?;
        Ok(school)
    });
    let lab = lab.await.unwrap();
    let browser = Browser::open(&driver, Look::PLAIN).await.unwrap();
    let origin = lab.edge.origin();

    browser.goto(&format!("{origin}/search/")).await.unwrap();
    for words in ODD {
        // Also in capitals, and the first half of it.
        let half: String = words.chars().take(words.chars().count().div_ceil(2)).collect();
        for typed in [words.to_owned(), words.to_uppercase(), half] {
            found(&browser, &typed, "a[href=\"/odd/#under-here\"]").await;
        }
    }
    browser.goto(&format!("{origin}/zh/search/?q=价格")).await.unwrap();
    browser.wait_for_element(".search-excerpt mark").await.unwrap();
    for (kind, screen, scheme) in Look::gallery() {
        browser.look(screen, scheme).await.unwrap();
        assert_fits(&browser, "/zh/search/", screen).await;
        browser.picture(&format!("search-{kind}")).await.unwrap();
    }
    // What is shown of a heading stands under it in the page.
    browser.goto(&format!("{origin}/search/?q=snake_case")).await.unwrap();
    let said = "return document.querySelector('li li .search-excerpt')?.textContent\
                .includes('snake_case::Path42') === true";
    browser.wait_for("the words around what is found", said).await.unwrap();
    // Nothing that is paid for is in it, and it says so.
    browser.goto(&format!("{origin}/search/")).await.unwrap();
    let told = "return document.querySelector('.search-status[role=status]').textContent";
    typed(&browser, "ownership qqqq").await;
    let some = format!("{told}.startsWith('Pages found')");
    browser.wait_for("the pages with one of the words", &some).await.unwrap();
    typed(&browser, "qqqq").await;
    browser.wait_for("no page", &format!("{told}.startsWith('Nothing')")).await.unwrap();
    let said = browser.said().await.unwrap();
    assert_eq!(said.lines().filter(|line| !line.contains(" 401 ")).count(), 0, "{said}");
}

/// Types words, and looks for a link among what is found.
async fn found(browser: &Browser, words: &str, link: &str) {
    typed(browser, words).await;
    let is_there = format!("return document.querySelector('.search-results {link}') !== null");
    browser.wait_for(&format!("what `{words}` finds"), &is_there).await.unwrap();
    browser.run("document.querySelector('.search-results').replaceChildren()").await.unwrap();
}

async fn typed(browser: &Browser, words: &str) {
    let words = serde_json::Value::from(words);
    let script = format!(
        "const input = document.querySelector('.search-form input'); input.value = {words}; \
         input.dispatchEvent(new Event('input'))"
    );
    browser.run(&script).await.unwrap();
}

/// One page of every kind, some of them from right to left.
const KINDS: [&str; 16] = [
    "/",
    "/ar/",
    "/courses/",
    "/courses/ownership-by-drawing/",
    "/ar/courses/ownership-by-drawing/",
    "/ar/courses/ownership-by-drawing/a-move-drawn/",
    "/ar/courses/ownership-by-drawing/copy-or-move/",
    "/courses/write-with-lyceum/components/",
    "/courses/write-with-lyceum/code-and-formulas/",
    "/courses/write-with-lyceum/courses-that-belong-together/",
    "/paths/know-your-program/",
    "/concepts/move/",
    "/ar/glossary/",
    "/instructors/mara/",
    "/zh/search/",
    "/ar/sign-in/",
];

#[tokio::test]
async fn nobody_is_kept_out_of_any_kind_of_page_in_either_direction() {
    let test = "nobody_is_kept_out_of_any_kind_of_page_in_either_direction";
    let Some(driver) = webdriver_or_leave_out(test) else { return };
    let Some(axe) = axe_or_leave_out(test) else { return };
    let axe = std::fs::read_to_string(axe).unwrap();
    let lab = Lab::embedded(|origin| {
        let school = School::sample(origin)?;
        school.edit("site.toml", "\"zh\"]", "\"zh\", \"ar\"]")?;
        let course = "---\ntitle: الملكية بالرسم\ndescription: كل شيء.\n---\n\nنص مع `code`.\n";
        school.write("content/ownership-by-drawing/course.ar.md", course)?;
        Ok(school)
    });
    let lab = lab.await.unwrap();
    let browser = Browser::open(&driver, Look::PLAIN).await.unwrap();
    // The rules of WCAG 2.2 at level AA, contrast and names among them.
    let judge = format!(
        "{axe}; document.querySelectorAll('.prose details').forEach(part => part.open = true); \
         return axe.run(document, {{ resultTypes: ['violations'], \
           runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }}) \
         .then(found => found.violations.map(rule => \
           `${{rule.impact}} ${{rule.id}}: ${{rule.nodes.map(node => node.html).join(' ')}}`))"
    );
    for path in KINDS {
        let looks = [(Screen::Phone, Scheme::Dark), (Screen::Desktop, Scheme::Light)];
        for (screen, scheme) in looks {
            browser.look(screen, scheme).await.unwrap();
            browser.goto(&format!("{}{path}", lab.edge.origin())).await.unwrap();
            assert_fits(&browser, path, screen).await;
            let found = browser.run(&judge).await.unwrap();
            assert_eq!(found.as_array().map(Vec::len), Some(0), "{path} {scheme:?}: {found:#}");
        }
    }
}

#[tokio::test]
async fn a_word_of_the_glossary_opens_without_javascript() {
    let test = "a_word_of_the_glossary_opens_without_javascript";
    let Some(driver) = webdriver_or_leave_out(test) else { return };
    let lab = Lab::embedded(School::sample).await.unwrap();
    let look = Look { script: Script::Off, ..Look::PLAIN };
    let browser = Browser::open(&driver, look).await.unwrap();
    let page = "/courses/write-with-lyceum/courses-that-belong-together/";
    browser.goto(&format!("{}{page}", lab.edge.origin())).await.unwrap();
    // Without a mouse either: this is the enter key.
    browser.write(".term", "\u{E007}").await.unwrap();
    browser.wait_for_element(".term-card:popover-open").await.unwrap();
    let card = browser.text(".term-card:popover-open").await.unwrap();
    assert!(card.starts_with("The duty to free a piece of memory."), "{card}");
    assert!(card.ends_with("Glossary"), "{card}");
    browser.picture("term-without-javascript").await.unwrap();
}

/// No page scrolls sideways.
async fn assert_fits(browser: &Browser, path: &str, screen: Screen) {
    let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    let excess = browser.run(wide).await.unwrap();
    assert_eq!(excess, 0, "{path} is too wide for {screen:?}");
}
