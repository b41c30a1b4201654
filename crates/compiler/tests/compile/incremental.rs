//! A build that takes over what earlier builds made gives the site that a build from
//! nothing gives, byte for byte, whatever was edited in between.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use compiler::amend::amend;
use compiler::cache::{Cache, Key, MemoryCache};
use compiler::earlier::{EarlierSite, SiteInMemory};
use compiler::notes::{Layered, Notes, Noting};
use compiler::parse::Options;
use compiler::site::{Content, Site};
use compiler::source::{SourcePath, SourceTree};
use compiler::stopwatch::NoStopwatch;
use compiler::{Aids, Compilation, compile, compile_aided};
use contracts::digest::Digest;
use contracts::object_key::ObjectKey;
use proptest::prop_oneof;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestRunner};

/// A lesson, and what it takes from the school around it.
#[derive(Debug, Clone, Default)]
struct Lesson {
    exists: bool,
    moved: bool,
    title: u8,
    words: u8,
    heading: u8,
    links: bool,
    includes: bool,
    shows: bool,
    cites: bool,
    defines: bool,
    misspells: bool,
    paid: bool,
    translated: bool,
}

/// A school that is edited: two courses of four lessons, each linked to the next.
#[derive(Debug, Clone, Default)]
struct School {
    lessons: [Lesson; 8],
    code: u8,
    picture: u8,
    datum: u8,
    definition: u8,
    name: u8,
    themed: bool,
    course_title: u8,
}

/// One edit: which lesson, which of its or the school's fields, and what it becomes.
type Edit = (usize, usize, u8);

impl School {
    fn edit(&mut self, (lesson, field, value): Edit) {
        let on = value % 2 == 0;
        let own = &mut self.lessons[lesson];
        match field {
            0 => own.exists = on,
            1 => own.moved = on,
            2 => own.title = value,
            3 => own.words = value,
            4 => own.heading = value,
            5 => own.links = on,
            6 => own.includes = on,
            7 => own.shows = on,
            8 => own.cites = on,
            9 => own.defines = on,
            10 => own.misspells = on,
            11 => own.paid = on,
            12 => own.translated = on,
            13 => self.code = value,
            14 => self.picture = value,
            15 => self.datum = value,
            16 => self.definition = value,
            17 => self.name = value,
            18 => self.themed = on,
            _ => self.course_title = value,
        }
    }

    fn path(&self, number: usize) -> String {
        let moved = if self.lessons[number].moved { "moved" } else { "here" };
        format!("content/c{}/{number}-{moved}.md", number / 4)
    }

    fn text(&self, number: usize) -> String {
        let own = &self.lessons[number];
        let mut text = "Words".to_owned();
        for word in 0..usize::from(own.words) * 12 {
            text += &format!(" w{number}x{word}");
        }
        text += ".\n";
        if own.links {
            let next = (number + 1) % 8;
            let path = self.path(next).replace("content/", "../");
            let name = path.rsplit('/').next().unwrap_or_default();
            text += &format!("[next]({path}#part-{}) [[{name}]] ", own.heading);
        }
        if own.cites {
            text += ":data[team.size] ";
        }
        if own.defines {
            text += ":term[Crate] ";
        }
        if own.misspells {
            text += "[nowhere](nowhere.md) ";
        }
        text += &format!("\n\n## Part {}\n\n", own.heading);
        if own.includes {
            text += "```rust include=\"code.rs\"\n```\n\n";
        }
        if own.shows {
            text += "![a drawing](drawing.svg)\n\n";
        }
        text
    }

    fn tree(&self) -> SourceTree {
        let mut files = BTreeMap::new();
        let mut put = |path: String, text: String| drop(files.insert(path, text));
        put(
            "site.toml".to_owned(),
            format!(
                "base_url = \"https://school.test/\"\nlanguages = [\"en\", \"zh\"]\n\
                 currency = \"USD\"\n\n[title]\nen = \"School {}\"\nzh = \"学校\"\n",
                self.name
            ),
        );
        put("data/team.toml".to_owned(), format!("size = {}\n", self.datum));
        let glossary = format!(
            "[crate]\nterm = {{ en = \"Crate\" }}\ndefinition = {{ en = \"A box {}\" }}\n",
            self.definition
        );
        put("content/glossary.toml".to_owned(), glossary);
        if self.themed {
            let note = "<aside>{{ body | safe }}</aside>{{ 1 + 1 }}";
            put("themes/lyceum/templates/404.html".to_owned(), note.to_owned());
        }
        for course in 0..2 {
            let folder = format!("content/c{course}");
            let course = format!(
                "---\nid: c{course}\ntitle: Course {}\nprices: {{ USD: \"1.00\" }}\n---\n",
                self.course_title
            );
            put(format!("{folder}/course.md"), course);
            put(format!("{folder}/code.rs"), format!("fn main() {{ say({}); }}\n", self.code));
            let size = u32::from(self.picture) + 1;
            let picture = format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{size}\" height=\"3\"/>\n"
            );
            put(format!("{folder}/drawing.svg"), picture);
        }
        for (number, own) in self.lessons.iter().enumerate().filter(|(_, own)| own.exists) {
            let access = if own.paid { "paid" } else { "free" };
            let head = format!(
                "---\nid: l{number}\ntitle: Lesson {}\nslug: l{number}\naccess: {access}\n---\n",
                own.title
            );
            let path = self.path(number);
            put(path.clone(), format!("{head}{}", self.text(number)));
            if own.translated {
                let text = format!("---\ntitle: 第{}课\n---\n{}", own.title, self.text(number));
                put(path.replace(".md", ".zh.md"), text);
            }
        }
        SourceTree::from_files(files)
    }
}

