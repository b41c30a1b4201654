//! A small school with one of everything that a build keeps: pictures, code, formulas,
//! diagrams, two languages, paid lessons, search.

use std::fs;

use crate::harness::School;

/// The lesson that tests edit.
pub(crate) const LESSON: &str = "content/first-course/01-welcome.md";

const EVERYTHING: &str = r#"
A picture: ![noise](noise.png)

A formula: $a^2 + b^2$, and one by itself:

$$\int_0^1 x \,dx$$

```mermaid
flowchart LR
  a[One] --> b[Two]
```
"#;

/// The school, not yet built.
pub(crate) fn full_school() -> School {
    let school = School::new();
    school.edit("site.toml", "languages = [\"en\"]", "languages = [\"en\", \"zh\"]");
    let text = school.read(LESSON);
    school.write(LESSON, &format!("{text}{EVERYTHING}"));
    school.write(
        "content/first-course/01-welcome.zh.md",
        "---\ntitle: 欢迎\nsummary: 怎样写一课。\n---\n\n这一课用中文。\n",
    );
    let paid = "content/first-course/02-behind-the-door.md";
    let text = school.read(paid);
    school.write(
        paid,
        &format!("{text}\n![more](paid.png)\n\n```python\nprint('paid')\n```\n\n$x_1$\n"),
    );
    for (name, seed) in [("noise.png", 1), ("paid.png", 2)] {
        fs::write(school.path(&format!("content/first-course/{name}")), noise(seed, 840, 160))
            .unwrap();
    }
    school
}

/// A picture that no encoder makes small: pixels at random.
pub(crate) fn noise(mut seed: u64, width: u32, height: u32) -> Vec<u8> {
    let mut pixels = Vec::new();
    for _ in 0..height {
        // Each row says first how it is filtered: not at all.
        pixels.extend([0]);
        for _ in 0..width * 3 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            pixels.push(seed.to_be_bytes()[0]);
        }
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk(&mut png, b"IHDR", &[size.as_slice(), &[8, 2, 0, 0, 0]].concat());
    chunk(&mut png, b"IDAT", &stored(&pixels));
    chunk(&mut png, b"IEND", b"");
    png
}

/// zlib without compressing, which noise would not be the smaller for.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks: Vec<&[u8]> = bytes.chunks(0xffff).collect();
    for (number, block) in blocks.iter().enumerate() {
        let length = u16::try_from(block.len()).unwrap();
        stream.push(u8::from(number + 1 == blocks.len()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(*block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    stream.extend(((b << 16) | a).to_be_bytes());
    stream
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], bytes: &[u8]) {
    png.extend(u32::try_from(bytes.len()).unwrap().to_be_bytes());
    let start = png.len();
    png.extend(kind);
    png.extend(bytes);
    let mut sum = u32::MAX;
    for byte in &png[start..] {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    png.extend((!sum).to_be_bytes());
}
