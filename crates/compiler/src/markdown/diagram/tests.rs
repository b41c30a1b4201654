//! Each kind of diagram drawn, and what hostile ones come to.

use std::collections::BTreeSet;

use quick_xml::events::Event;
use quick_xml::reader::Reader;

use super::*;

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
        let svg = draw(source, 1).unwrap().html("A \"name\"");
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
        assert_eq!(draw(source, 1).unwrap().html(""), draw(source, 1).unwrap().html(""));
    }
}
