//! `lyceum serve`: the site as a visitor will see it, following every edit.
//!
//! What the browser talks to is a real edge that is handed each site in memory, so
//! locks, sign-in and paid lessons behave as they will once published.

mod desk;
mod live_reload;

use std::sync::Arc;
use std::time::{Duration, Instant};

use compiler::parse::Options;
use lyceum_edge::{Preview, PreviewViewer, Ready, preview};
use tokio::sync::watch;

use crate::args::{Serve, Visitor};
use crate::compilation::{self, Compiled, Size};
use crate::console;
use crate::failure::Outcome;
use crate::port::{self, LocalAddress};
use crate::preview_store::{self, PreviewStore, ShownSite};
use crate::report::{self, Amount, Look};
use crate::school_folder::SchoolFolder;
use crate::watch::{Changes, Watch};
use desk::Desk;
use live_reload::News;

/// Who owns every course of a preview.
pub(crate) const LEARNER: &str = "learner@example.org";

/// A file that was half saved or just moved when it was read is whole by then.
const SECOND_LOOK: Duration = Duration::from_millis(200);

/// Serves until Ctrl-C.
pub(crate) fn run(serve: &Serve, school: &std::path::Path) -> anyhow::Result<Outcome> {
    let school = SchoolFolder::find(school)?;
    preview_store::with(async |store| follow(serve, &school, store).await)?;
    Ok(Outcome::Done)
}

async fn follow(serve: &Serve, school: &SchoolFolder, store: &PreviewStore) -> anyhow::Result<()> {
    let watch = Watch::start(school)?;
    let address = port::find(serve.port)?;
    let options = Options {
        drafts: compilation::drafts(serve.drafts),
        base_url: Some(address.url.clone()),
        ..Options::default()
    };
    let (news, heard) = watch::channel(News::default());
    let author = Author { watch, desk: Some(Desk::new(school.root().to_owned(), options)), news };
    tokio::select! {
        ended = author.follow(store) => ended,
        ended = show(serve, store, address, heard) => ended,
    }
}

/// Runs the edge as soon as there is something to show, if only what is wrong.
async fn show(
    serve: &Serve,
    store: &PreviewStore,
    address: LocalAddress,
    mut news: watch::Receiver<News>,
) -> anyhow::Result<()> {
    news.wait_for(|news| *news != News::default()).await?;
    let handover = store.handover();
    let edge = Preview {
        handover: handover.clone(),
        listen: address.listen,
        public_url: Some(address.url),
        data_dir: store.data_folder(),
        learner: Some(LEARNER.to_owned()),
        viewer: match serve.visitor {
            Visitor::Guest => PreviewViewer::Guest,
            Visitor::Learner => PreviewViewer::Learner,
        },
        extra: Box::new(|visit| live_reload::routes(visit, handover, news)),
        page_end: Some(live_reload::page_end),
        shutdown: Box::pin(std::future::pending()),
    };
    preview(edge, |ready| introduce(serve.visitor, &ready)).await?;
    Ok(())
}

fn introduce(visitor: Visitor, ready: &Ready) {
    let who = match visitor {
        Visitor::Guest => "a guest",
        Visitor::Learner => "a learner who owns every course",
    };
    console::say(&format!("serving {} for {who}; Ctrl-C stops it", ready.public_url));
}

/// The school while it is being written.
struct Author {
    watch: Watch,
    /// Away while it is compiled on.
    desk: Option<Desk>,
    news: watch::Sender<News>,
}

impl Author {
    async fn follow(mut self, store: &PreviewStore) -> anyhow::Result<()> {
        let mut changes = Changes::Anything;
        loop {
            changes = match self.build(&changes, store).await? {
                Some(at_once) => at_once,
                None => self.watch.changed().await,
            };
        }
    }

    /// Compiles what is there now. A good site is handed over; diagnostics are shown
    /// here and on every open page. Answers with what has changed meanwhile, if
    /// nothing could be read for that.
    async fn build(
        &mut self,
        changes: &Changes,
        store: &PreviewStore,
    ) -> anyhow::Result<Option<Changes>> {
        let began = Instant::now();
        match self.compile(changes).await? {
            Ok(None) => {}
            Ok(Some(compiled)) => self.show(compiled, began, store)?,
            Err(error) => match self.watch.changed_within(SECOND_LOOK).await {
                Some(changes) => return Ok(Some(changes)),
                None => {
                    console::say(&report::plain(&format!("{error:#}")));
                    self.complain(format!("{error:#}"));
                }
            },
        }
        let Some(mut desk) = self.desk.take() else { return Ok(None) };
        let tidy = move || {
            desk.tidy();
            desk
        };
        self.desk = Some(tokio::task::spawn_blocking(tidy).await?);
        Ok(None)
    }

    async fn compile(
        &mut self,
        changes: &Changes,
    ) -> anyhow::Result<anyhow::Result<Option<Compiled>>> {
        let Some(mut desk) = self.desk.take() else { return Ok(Ok(None)) };
        let changes = changes.clone();
        let compile = move || {
            let compiled = desk.compile(&changes);
            (desk, compiled)
        };
        let (desk, compiled) = tokio::task::spawn_blocking(compile).await?;
        self.desk = Some(desk);
        Ok(compiled)
    }

    fn show(
        &mut self,
        compiled: Compiled,
        began: Instant,
        store: &PreviewStore,
    ) -> anyhow::Result<()> {
        let Some(site) = compiled.site else {
            // A checkout that is half done has mistakes that nobody made.
            if !self.watch.has_news() {
                report::say(&compiled.diagnostics);
                let told = report::text(&compiled.diagnostics, Look::Plain, Amount::Sensible);
                self.complain(told.unwrap_or_default());
                console::say("waiting until the content can be built");
            }
            return Ok(());
        };
        let handover = store.handover();
        let (shown, before) = ShownSite::hand_over(site, &handover)?;
        self.news.send_modify(|news| *news = News { build: news.build + 1, diagnostics: None });
        // Whoever looks at the page is served first.
        report::say(&compiled.diagnostics);
        if let Some(handed) = handover.now() {
            let size = Size::of_parts(shown.files(), &handed.live().manifest);
            console::say(&format!("built {}", size.in_words(began)));
        }
        if let Some(desk) = &mut self.desk {
            let release = handover.now().map(|handed| Arc::clone(handed.live()));
            desk.shows(shown, release, before);
        }
        Ok(())
    }

    fn complain(&self, diagnostics: String) {
        self.news.send_modify(|news| news.diagnostics = Some(diagnostics));
    }
}
