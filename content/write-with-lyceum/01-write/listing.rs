//! A listing from which the lesson beside it takes its lines.

// ANCHOR: whole
/// How much water a dough takes.
fn hydrate(flour: u32, percent: u32) -> u32 {
    // ANCHOR: rule
    flour * percent / 100
    // ANCHOR_END: rule
}
// ANCHOR_END: whole

fn main() {
    println!("{} g", hydrate(500, 68));
}
