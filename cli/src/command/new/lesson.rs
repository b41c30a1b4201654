//! `lyceum new lesson`: finds the course and the section, and gives the lesson
//! the next number.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use compiler::diagnostic::did_you_mean;

use super::{shown, slug, template, title_of, write_new};
use crate::console;
use crate::failure::Failure;
use crate::school_folder::SchoolFolder;

/// Adds a lesson at `<course>/<lesson>` or `<course>/<section>/<lesson>`.
pub(crate) fn run(school: &SchoolFolder, place: &str, title: Option<String>) -> anyhow::Result<()> {
    let (course, section, lesson) = match place.split('/').collect::<Vec<_>>()[..] {
        [course, lesson] => (course, None, lesson),
        [course, section, lesson] => (course, Some(slug(section)?), lesson),
        _ => {
            return Err(Failure::new(
                format!("`{place}` does not say where the lesson belongs"),
                "write `<course>/<lesson>` or `<course>/<section>/<lesson>`",
            )
            .into());
        }
    };
    let lesson = slug(lesson)?;
    let folder = match course_folder(school, course)? {
        Some(folder) => folder,
        None => return Err(unknown_course(school, course)?),
    };
    refuse_taken(school, &folder, lesson.as_str())?;

    let folder = match section {
        Some(section) => section_folder(school, &folder, section.as_str())?,
        None => folder,
    };
    let name = format!("{}-{lesson}.md", next_number(&entries(&folder)?));
    let path = folder.join(name);
    let title = title.unwrap_or_else(|| title_of(lesson.as_str()));
    write_new(&path, &template::fill(template::LESSON, &title))?;
    console::say(&format!("made `{}`", shown(school, &path)));
    Ok(())
}

/// The folder of the course with this name, with or without a number before it.
pub(crate) fn course_folder(
    school: &SchoolFolder,
    course: &str,
) -> anyhow::Result<Option<PathBuf>> {
    let found = courses(school)?.into_iter().find(|name| bare(name) == course);
    Ok(found.map(|name| school.join("content").join(name)))
}

fn courses(school: &SchoolFolder) -> anyhow::Result<Vec<String>> {
    let content = school.join("content");
    let is_course = |name: &String| content.join(name).join("course.md").is_file();
    Ok(entries(&content)?.into_iter().filter(is_course).collect())
}

fn unknown_course(school: &SchoolFolder, course: &str) -> anyhow::Result<anyhow::Error> {
    let courses = courses(school)?;
    let hint = match did_you_mean(course, courses.iter().map(|name| bare(name))) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("make it with `lyceum new course {course}`"),
    };
    Ok(Failure::new(format!("there is no course `{course}`"), hint).into())
}

/// Two lessons of a course can't have the same address, whatever their sections.
fn refuse_taken(school: &SchoolFolder, course: &Path, lesson: &str) -> anyhow::Result<()> {
    let mut folders = vec![course.to_owned()];
    folders.extend(sections(course)?.into_iter().map(|name| course.join(name)));
    for folder in folders {
        if let Some(taken) = entries(&folder)?.into_iter().find(|name| bare(name) == lesson) {
            return Err(Failure::new(
                format!(
                    "there is a lesson or section `{lesson}` already: `{}`",
                    shown(school, &folder.join(taken))
                ),
                "choose another name",
            )
            .into());
        }
    }
    Ok(())
}

/// The folder of the section; a new section is put after the last one.
fn section_folder(school: &SchoolFolder, course: &Path, section: &str) -> anyhow::Result<PathBuf> {
    if let Some(name) = sections(course)?.into_iter().find(|name| bare(name) == section) {
        return Ok(course.join(name));
    }
    let folder = course.join(format!("{}-{section}", next_number(&entries(course)?)));
    let path = folder.join("section.md");
    write_new(&path, &template::fill(template::SECTION, &title_of(section)))?;
    console::say(&format!("made `{}`", shown(school, &path)));
    Ok(folder)
}

/// Folders of a course that are no lessons themselves.
fn sections(course: &Path) -> anyhow::Result<Vec<String>> {
    let is_section = |name: &String| {
        let folder = course.join(name);
        folder.is_dir() && !folder.join("lesson.md").is_file()
    };
    Ok(entries(course)?.into_iter().filter(is_section).collect())
}

/// Names of the folders and Markdown files in a folder, in order.
fn entries(folder: &Path) -> anyhow::Result<Vec<String>> {
    let read = || -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_dir() || name.ends_with(".md") {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    };
    match read() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        other => other.with_context(|| format!("failed to read `{}`", folder.display())),
    }
}

/// `02-ownership.zh.md` is `ownership` in an address.
fn bare(name: &str) -> &str {
    let name = numbered(name).map_or(name, |(_, rest)| rest);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

/// The number before a name, as written, and the name.
fn numbered(name: &str) -> Option<(&str, &str)> {
    let (number, rest) = name.split_once('-')?;
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then_some((number, rest))
}

/// One more than the highest, and as wide as the widest, two digits at least.
fn next_number(names: &[String]) -> String {
    let numbers: Vec<&str> =
        names.iter().filter_map(|name| numbered(name)).map(|(number, _)| number).collect();
    let highest = numbers.iter().filter_map(|number| number.parse::<u64>().ok()).max().unwrap_or(0);
    let width = numbers.iter().map(|number| number.len()).max().unwrap_or(0).clamp(2, 9);
    format!("{:0width$}", highest.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(names: &[&str]) -> String {
        next_number(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_lesson_gets_the_number_after_the_last() {
        assert_eq!(next(&[]), "01");
        assert_eq!(next(&["01-a.md", "09-b.md", "course.md"]), "10");
        assert_eq!(next(&["001-a", "7-b"]), "008");
        assert_eq!(next(&["99999999999999999999999-a"]), "000000001");
    }

    #[test]
    fn the_number_and_the_endings_do_not_show_in_an_address() {
        assert_eq!(bare("02-ownership.zh.md"), "ownership");
        assert_eq!(bare("ownership.md"), "ownership");
        assert_eq!(bare("c-lang"), "c-lang");
    }
}