fn bytes(site: &Site) -> BTreeMap<String, Vec<u8>> {
    let file = |file: &compiler::site::SiteFile| {
        (format!("{:?} {}", file.key.audience(), file.key.path()), file.content.read().unwrap())
    };
    site.files.iter().map(file).collect()
}

fn assert_same(built: &Compilation, clean: &Compilation) {
    assert_eq!(built.diagnostics, clean.diagnostics);
    let (Some(built), Some(clean)) = (&built.site, &clean.site) else {
        assert_eq!(built.site.is_some(), clean.site.is_some());
        return;
    };
    assert_eq!(built.manifest, clean.manifest);
    let (built, clean) = (bytes(built), bytes(clean));
    let differing: Vec<_> =
        clean.iter().filter(|(path, bytes)| built.get(*path) != Some(bytes)).collect();
    assert!(differing.is_empty() && built.len() == clean.len(), "{:?}", differing.first());
}

/// Builds again and again with what the builds before have left.
#[derive(Debug)]
struct Builder {
    cache: Arc<dyn Cache>,
    pages: SiteInMemory,
    last: Option<(SourceTree, Compilation)>,
    later: Notes,
    amended: usize,
}

impl Builder {
    fn new() -> Self {
        let (cache, pages) = (Arc::new(MemoryCache::default()), SiteInMemory::default());
        Self { cache, pages, last: None, later: Notes::default(), amended: 0 }
    }

    fn build(&mut self, tree: &SourceTree) -> &Compilation {
        let (earlier, watch) = (&self.pages, &NoStopwatch);
        let aids = Aids { cache: &self.cache, earlier, watch, noting: Noting::On };
        let options = Options::default();
        let amended = self.last.take().and_then(|(before, mut built)| {
            let changed = edited(&before, tree)?;
            let notes = Layered { later: &self.later, first: &built.notes };
            let amendment = amend(aids, &notes, tree.clone(), &options, &changed)?;
            let fits = built.site.as_mut()?.amend(&amendment);
            self.later.extend(amendment.notes);
            fits.then_some(built)
        });
        self.amended += usize::from(amended.is_some());
        let built = amended.unwrap_or_else(|| {
            self.later = Notes::default();
            compile_aided(aids, tree, &options)
        });
        if let Some(site) = &built.site {
            self.pages = SiteInMemory::of(site);
        }
        &self.last.insert((tree.clone(), built)).1
    }
}

/// The files with other bytes; `None` if one came or went.
fn edited(before: &SourceTree, after: &SourceTree) -> Option<Vec<SourcePath>> {
    if !before.iter().map(|(path, _)| path).eq(after.iter().map(|(path, _)| path)) {
        return None;
    }
    let pairs = before.iter().zip(after.iter());
    let edited = pairs.filter(|((_, before), (_, after))| before.digest != after.digest);
    Some(edited.map(|((path, _), _)| path.clone()).collect())
}

#[test]
fn an_edit_of_words_is_amended() {
    let mut school = School::default();
    for lesson in &mut school.lessons {
        *lesson = Lesson { exists: true, links: true, shows: true, ..Lesson::default() };
    }
    let mut builder = Builder::new();
    let _ = builder.build(&school.tree());
    school.lessons[2].words = 1;
    let tree = school.tree();
    assert_same(builder.build(&tree), &compile(&tree, &Options::default()));
    assert_eq!(builder.amended, 1);
}

