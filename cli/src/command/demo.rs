//! `lyceum demo`: a finished school on this machine, with the links to try it.

use std::path::Path;

use axum::Router;
use compiler::parse::Options;
use compiler::site::Site;
use contracts::access::Access;
use contracts::manifest::Manifest;
use contracts::site_path::SitePath;
use lyceum_edge::{Preview, PreviewViewer, Ready, preview};

use crate::args::Demo;
use crate::command::new::template;
use crate::command::serve::LEARNER;
use crate::failure::Outcome;
use crate::port::{self, LocalAddress};
use crate::preview_store::{self, PreviewStore, ShownSite};
use crate::school_folder::SchoolFolder;
use crate::{compilation, console, report};

/// Shows the school one stands in, or else the one that `lyceum new` makes.
pub(crate) fn run(demo: &Demo, school: &Path) -> anyhow::Result<Outcome> {
    let address = port::find(demo.port)?;
    let options = Options { base_url: Some(address.url.clone()), ..Options::default() };
    let compiled = match SchoolFolder::find(school) {
        Ok(school) => compilation::of(&school, &options)?,
        Err(_) => compilation::of_tree(&template::school_tree("A small school"), &options),
    };
    report::say(&compiled.diagnostics);
    let Some(site) = compiled.site else { return Ok(Outcome::ContentHasErrors) };
    preview_store::with(async |store| show(site, store, address).await)?;
    Ok(Outcome::Done)
}

async fn show(site: Site, store: &PreviewStore, address: LocalAddress) -> anyhow::Result<()> {
    let handover = store.handover();
    ShownSite::hand_over(site, &handover)?;
    let shown = handover.now();
    let edge = Preview {
        handover,
        listen: address.listen,
        public_url: Some(address.url),
        data_dir: store.data_folder(),
        learner: Some(LEARNER.to_owned()),
        viewer: PreviewViewer::Guest,
        extra: Box::new(|_| Router::new()),
        page_end: None,
        shutdown: Box::pin(std::future::pending()),
    };
    let links = |ready: Ready| {
        // Whoever closed stdout may still look at the site.
        let text = shown.map(|shown| introduction(&shown.live().manifest, &ready));
        let _ = text.map(|text| console::data(&text));
    };
    Ok(preview(edge, links).await?)
}

fn introduction(manifest: &Manifest, ready: &Ready) -> String {
    let mut text = format!(
        "{} is open; Ctrl-C closes it\n\n  as a guest       {}\n",
        report::plain(&manifest.school.title),
        ready.public_url
    );
    if let Some(page) = paid_lesson(manifest) {
        text += &format!("  a paid lesson    {}\n", page.url(&ready.public_url));
    }
    if let Some(link) = &ready.sign_in_link {
        text += &format!("  as a learner     {link}\n");
        text += &format!("\nThe last link signs you in once, as {LEARNER}, who owns every course.");
    }
    text
}

/// The first lesson in reading order that has to be bought, if there is one in
/// the school's first language in that.
fn paid_lesson(manifest: &Manifest) -> Option<&SitePath> {
    let paid = || {
        let lessons = manifest.courses.values().flat_map(|course| &course.lessons);
        let lessons = lessons.filter_map(|id| manifest.lessons.get(id));
        lessons.filter(|lesson| lesson.access == Access::Paid)
    };
    let first = manifest.default_language();
    paid()
        .find_map(|lesson| lesson.editions.get(first?))
        .or_else(|| paid().find_map(|lesson| lesson.editions.values().next()))
        .map(|edition| &edition.page)
}
