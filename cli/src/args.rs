//! What can be typed: each doc comment here is a line of `lyceum --help`.
//!
//! Only words and their shapes; what a command does stands in `command`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use compiler::diagnostic::Code;
use compiler::diagnostic::code::named;
use contracts::id::Slug;
use url::Url;

const EXAMPLES: &str = "\
Start here:
  lyceum new my-school          make a school that builds at once
  cd my-school
  lyceum serve                  see it in the browser while you write
  lyceum publish                put it where learners find it

Exit codes: 0 done, 1 the content has errors, 2 the tool failed";

/// A school in a git repository: Markdown courses in, a website with paid
/// lessons out.
#[derive(Debug, Parser)]
#[command(name = "lyceum", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,

    /// The school's folder; without it, the nearest one upwards with a `site.toml`.
    #[arg(
        long,
        global = true,
        value_name = "FOLDER",
        default_value = ".",
        hide_default_value = true
    )]
    pub(crate) school: PathBuf,
}

/// The commands, in the order in which an author meets them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a school, or add a course or a lesson to one.
    New(New),
    /// Show everything that is wrong with the content, and write nothing.
    Check(Check),
    /// Tell more about a kind of diagnostic, with an example.
    Explain(Explain),
    /// List courses or lessons: what there is, what is sold, what comes later.
    List(List),
    /// Show what is translated and what has changed since, or accept translations.
    Translations(Translations),
    /// Show the settings that hold, and where each comes from.
    Config(Config),
    /// Write the website to a folder.
    Build(Build),
    /// Make a course of a book that was written for another tool.
    Import(Import),
    /// Show the site in the browser and follow your edits.
    Serve(Serve),
    /// Put the site where learners find it.
    Publish(Publish),
    /// Put an earlier release back.
    Rollback(Rollback),
    /// Show a finished school, with a guest and a learner who bought a course.
    Demo(Demo),
    /// Print a script that completes commands in your shell.
    Completions(Completions),
    /// Print the schema by which an editor completes front matter or `site.toml`.
    Schema(Schema),
    /// Write the manual pages to a folder.
    Man(Man),
}

/// `lyceum new`
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    after_help = "\
Examples:
  lyceum new my-school
  lyceum new course rust
  lyceum new lesson rust/ownership
  lyceum new lesson rust/basics/ownership    the lesson in the section `basics`"
)]
pub(crate) struct New {
    /// What to add to the school one stands in.
    #[command(subcommand)]
    pub(crate) part: Option<NewPart>,

    /// The folder to make for the new school.
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
}

/// What can be added to a school.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum NewPart {
    /// Add a course to the school.
    Course {
        /// Its name in the address: `rust` will stand at `/courses/rust/`.
        name: String,
        /// Its title; without it, made from the name.
        #[arg(long)]
        title: Option<String>,
    },
    /// Add a lesson to a course, after the last one.
    Lesson {
        /// `<course>/<lesson>`, or `<course>/<section>/<lesson>`.
        #[arg(value_name = "PLACE")]
        place: String,
        /// Its title; without it, made from the name.
        #[arg(long)]
        title: Option<String>,
    },
}

/// `lyceum check`
#[derive(Debug, Args)]
#[command(after_help = "\
A code stands in brackets behind `error` or `warning`; `warnings` means all of
them. The same lists can stand under `[check]` in `site.toml`.

Examples:
  lyceum check
  lyceum check --fix --dry-run
  lyceum check --declassified > declassified.txt
  lyceum check --deny warnings --allow no-price
  lyceum check --external
  lyceum check --format sarif > lyceum.sarif")]
