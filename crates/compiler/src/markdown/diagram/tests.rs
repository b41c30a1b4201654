//! Each kind of diagram drawn, and what hostile ones come to.

use std::collections::BTreeSet;

use quick_xml::events::Event;
use quick_xml::reader::Reader;

use super::*;

fn alone(source: &str) -> Result<Drawing, BadDiagram> {
    draw(source, 1, Control::new())
}

/// One diagram of each kind, and what must be found in it as text.
const EACH: [(&str, &[&str]); 10] = [
    (
        "flowchart TD\n  A[Write a lesson] --> B{Checked?}\n  B -->|yes, all fine| C(Publish)\n  C --> E[(对象存储)]\n  subgraph edge [边缘服务]\n    E -.-> F((Reader))\n    F ==> G{{Gate}}\n  end\n",
        &["Write a lesson", "Checked?", "yes, all fine", "Publish", "对象存储", "边缘服务", "Gate"],
    ),
    (
        "sequenceDiagram\n  autonumber\n  actor L as 学习者\n  participant E as Edge\n  L->>+E: GET the lesson\n  Note right of E: verify the token\n  alt entitled\n    E-->>L: body\n  else not\n    E--xL: 402\n  end\n  E-->>-L: page\n",
        &["学习者", "Edge", "GET the lesson", "verify the token", "body", "402"],
    ),
    (
        "classDiagram\n  class Lesson {\n    +String title\n    +render(theme) Site\n  }\n  class Course~T~\n  <<interface>> Renderable\n  Course \"1\" *-- \"many\" Lesson : holds 课程\n  Renderable <|.. Lesson\n",
        &[
            "Lesson",
            "+String title",
            "+render(theme) : Site",
            "Course<T>",
            "«interface»",
            "holds 课程",
            "many",
        ],
    ),
    (
        "stateDiagram-v2\n  [*] --> Draft\n  Draft --> Published : publish 发布\n  Published --> [*]\n  state Published {\n    [*] --> Fresh\n    Fresh --> Stale : 一天以后\n  }\n  note right of Draft : only the author\n",
        &["Draft", "Published", "publish 发布", "Fresh", "一天以后", "only the author"],
    ),
    (
        "erDiagram\n  LEARNER ||--o{ GRANT : holds\n  GRANT }o--|| PRODUCT : \"is for 产品\"\n  LEARNER {\n    string email PK \"the address\"\n  }\n",
        &["LEARNER", "GRANT", "holds", "is for 产品", "email", "the address"],
    ),
    (
        "gantt\n  title A course 课程计划\n  dateFormat YYYY-MM-DD\n  section Write\n  Outline 提纲 :done, a1, 2026-01-01, 10d\n  Lessons :active, a2, after a1, 20d\n",
        &["A course 课程计划", "Write", "Outline 提纲", "Lessons"],
    ),
    (
        "pie showData\n  title Where from\n  \"Search 搜索\" : 42\n  \"Friends\" : 30\n",
        &["Where from", "Search 搜索 [42]", "Friends [30]"],
    ),
    (
        "mindmap\n  root((Lyceum 学校))\n    Write\n      Markdown 与组件\n    A label that is long enough to be parted into lines\n",
        &[
            "Lyceum 学校",
            "Write",
            "Markdown 与组件",
            "A label that is long enough to be parted into lines",
        ],
    ),
    (
        "timeline\n  title History of 课程\n  section First\n  2024 : Idea : Draft\n  2025 : Launch 上线\n",
        &["History of 课程", "First", "2024", "Idea", "Launch 上线"],
    ),
    (
        "gitGraph\n  commit id: \"start\"\n  branch draft\n  commit id: \"lesson 课\"\n  checkout main\n  merge draft tag: \"v1\"\n",
        &["start", "draft", "lesson 课", "v1", "main"],
    ),
];

const LISTED: [&str; 14] = [
    "circle", "defs", "desc", "ellipse", "g", "line", "marker", "path", "polygon", "polyline",
    "rect", "svg", "text", "tspan",
];

