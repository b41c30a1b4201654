//! Words, sentences, tables and formulas at random.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

const SYLLABLES: [&str; 40] = [
    "ba", "den", "cor", "mi", "tal", "ve", "ron", "sel", "pa", "lo", "gri", "hun", "ta", "res",
    "ki", "mon", "fer", "ul", "os", "ne", "dra", "vin", "car", "pel", "sto", "wen", "ish", "al",
    "tor", "bre", "que", "lin", "ed", "am", "zo", "fi", "per", "un", "der", "sky",
];

const SHORT: [&str; 24] = [
    "the", "a", "of", "and", "to", "in", "is", "it", "that", "for", "with", "as", "on", "by",
    "from", "or", "which", "when", "each", "one", "no", "has", "are", "this",
];

/// A word that is found rarely.
fn word(random: &mut StdRng) -> String {
    let count = random.random_range(2..=4);
    (0..count).filter_map(|_| SYLLABLES.choose(random)).copied().collect()
}

fn words(random: &mut StdRng, count: usize) -> Vec<String> {
    let one = |random: &mut StdRng| match random.random_bool(0.45) {
        true => SHORT.choose(random).copied().unwrap_or_default().to_owned(),
        false => word(random),
    };
    (0..count).map(|_| one(random)).collect()
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Three to five words.
pub(super) fn title(random: &mut StdRng) -> String {
    let count = random.random_range(3..=5);
    let words: Vec<String> = (0..count).map(|_| word(random)).collect();
    capitalised(&words.join(" "))
}

/// A sentence of 8 to 18 words.
pub(super) fn sentence(random: &mut StdRng) -> String {
    let count = random.random_range(8..=18);
    capitalised(&words(random, count).join(" ")) + "."
}

/// Sentences with emphasis, code and a link, as authors write them.
pub(super) fn paragraph(random: &mut StdRng) -> String {
    let mut sentences: Vec<String> =
        (0..random.random_range(3..=6)).map(|_| sentence(random)).collect();
    let marked = match random.random_range(0..4) {
        0 => format!("It is *{}* at last.", word(random)),
        1 => format!("Write `{}` and see **{}**.", word(random), word(random)),
        2 => {
            let (text, host) = (word(random), word(random));
            format!("Read [{text}](https://{host}.example/{}).", word(random))
        }
        _ => format!("- {}\n- {}", sentence(random), sentence(random)),
    };
    let is_list = marked.starts_with('-');
    if is_list {
        return format!("{}\n\n{marked}", sentences.join(" "));
    }
    sentences.push(marked);
    sentences.join(" ")
}

/// Four columns, six rows and a head.
pub(super) fn table(random: &mut StdRng) -> Vec<Vec<String>> {
    let row = |random: &mut StdRng| {
        vec![
            word(random),
            random.random_range(1..100_000).to_string(),
            format!("{:.2}", random.random_range(0.0..100.0)),
            words(random, 3).join(" "),
        ]
    };
    (0..7).map(|_| row(random)).collect()
}

/// A formula that every engine can read.
pub(super) fn formula(random: &mut StdRng) -> String {
    let (a, b, n) =
        (random.random_range(2..90), random.random_range(2..90), random.random_range(2..9));
    match random.random_range(0..4) {
        0 => format!(r"\sum_{{i=1}}^{{{a}}} \frac{{x_i^{n}}}{{{b} + \sqrt{{y_i}}}}"),
        1 => format!(r"\int_0^{{{a}}} e^{{-{b} t^{n}}} \, dt = \alpha_{{{n}}} + \beta"),
        2 => format!(r"f(x) = {a} x^{n} - {b} x + \frac{{\pi}}{{{n}}}"),
        _ => format!(r"\left( \frac{{{a}}}{{{b}}} \right)^{n} \leq \lim_{{k \to \infty}} z_k"),
    }
}
