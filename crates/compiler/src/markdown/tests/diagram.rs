//! Diagrams in a text: how they are shown, named, counted and told of.

use super::*;

#[track_caller]
fn tells(text: &str, expect: &[&str]) {
    assert_eq!(Fixture::new().told(text, Readers::Everyone), expect, "{text}");
}

#[test]
fn a_diagram_is_named_by_its_author_else_by_what_is_in_it() {
    let name = |info: &str, source: &str| {
        let html = Fixture::new().html(&format!("```mermaid {info}\n{source}\n```\n"));
        html.split("aria-label=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let plain = "flowchart LR\n a[Write] --> b[Publish]";
    let titled = "flowchart LR\n accTitle: How it goes\n accDescr: From left to right\n a --> b";
    assert_eq!(name("", plain), "Diagram: Write, Publish");
    assert_eq!(name("", titled), "How it goes");
    assert_eq!(name("title=\"The way\"", titled), "The way");
    assert_eq!(name("title=\"The way\" alt=\"Two steps\"", plain), "Two steps");
    let html = Fixture::new().html(&format!("```mermaid title=\"A <b>\"\n{titled}\n```\n"));
    assert!(html.contains("<figcaption>A &lt;b&gt;</figcaption>"), "{html}");
    assert!(html.contains("<desc>From left to right</desc>"), "{html}");
    let html = Fixture::new().in_chinese().html(&format!("```mermaid\n{plain}\n```\n"));
    assert!(html.contains("aria-label=\"图表: Write, Publish\""), "{html}");
}

#[test]
fn two_diagrams_of_a_page_share_no_name() {
    let one = "```mermaid\nflowchart LR\n a --> b\n```\n\n";
    let html = Fixture::new().html(&one.repeat(2));
    let ids: Vec<&str> =
        html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(ids, ["diagram1-1", "diagram2-1"]);
    assert!(html.contains("marker-end=\"url(#diagram2-1)\""), "{html}");
}

#[test]
fn a_diagram_that_is_broken_is_told_with_its_place_and_shown_as_code() {
    tells(
        "Text.\n\n```mermaid\nflowchart TD\n  A[Start --> B\n```\n",
        &[
            "5:4+12 warning[bad-diagram] this diagram can't be drawn: Unterminated node label (missing `]`)",
        ],
    );
    tells(
        "- a\n\n  ```mermaid\n  flowchart TD\n    A[开始 --> B\n  ```\n",
        &[
            "5:6+9 warning[bad-diagram] this diagram can't be drawn: Unterminated node label (missing `]`)",
        ],
    );
    let rendered = Fixture::new().render("```mermaid\nflowchart TD\nA[\n```\n", Readers::Everyone);
    assert!(rendered.document.public.0.contains("data-lang=\"mermaid\""));
    assert!(rendered.document.public.0.contains("flowchart TD\nA[\n"));
}

#[test]
fn a_kind_that_can_not_be_drawn_is_told_with_those_that_can() {
    const KINDS: &str = "the kinds are `flowchart`, `sequenceDiagram`, `classDiagram`, `stateDiagram-v2`, `erDiagram`, `gantt`, `pie`, `mindmap`, `timeline`, `gitGraph`";
    tells(
        "```mermaid\n%% later\nquadrantChart\n  title x\n```\n",
        &[&format!(
            "3:1+13 warning[bad-diagram] this diagram can't be drawn: there is no kind of diagram `quadrantChart` | {KINDS}"
        )],
    );
    tells(
        "```mermaid\n```\n",
        &[&format!(
            "1:1+10 warning[bad-diagram] this diagram can't be drawn: it is empty | {KINDS}"
        )],
    );
}

#[test]
fn a_diagram_that_is_too_large_is_told_with_the_bound() {
    let long = format!("```mermaid\nflowchart TD\nA[{}]\n```\n", "a".repeat(20_000));
    tells(
        &long,
        &[
            "1:1+10 warning[bad-diagram] this diagram can't be drawn: it is too large to be drawn: a diagram has at most 20000 bytes | part it into several diagrams",
        ],
    );
    let many: String = (0..700).map(|n| format!("n{n}-->n{}\n", n + 1)).collect();
    tells(
        &format!("```mermaid\nflowchart TD\n{many}```\n"),
        &[
            "1:1+10 warning[bad-diagram] this diagram can't be drawn: it is too large to be drawn: a diagram has at most 600 parts | part it into several diagrams",
        ],
    );
    let deep = format!(
        "```mermaid\nflowchart TD\n{}a-->b\n{}```\n",
        (0..30).map(|n| format!("subgraph s{n}\n")).collect::<String>(),
        "end\n".repeat(30)
    );
    tells(
        &deep,
        &[
            "1:1+10 warning[bad-diagram] this diagram can't be drawn: it is too large to be drawn: groups stand at most 24 deep in one another | part it into several diagrams",
        ],
    );
}

#[test]
fn a_task_without_end_is_told() {
    tells(
        "```mermaid\ngantt\n  excludes weekends\n  Bake : 2026-01-01, 999999999d\n```\n",
        &[
            "4:22+10 warning[bad-diagram] this diagram can't be drawn: a task takes at most 9999 of anything",
        ],
    );
}

#[test]
fn a_diagram_of_a_paid_text_is_only_in_its_gated_part() {
    let text =
        "Open.\n\n<!-- more -->\n\n```mermaid\nflowchart LR\n a[The hidden step] --> b\n```\n";
    let rendered = Fixture::new().render(text, PAID);
    assert!(!rendered.document.public.0.contains("hidden step"));
    assert!(rendered.document.gated.unwrap().0.contains("The hidden step"));
}
