//! What the commands take that make a website, show it and put it where learners are.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use compiler::diagnostic::Code;
use url::Url;

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
    /// Show where the time went: by stage, by template, and the slowest pages.
    #[arg(long)]
    pub(crate) timings: bool,
    /// Print what was built and the diagnostics as one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
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

Only what differs from the live release is sent. A publication that was interrupted
goes on where it stopped when it is run again. If nothing has changed since the last
one from this folder, and its release is live, nothing is compiled or sent.

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
    /// Look for every object of the release, even if nothing has changed, and send
    /// those that were lost.
    #[arg(long)]
    pub(crate) verify: bool,
    /// Show where the time went.
    #[arg(long)]
    pub(crate) timings: bool,
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

/// What only a comparison with the live release tells.
fn change(word: &str) -> Result<Code, String> {
    let known = || compiler::comparison::CODES.map(Code::name).join(", ");
    let code: Code = word.parse().map_err(|_| format!("write one of {}", known()))?;
    if compiler::comparison::CODES.contains(&code) {
        return Ok(code);
    }
    Err(format!("a publication can accept {}; mend the rest in the content", known()))
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
    use super::base_url;

    #[test]
    fn a_base_url_ends_with_a_slash_and_is_of_the_web() {
        assert_eq!(base_url("https://a.test/x?y#z").unwrap().as_str(), "https://a.test/x/");
        assert!(base_url("ftp://a.test").is_err());
        assert!(base_url("a.test").is_err());
    }
}