pub(crate) struct Check {
    /// Also check lessons and courses marked `draft: true`.
    #[arg(long)]
    pub(crate) drafts: bool,
    /// Mend what has one certain mend, such as a misspelt key, and show the rest.
    #[arg(long)]
    pub(crate) fix: bool,
    /// With `--fix`: print what would be changed as a diff, and change nothing.
    #[arg(long, requires = "fix")]
    pub(crate) dry_run: bool,
    /// Print all that is public of paid and dated lessons, to be reviewed as a diff.
    #[arg(long, conflicts_with_all = ["fix", "prove", "format"])]
    pub(crate) declassified: bool,
    /// Build twice, the second time with other paid content, and compare what
    /// everyone can see.
    #[arg(long, conflicts_with_all = ["fix", "format", "json"])]
    pub(crate) prove: bool,
    /// Also ask other sites whether the links to them still lead anywhere.
    #[arg(long, conflicts_with_all = ["fix", "declassified", "prove"])]
    pub(crate) external: bool,
    /// Compare with the release that is live: prices that change, sold lessons that
    /// are gone, addresses that lead nowhere.
    #[arg(long, conflicts_with_all = ["declassified", "prove", "fix"])]
    pub(crate) against_live: bool,
    /// With `--against-live`: the public release key that the release has to be signed
    /// with, where the key itself is not at hand.
    #[arg(long, value_name = "KEY", requires = "against_live")]
    pub(crate) release_key: Option<String>,
    /// With `--against-live`: where the live release stands.
    #[command(flatten)]
    pub(crate) target: Target,
    /// Show every diagnostic, however many there are.
    #[arg(long)]
    pub(crate) all: bool,
    /// How the diagnostics are written.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Print the diagnostics as one JSON document, as `--format json` does.
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
    /// Which diagnostics are errors, warnings or not told.
    #[command(flatten)]
    pub(crate) levels: Levels,
}

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, on stderr.
    Text,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0, which forges show beside the lines of a pull request.
    Sarif,
}

/// Levels of diagnostics for one run, laid over those of `site.toml`.
#[derive(Debug, Default, Args)]
pub(crate) struct Levels {
    /// Make errors of these diagnostics.
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = codes)]
    pub(crate) deny: Vec<Codes>,
    /// Make warnings of these diagnostics.
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = codes)]
    pub(crate) warn: Vec<Codes>,
    /// Do not tell these diagnostics.
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = codes)]
    pub(crate) allow: Vec<Codes>,
}

/// What one word of a level means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Codes(pub(crate) Vec<Code>);

/// `lyceum explain`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lyceum explain                    every code in one line
  lyceum explain unknown-key")]
pub(crate) struct Explain {
    /// The code, as it stands in brackets behind `error` or `warning`; without
    /// it, all codes are listed.
    pub(crate) code: Option<String>,
}

/// `lyceum list`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lyceum list                       the courses
  lyceum list paid                  the lessons that are sold
  lyceum list scheduled --json")]
pub(crate) struct List {
    /// What to list.
    #[arg(value_enum, value_name = "WHAT", default_value_t = Listed::Courses)]
    pub(crate) what: Listed,
    /// Print the list as one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
    /// Show which line of which file says what each lesson is.
    #[arg(long)]
    pub(crate) origins: bool,
}

/// What can be listed. Drafts are part of each list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Listed {
    /// Every course.
    Courses,
    /// Every lesson.
    Lessons,
    /// Courses and lessons that are not finished.
    Drafts,
    /// Lessons that are sold.
    Paid,
    /// Lessons with a date on which they open, the earliest first.
    Scheduled,
}

/// `lyceum translations`
#[derive(Debug, Args)]
#[command(after_help = "\
A translation is stale when the original has changed since it was accepted. What
was accepted stands in `content/translations.toml`; keep that file in git.

Examples:
  lyceum translations
  lyceum translations --accept content/rust/01-hello.zh.md
  lyceum translations --accept          all that there are")]