#[test]
fn whatever_note_is_lost_an_amended_site_is_that_of_a_clean_build() {
    let mut school = School::default();
    for lesson in &mut school.lessons {
        *lesson = Lesson { exists: true, links: true, shows: true, ..Lesson::default() };
    }
    let cache: Arc<dyn Cache> = Arc::new(MemoryCache::default());
    let aids = Aids { noting: Noting::On, ..Aids::cache(&cache) };
    let (before, options) = (school.tree(), Options::default());
    let built = compile_aided(aids, &before, &options);
    let earlier = SiteInMemory::of(built.site.as_ref().unwrap());
    let aids = Aids { earlier: &earlier, ..aids };
    school.lessons[2].words = 1;
    let tree = school.tree();
    let clean = bytes(&compile(&tree, &options).site.unwrap());
    let changed = edited(&before, &tree).unwrap();
    let mut refused = 0;
    for (lost, _) in built.notes.iter() {
        let kept = built.notes.iter().filter(|(name, _)| *name != lost);
        let notes = Notes::from_iter(kept.map(|(name, note)| (name.to_owned(), note.to_vec())));
        let Some(amendment) = amend(aids, &notes, tree.clone(), &options, &changed) else {
            refused += 1;
            continue;
        };
        let mut site = built.site.clone().unwrap();
        assert!(site.amend(&amendment) && bytes(&site) == clean, "{lost}");
    }
    assert!((3..built.notes.iter().len()).contains(&refused), "{refused}");
}

#[test]
fn any_edits_in_any_order_give_what_a_clean_build_gives() {
    let edit = (0..8_usize, 0..20_usize, 0..4_u8);
    follow(proptest::collection::vec(proptest::collection::vec(edit, 1..4), 6));
}

#[test]
fn edits_of_words_are_mostly_amended_and_give_what_a_clean_build_gives() {
    // Words and headings, and now and then what others see of a lesson.
    let field = prop_oneof![12 => 3..5_usize, 1 => 2..13_usize];
    let edits = proptest::collection::vec((0..8_usize, field, 0..9_u8), 1..3);
    let amended = follow(proptest::collection::vec(edits, 6));
    assert!(amended > 0);
}

/// Follows edits of a school, and tells how many builds were amended.
fn follow(edits: impl Strategy<Value = Vec<Vec<Edit>>>) -> usize {
    let config = Config { cases: 6, failure_persistence: None, ..Config::default() };
    let amended = Cell::new(0);
    let checked = TestRunner::new(config).run(&edits, |edits| {
        let mut school = School::default();
        for (number, lesson) in school.lessons.iter_mut().enumerate() {
            let paid = number % 3 == 1;
            *lesson = Lesson { exists: true, links: true, shows: true, paid, ..Lesson::default() };
        }
        let mut builder = Builder::new();
        for batch in std::iter::once(Vec::new()).chain(edits) {
            batch.into_iter().for_each(|edit| school.edit(edit));
            let tree = school.tree();
            assert_same(builder.build(&tree), &compile(&tree, &Options::default()));
        }
        amended.set(amended.get() + builder.amended);
        Ok(())
    });
    checked.unwrap_or_else(|error| panic!("{error}"));
    amended.get()
}

/// Counts what is kept for the next build: what was made anew in this one.
#[derive(Debug, Default)]
struct Counting {
    kept: MemoryCache,
    made: AtomicUsize,
}

impl Cache for Counting {
    fn get(&self, key: &Key) -> Option<Vec<u8>> {
        self.kept.get(key)
    }

    fn put(&self, key: &Key, bytes: &[u8]) {
        self.made.fetch_add(1, Ordering::Relaxed);
        self.kept.put(key, bytes);
    }

    fn program(&self) -> Option<Digest> {
        self.kept.program()
    }
}

/// Counts the pages that were taken over.
#[derive(Debug, Default)]
struct Taken {
    pages: SiteInMemory,
    taken: AtomicUsize,
}

impl EarlierSite for Taken {
    fn content(&self, key: &ObjectKey, digest: &Digest) -> Option<Content> {
        let content = self.pages.content(key, digest)?;
        self.taken.fetch_add(1, Ordering::Relaxed);
        Some(content)
    }
}

#[test]
fn an_edit_makes_anew_what_shows_it_and_nothing_else() {
    let counting = Arc::new(Counting::default());
    let cache: Arc<dyn Cache> = Arc::<Counting>::clone(&counting);
    let mut earlier = Taken::default();
    let mut build = |school: &School| {
        let aids = Aids { earlier: &earlier, ..Aids::cache(&cache) };
        let site = compile_aided(aids, &school.tree(), &Options::default()).site.unwrap();
        let taken = earlier.taken.load(Ordering::Relaxed);
        let pages = SiteInMemory::of(&site);
        earlier = Taken { pages, taken: AtomicUsize::new(0) };
        (counting.made.swap(0, Ordering::Relaxed), taken)
    };
    let mut school = School::default();
    school.lessons.iter_mut().for_each(|lesson| lesson.exists = true);
    let (first, none) = build(&school);
    assert!(first > 40 && none == 0, "{first} {none}");
    let (made, all) = build(&school);
    assert_eq!(made, 0, "nothing changed");
    school.lessons[3].heading = 2;
    let (made, taken) = build(&school);
    // The text, its page, and the compressed copies of the page and of what lists it.
    assert!(made <= 8, "{made}");
    assert_eq!(taken, all - 1);
    school.lessons[3].heading = 0;
    // The page of then no longer stands anywhere, so it is drawn once more.
    assert_eq!(build(&school).0, 1, "what was made once is known");
}
