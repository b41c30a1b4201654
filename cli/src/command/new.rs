//! `lyceum new`: a school that builds at once, a course, a lesson.
//!
//! Nothing that exists is ever overwritten. The texts stand in `template/`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use compiler::schema;
use contracts::id::Slug;

use crate::args::{New, NewPart};
use crate::console;
use crate::failure::{Failure, Outcome};
use crate::school_folder::SchoolFolder;

mod lesson;
pub(crate) mod template;

/// Folders of `content/` that are no courses.
const RESERVED: [&str; 2] = ["instructors", "pages"];

/// Makes what was asked for.
pub(crate) fn run(new: New, school: &Path) -> anyhow::Result<Outcome> {
    match (new.part, new.folder) {
        (Some(NewPart::Course { name, title }), _) => course(school, &name, title)?,
        (Some(NewPart::Lesson { place, title }), _) => {
            lesson::run(&SchoolFolder::find(school)?, &place, title)?;
        }
        (None, Some(folder)) => new_school(&folder)?,
        (None, None) => {
            return Err(Failure::new(
                "there is no name for the new school",
                "write `lyceum new my-school`",
            )
            .into());
        }
    }
    Ok(Outcome::Done)
}

/// Named in the first line of the template's `site.toml`, where editors look.
const SCHEMA: &str = "site.schema.json";

fn new_school(folder: &Path) -> anyhow::Result<()> {
    refuse_used(folder)?;
    let absolute = std::path::absolute(folder)?;
    let name = absolute.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let title = title_of(&name);
    for (path, text) in template::SCHOOL {
        write_new(&folder.join(path), &template::fill(text, &title))?;
    }
    let schema = serde_json::to_string_pretty(&schema::of(schema::Kind::Site))? + "\n";
    write_new(&folder.join(SCHEMA), &schema)?;
    let enter = if folder == Path::new(".") {
        String::new()
    } else {
        format!("  cd {}\n", shell_word(&folder.display().to_string()))
    };
    console::say(&format!(
        "made a school in `{}`; go on with\n{enter}  lyceum serve",
        folder.display()
    ));
    Ok(())
}

/// The text as one word for a shell, since the line is there to be pasted.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-~".contains(c);
    if text.chars().all(plain) && !text.starts_with('-') {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A folder that holds nothing, or only what `git init` made, may be filled.
fn refuse_used(folder: &Path) -> anyhow::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(error)
                .with_context(|| format!("failed to make a school in `{}`", folder.display()));
        }
    };
    for entry in entries {
        if entry?.file_name() != ".git" {
            return Err(Failure::new(
                format!("`{}` is not empty", folder.display()),
                "choose a folder that doesn't exist yet",
            )
            .into());
        }
    }
    Ok(())
}

fn course(school: &Path, name: &str, title: Option<String>) -> anyhow::Result<()> {
    let school = SchoolFolder::find(school)?;
    let slug = slug(name)?;
    if RESERVED.contains(&slug.as_str()) {
        return Err(Failure::new(
            format!("a course can't be named `{slug}`: that folder holds something else"),
            "choose another name",
        )
        .into());
    }
    if let Some(folder) = lesson::course_folder(&school, slug.as_str())? {
        return Err(Failure::new(
            format!("there is a course `{slug}` already, in `{}`", shown(&school, &folder)),
            format!("add a lesson to it with `lyceum new lesson {slug}/first-steps`"),
        )
        .into());
    }
    let path = school.join("content").join(slug.as_str()).join("course.md");
    let title = title.unwrap_or_else(|| title_of(slug.as_str()));
    write_new(&path, &template::fill(template::COURSE, &title))?;
    console::say(&format!(
        "made `{}`; add a lesson with `lyceum new lesson {slug}/first-steps`",
        shown(&school, &path)
    ));
    Ok(())
}

fn slug(name: &str) -> anyhow::Result<Slug> {
    Slug::parse(name).map_err(|error| {
        Failure::new(
            format!("the name `{name}` {error}"),
            "a name stands in an address: letters and digits joined by `-`",
        )
        .into()
    })
}

/// `first-steps` becomes `First steps`.
fn title_of(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let mut letters = words.trim().chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "My school".to_owned(),
    }
}

fn shown(school: &SchoolFolder, path: &Path) -> String {
    path.strip_prefix(school.root()).unwrap_or(path).display().to_string()
}

/// Writes a file that must not exist yet, and the folders above it.
fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    let write = || -> io::Result<()> {
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        File::create_new(path)?.write_all(text.as_bytes())
    };
    write().map_err(|error| {
        let path: PathBuf = path.to_owned();
        if error.kind() == io::ErrorKind::AlreadyExists {
            Failure::new(
                format!("`{}` exists already", path.display()),
                "choose another name, or edit that file",
            )
            .into()
        } else {
            anyhow::Error::new(error).context(format!("failed to write `{}`", path.display()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_made_from_a_name() {
        assert_eq!(title_of("first-steps"), "First steps");
        assert_eq!(title_of("所有权"), "所有权");
        assert_eq!(title_of("-"), "My school");
    }

    #[test]
    fn a_folder_is_one_word_when_its_line_is_pasted_into_a_shell() {
        assert_eq!(shell_word("my-school"), "my-school");
        assert_eq!(shell_word("我的学校"), "我的学校");
        assert_eq!(shell_word("my school"), "'my school'");
        assert_eq!(shell_word("ada's"), r"'ada'\''s'");
    }
}