pub(crate) struct Translations {
    /// Note that these translations fit their originals as they are now.
    #[arg(long)]
    pub(crate) accept: bool,
    /// With `--accept`: files or folders; all translations without any.
    #[arg(value_name = "PATH", requires = "accept")]
    pub(crate) paths: Vec<PathBuf>,
    /// Print the list as one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `lyceum config`
#[derive(Debug, Args)]
pub(crate) struct Config {
    /// Print the settings as one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `lyceum schema`
#[derive(Debug, Args)]
#[command(after_help = "\
An editor with TOML support (taplo, Even Better TOML) completes `site.toml` when
its first line names the schema, as `lyceum new` writes it:
  #:schema ./site.schema.json

Examples:
  lyceum schema site > site.schema.json
  lyceum schema lesson > lesson.schema.json")]
pub(crate) struct Schema {
    /// What it describes.
    #[arg(value_enum, value_name = "KIND")]
    pub(crate) kind: SchemaKind,
}

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaKind {
    /// The front matter of `course.md`.
    Course,
    /// The front matter of `section.md`.
    Section,
    /// The front matter of a lesson.
    Lesson,
    /// The front matter of a page outside courses.
    Page,
    /// The front matter of an instructor's page.
    Instructor,
    /// `site.toml`
    Site,
}

/// `lyceum man`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lyceum man ~/.local/share/man/man1
  man lyceum-publish")]
pub(crate) struct Man {
    /// The folder; it is made if it is missing.
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
}

/// `lyceum build`
#[derive(Debug, Args)]
pub(crate) struct Build {
    /// The folder to write: `public/` for everyone, `private/` for those who
    /// paid, and `manifest.json`. Without it, `dist` in the school's folder.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// Also build lessons and courses marked `draft: true`.
    #[arg(long)]
    pub(crate) drafts: bool,
    /// The address of the site, instead of `base_url` in `site.toml`.
    #[arg(long, value_name = "URL", value_parser = base_url)]
    pub(crate) base_url: Option<Url>,
    /// Print what was built and the diagnostics as one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `lyceum import`
#[derive(Debug, Args)]
#[command(after_help = "\
Pages, sections, pictures and links are carried over; what can't be is listed.
A course that was imported before is brought up to date: what you changed in it
stays, and changes of the book are merged into it where they don't meet.

Examples:
  lyceum import mdbook ../the-book --course rust
  lyceum import mkdocs ../wiki --course algorithms
  lyceum import hugo ../site --course guide --dry-run")]
pub(crate) struct Import {
    /// What kind of book it is.
    #[arg(value_enum, value_name = "KIND")]
    pub(crate) kind: BookKind,
    /// The folder that the book is built from; it is only read.
    #[arg(value_name = "FOLDER")]
    pub(crate) source: PathBuf,
    /// The new course's name in the address: `rust` will stand at `/courses/rust/`.
    #[arg(long, value_name = "NAME", value_parser = course_name)]
    pub(crate) course: Slug,
    /// Print what would be done, and write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print what was made, and the list of what was not, as one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The books that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BookKind {
    /// mdBook: `book.toml` and `src/SUMMARY.md`.
    Mdbook,
    /// MkDocs, with or without Material: `mkdocs.yml` and `docs/`.
    Mkdocs,
    /// Hugo: `hugo.toml` or `config.toml`, and `content/`.
    Hugo,
    /// Docusaurus: `docusaurus.config.js` and `docs/`.
    Docusaurus,
    /// Jekyll: `_config.yml`, pages, posts and collections.
    Jekyll,
}

/// `lyceum serve`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lyceum serve                  what a guest sees
  lyceum serve --as learner     what someone sees who bought every course
  lyceum serve --drafts         with lessons that are not finished")]
pub(crate) struct Serve {
    /// The port of http://localhost; if it is taken, the next free one.
    #[arg(long, default_value_t = 4000)]
    pub(crate) port: u16,
    /// Who looks at the site.
    #[arg(long = "as", value_enum, value_name = "WHO", default_value_t = Visitor::Guest)]
    pub(crate) visitor: Visitor,
    /// Also show lessons and courses marked `draft: true`.
    #[arg(long)]
    pub(crate) drafts: bool,
}

/// Who looks at a preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Visitor {
    /// Nobody is signed in; paid lessons are locked.
    Guest,
    /// A learner who owns every course.
    Learner,
}

/// `lyceum publish`
#[derive(Debug, Args)]
#[command(after_help = "\
Where to: `[publish]` in `site.toml`, or the two options. For S3 the credentials
come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.

Examples:
  lyceum publish --dry-run
  lyceum publish --public file:///srv/school/public --private file:///srv/school/private
  lyceum publish --public s3://school-public --private s3://school-private")]
pub(crate) struct Publish {
    /// Show what would be uploaded, and upload nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Publish although the live release differs in this, such as `price-changed`.
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = change)]
    pub(crate) accept: Vec<Code>,
    /// Where the two sides of the school stand.
    #[command(flatten)]
    pub(crate) target: Target,
    /// Print the release, the plan or the diagnostics as one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Where a school is published; what is missing comes from `site.toml`.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// The public side: `file:///folder` or `s3://bucket/prefix`.
    #[arg(long, value_name = "URL")]
    pub(crate) public: Option<String>,
    /// The private side: paid lessons, and what only the edge reads.
    #[arg(long, value_name = "URL")]
    pub(crate) private: Option<String>,
    /// The server that speaks S3, unless it is AWS.
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<Url>,
    /// The S3 region.
    #[arg(long)]
    pub(crate) region: Option<String>,
}

