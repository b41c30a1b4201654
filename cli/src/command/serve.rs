//! `lyceum serve`: the site as a visitor will see it, following every edit.
//!
//! What the browser talks to is a real edge on a store of its own, so locks,
//! sign-in and paid lessons behave as they will once published.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use compiler::earlier::{EarlierSite, PagesInMemory};
use compiler::parse::Options;
use compiler::source::SourcePath;
use contracts::digest::Digest;
use lyceum_edge::{Preview, PreviewViewer, Ready, preview};
use tokio::sync::watch;

use crate::args::{Serve, Visitor};
use crate::compilation::{self, Compiled, Size};
use crate::console;
use crate::failure::Outcome;
use crate::folder_cache::FolderCache;
use crate::live_reload::{self, News};
use crate::port::{self, LocalAddress};
use crate::preview_store::{self, PreviewStore};
use crate::report::{self, Amount, Look};
use crate::school_folder::SchoolFolder;
use crate::watch::Watch;

/// Who owns every course of a preview.
pub(crate) const LEARNER: &str = "learner@example.org";

/// Serves until Ctrl-C.
pub(crate) fn run(serve: &Serve, school: &Path) -> anyhow::Result<Outcome> {
    let school = SchoolFolder::find(school)?;
    preview_store::with(async |store| follow(serve, &school, store).await)?;
    Ok(Outcome::Done)
}

async fn follow(serve: &Serve, school: &SchoolFolder, store: &PreviewStore) -> anyhow::Result<()> {
    let mut watch = Watch::start(school)?;
    let address = port::find(serve.port)?;
    let options = Options {
        drafts: compilation::drafts(serve.drafts),
        base_url: Some(address.url.clone()),
        ..Options::default()
    };
    let (news, heard) = watch::channel(News::default());
    let cache = Arc::new(FolderCache::of(school.root()));
    let (root, seen, pages) = (school.root().to_owned(), Seen::new(), Arc::default());
    let author = Author { root, cache, options, seen, pages, news };
    tokio::select! {
        ended = author.follow(store, &mut watch) => ended,
        ended = show(serve, store, address, heard) => ended,
    }
}

/// Runs the edge as soon as there is something to show.
async fn show(
    serve: &Serve,
    store: &PreviewStore,
    address: LocalAddress,
    mut news: watch::Receiver<News>,
) -> anyhow::Result<()> {
    news.wait_for(|news| !news.build.is_empty()).await?;
    let edge = Preview {
        store_dir: store.folder(),
        release_key: store.public_key(),
        listen: address.listen,
        public_url: Some(address.url),
        data_dir: store.data_folder(),
        learner: Some(LEARNER.to_owned()),
        viewer: match serve.visitor {
            Visitor::Guest => PreviewViewer::Guest,
            Visitor::Learner => PreviewViewer::Learner,
        },
        extra: live_reload::routes(news),
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

/// What was compiled: an editor may save a file without changing it.
type Seen = Vec<(SourcePath, Digest)>;

/// The school while it is being written.
struct Author {
    root: PathBuf,
    cache: Arc<FolderCache>,
    options: Options,
    seen: Seen,
    /// The pages of the last site that was good.
    pages: Arc<PagesInMemory>,
    news: watch::Sender<News>,
}

impl Author {
    async fn follow(mut self, store: &PreviewStore, watch: &mut Watch) -> anyhow::Result<()> {
        loop {
            self.publish(store).await?;
            watch.changed().await;
        }
    }

    /// Compiles what is there now. A good site is published; diagnostics are
    /// shown here and on every open page.
    async fn publish(&mut self, store: &PreviewStore) -> anyhow::Result<()> {
        let began = Instant::now();
        let (root, options) = (self.root.clone(), self.options.clone());
        let seen = std::mem::take(&mut self.seen);
        let (cache, pages) = (Arc::clone(&self.cache), Arc::clone(&self.pages));
        let compile = move || compile_unless_seen(&root, &cache, &options, seen, &*pages);
        let (seen, compiled) = match tokio::task::spawn_blocking(compile).await? {
            Ok(compiled) => compiled,
            Err(error) => {
                // A file that is half saved or just moved; the next event is near.
                console::say(&report::plain(&format!("{error:#}")));
                self.complain(format!("{error:#}"));
                return Ok(());
            }
        };
        self.seen = seen;
        let Some(compiled) = compiled else { return Ok(()) };
        report::say(&compiled.diagnostics);
        match compiled.site {
            Some(site) => {
                self.pages = Arc::new(PagesInMemory::pages_of(&site));
                let build = uuid::Uuid::now_v7().to_string();
                let size = Size::of(&site);
                store.publish(&live_reload::prepare(site, &build)).await?;
                console::say(&format!("built {}", size.in_words(began)));
                self.news.send_replace(News { build, diagnostics: None });
            }
            None => {
                self.complain(
                    report::text(&compiled.diagnostics, Look::Plain, Amount::Sensible)
                        .unwrap_or_default(),
                );
                console::say("waiting until the content can be built");
            }
        }
        Ok(())
    }

    fn complain(&self, diagnostics: String) {
        self.news.send_modify(|news| news.diagnostics = Some(diagnostics));
    }
}

fn compile_unless_seen(
    root: &Path,
    cache: &Arc<FolderCache>,
    options: &Options,
    seen: Seen,
    earlier: &dyn EarlierSite,
) -> anyhow::Result<(Seen, Option<Compiled>)> {
    let tree = compilation::read(root)?;
    let now: Seen = tree.iter().map(|(path, file)| (path.clone(), file.digest)).collect();
    let compiled = (now != seen).then(|| {
        let compiled = compilation::of_dated(cache, tree, root, options, earlier);
        cache.finish();
        compiled
    });
    Ok((now, compiled))
}