/// The texts of a drawing, after a check that it holds nothing but what is listed.
#[track_caller]
fn texts(svg: &str) -> String {
    let mut reader = Reader::from_str(svg);
    let mut ids = BTreeSet::new();
    let mut references = Vec::new();
    let mut texts = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) | Event::Empty(element) => {
                let name = String::from_utf8(element.name().as_ref().to_vec()).unwrap();
                assert!(LISTED.contains(&name.as_str()), "{name}");
                for attribute in element.attributes() {
                    let attribute = attribute.unwrap();
                    let key = String::from_utf8(attribute.key.as_ref().to_vec()).unwrap();
                    let value = String::from_utf8(attribute.value.to_vec()).unwrap();
                    let allowed = !key.starts_with("on")
                        && !["style", "href", "xlink:href", "filter", "src"]
                            .contains(&key.as_str());
                    assert!(allowed, "{key}");
                    if key == "id" {
                        assert!(ids.insert(value), "an id twice");
                    } else if let Some(id) = value.strip_prefix("url(#") {
                        references.push(id.trim_end_matches(')').to_owned());
                    } else if key != "aria-label" {
                        assert!(!value.contains("url") && !value.contains(':'), "{key}={value}");
                    }
                }
                texts.push(if name == "text" { '\n' } else { ' ' });
            }
            Event::Text(text) => texts.push_str(&text.decode().unwrap()),
            Event::GeneralRef(reference) => texts.push(match &*reference {
                b"lt" => '<',
                b"gt" => '>',
                b"amp" => '&',
                _ => '"',
            }),
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(references.iter().all(|id| ids.contains(id)), "{references:?} {ids:?}");
    assert_eq!(references.iter().collect::<BTreeSet<_>>().len(), ids.len(), "an id nobody uses");
    texts.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ") + "\n").collect()
}

#[test]
fn each_kind_is_drawn_with_its_labels_as_text() {
    for (source, labels) in EACH {
        let svg = alone(source).unwrap().html("A \"name\"");
        let texts = texts(&svg);
        for label in labels {
            assert!(texts.contains(label), "{label} is not in {texts}");
        }
        assert!(svg.starts_with("<svg role=\"img\" aria-label=\"A &quot;name&quot;\" width=\""));
        assert!(svg.len() < 16_000, "{} bytes: {source}", svg.len());
    }
}

#[test]
fn the_same_text_is_the_same_drawing() {
    for (source, _) in EACH {
        assert_eq!(alone(source).unwrap().html(""), alone(source).unwrap().html(""));
    }
}

/// Draws in a thread with as little stack as the threads that build a school have.
fn drawn_in_a_small_stack(source: String) -> Result<usize, String> {
    let draw = move || alone(&source).map(|d| d.html("").len()).map_err(|bad| bad.message);
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(draw).unwrap();
    thread.join().unwrap()
}