/// `lyceum rollback`
#[derive(Debug, Args)]
#[command(after_help = "\
The public pages become those of the release again, byte for byte. The content
in this folder stays as it is: the next `publish` puts it online again.

Examples:
  lyceum rollback --list
  lyceum rollback")]
pub(crate) struct Rollback {
    /// The release to put back; without it, the one before the current one.
    pub(crate) release: Option<String>,
    /// Show which releases there are, and change nothing.
    #[arg(long, conflicts_with = "release")]
    pub(crate) list: bool,
    /// Where the two sides of the school stand.
    #[command(flatten)]
    pub(crate) target: Target,
    /// Print the result as one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `lyceum demo`
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The port of http://localhost; if it is taken, the next free one.
    #[arg(long, default_value_t = 4000)]
    pub(crate) port: u16,
}

/// `lyceum completions`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lyceum completions bash > ~/.local/share/bash-completion/completions/lyceum
  lyceum completions fish > ~/.config/fish/completions/lyceum.fish")]
pub(crate) struct Completions {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}

fn codes(word: &str) -> Result<Codes, String> {
    named(word).map(Codes).map_err(|unknown| match unknown.near {
        Some(near) => format!("{unknown}, did you mean `{near}`?"),
        None => format!("{unknown}, `lyceum explain` lists all codes"),
    })
}

/// What only a comparison with the live release tells.
fn change(word: &str) -> Result<Code, String> {
    let known = || compiler::comparison::CODES.map(Code::name).join(", ");
    let code: Code = word.parse().map_err(|_| format!("write one of {}", known()))?;
    if compiler::comparison::CODES.contains(&code) {
        return Ok(code);
    }
    Err(format!("a publication can accept {}; mend the rest in the content", known()))
}

/// A course's folder is its address, so its name has to be one already.
fn course_name(text: &str) -> Result<Slug, String> {
    let slug = compiler::slug::from_name(text).map_err(|error| format!("it {error}"))?;
    if slug.as_str() != text {
        return Err(format!("write it as it stands in the address: `{slug}`"));
    }
    if matches!(text, "instructors" | "pages") {
        return Err(format!("`content/{text}/` is no course"));
    }
    Ok(slug)
}

fn base_url(text: &str) -> Result<Url, String> {
    let mut url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("a site stands at http:// or https://".to_owned());
    }
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        let folder = format!("{}/", url.path());
        url.set_path(&folder);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_base_url_ends_with_a_slash_and_is_of_the_web() {
        assert_eq!(base_url("https://a.test/x?y#z").unwrap().as_str(), "https://a.test/x/");
        assert!(base_url("ftp://a.test").is_err());
        assert!(base_url("a.test").is_err());
    }
}