/// Texts that unfold, nest, or ask for more than anyone can look at.
fn hostile() -> Vec<String> {
    let many =
        |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let ids = |from: usize, count: usize| {
        (from..from + count).map(|n| format!("n{n}")).collect::<Vec<_>>().join(" & ")
    };
    vec![
        format!("flowchart TD\n{}", many(10_000, &|n| format!("n{n} --> n{}\n", n + 1))),
        format!("flowchart TD\n{}", many(1_500, &|n| format!("{n}-->{}\n", n + 1))),
        format!("flowchart TD\n{}", many(290, &|n| format!("n{}-->n{}\n", n % 90, (n * 37 + 5) % 90))),
        format!("flowchart TD\n{} --> {}\n", ids(0, 250), ids(1_000, 250)),
        format!("flowchart TD\n{}\n", (0..30).map(|g| ids(g * 60, 60)).collect::<Vec<_>>().join(" --> ")),
        format!("flowchart TD\n{}a-->b\n{}", "subgraph x\n".repeat(1_000), "end\n".repeat(1_000)),
        format!("flowchart TD\n{}a-->b\n{}", many(20, &|n| format!("subgraph s{n}\n")), "end\n".repeat(20)),
        format!("flowchart TD\nA[{}]\n", "word ".repeat(3_900)),
        format!("flowchart TD\nA[\"{}\"]\n", "字".repeat(6_000)),
        format!("flowchart TD\nA{}\n", "[".repeat(15_000)),
        format!("flowchart TD\nA{}\n", "-->A".repeat(4_000)),
        "flowchart TD\nsubgraph a\nb\nend\nsubgraph b\na\nend\n".to_owned(),
        "flowchart TD\nsubgraph a\na\nend\na-->a\n".to_owned(),
        format!("mindmap\n{}", many(150, &|n| format!("{}n\n", " ".repeat(n + 1)))),
        format!("mindmap\n r\n{}", many(590, &|n| format!("  n{n}\n"))),
        format!("stateDiagram-v2\n{}{}", "state s {\n".repeat(900), "}\n".repeat(900)),
        format!("stateDiagram-v2\n{}", many(250, &|n| format!("s{n} --> s{}\n", n * 7 % 250))),
        format!("classDiagram\n{}", many(250, &|n| format!("C{n} <|-- C{}\n", n * 7 % 250))),
        format!("classDiagram\n{}", "namespace a {\n".repeat(1_000)),
        format!("erDiagram\n{}", many(250, &|n| format!("C{n} ||--o{{ C{} : a\n", n * 7 % 250))),
        format!("sequenceDiagram\n{}{}", "loop a\n".repeat(1_400), "end\n".repeat(1_400)),
        format!("sequenceDiagram\n{}", many(600, &|n| format!("A{}->>B{n}: a\n", n % 50))),
        "gantt\ndateFormat YYYY-MM-DD\ntickInterval 1second\na : 0001-01-01, 9999-12-31\n".to_owned(),
        "gantt\ndateFormat YYYY-MM-DD\nexcludes weekends\na : 0001-01-01, 999999999d\n".to_owned(),
        "gantt\ndateFormat YYYY-MM-DD\nexcludes weekends\na : 0001-01-01, 9999d\n".to_owned(),
        format!("gantt\nexcludes {}\na : 2020-01-01, 9000d\n", "monday,tuesday,wednesday,thursday,friday,saturday,sunday"),
        format!("gantt\n{}", many(400, &|n| format!("a{n} : t{n}, after t{}, 1d\n", (n + 1) % 400))),
        format!("pie\n{}", many(900, &|n| format!("\"a{n}\" : {n}\n"))),
        "pie\n\"a\" : 1e308\n\"b\" : 1e308\n".to_owned(),
        format!("timeline\n{}", many(590, &|n| format!("{n} : a\n"))),
        format!("gitGraph\n{}", "commit\n".repeat(590)),
        format!("gitGraph\n{}", many(290, &|n| format!("branch b{n}\ncommit\n"))),
        format!("%%{{init: {}}}%%\nflowchart TD\na-->b\n", "{\"a\":".repeat(3_000)),
        "---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e]\n---\nflowchart TD\na-->b\n".to_owned(),
        "\u{0}\u{ffff}\u{202e}\r\r\r".repeat(1_000),
    ]
}

#[test]
fn a_hostile_diagram_ends_and_harms_nothing() {
    for source in hostile() {
        let start: String = source.chars().take(60).collect();
        let begun = std::time::Instant::now();
        let drawn = drawn_in_a_small_stack(source);
        eprintln!("{start:?}: {drawn:?} in {:?}", begun.elapsed());
        assert!(drawn.is_err() || drawn.is_ok_and(|bytes| bytes < 2_000_000), "{start}");
    }
}

#[test]
fn nothing_of_a_label_is_taken_as_markup() {
    for source in [
        "flowchart TD\nA[\"<script>alert(1)</script> & <img src=x onerror=alert(1)>\"]\n",
        "flowchart TD\nA[a]\nclick A \"javascript:alert(1)\" \"tip\"\n",
        "flowchart TD\nA[a]\nclick A call alert(1)\nstyle A fill:url(https://a.test/x)\n",
        "flowchart TD\nA@{ img: \"https://a.test/x.png\", label: \"a\" }\n",
        "flowchart TD\nA@{ icon: \"fa:bell\", label: \"a\" }\n",
        "flowchart TD\nA[\"`**bold** <iframe src=https://a.test/>`\"]\n",
        "%%{init: {\"htmlLabels\": true, \"securityLevel\": \"loose\", \"themeCSS\": \"@import 'https://a.test'\"}}%%\nflowchart TD\nA[<b>a</b>]\n",
        "---\nconfig:\n  htmlLabels: true\n  securityLevel: loose\n---\nclassDiagram\nclass A\nlink A \"javascript:alert(1)\"\n",
        "sequenceDiagram\nparticipant A\nlink A: x @ javascript:alert(1)\nA->>A: </text><script>\n",
        "erDiagram\nA ||--|| B : \"</svg><script>\"\n",
        "pie\n\"</text><script>\" : 1\n",
        "mindmap\n r[\"<script>x</script><img onerror=x>\"]\n  ::icon(fa fa-book)\n",
        "gitGraph\ncommit id: \"</text><script>\"\n",
        "flowchart TD\naccTitle: \"><script>\naccDescr: </desc><script>\nA\n",
    ] {
        if let Ok(drawing) = alone(source) {
            texts(&drawing.html("\"><script>"));
        }
    }
}
