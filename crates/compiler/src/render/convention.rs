//! How languages write dates, numbers and prices, for those that schools are
//! written in most.
//!
//! The forms are those of Unicode's CLDR (long date, decimal, standard currency).
//! The library that carries all of CLDR would add megabytes and a minute of
//! compiling for the few lines here. Digits are the European ones everywhere:
//! every reader of the web knows them, and they agree with those in addresses,
//! code and counts. A language that isn't here writes ISO dates, which nobody
//! misreads.

use contracts::language::Language;
use jiff::civil::Date;

/// What a language does in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Convention {
    /// `{d}`, `{m}`, `{y}` and, as a word, `{month}`; empty for the ISO form.
    date: &'static str,
    /// Twelve words apart by spaces; empty where months are numbers.
    months: &'static str,
    /// Between groups of three digits.
    pub(super) group: &'static str,
    /// Between whole and fraction.
    pub(super) decimal: &'static str,
    /// Where the sign of a currency stands.
    pub(super) sign: Sign,
}

/// Where the sign of a currency stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// `€9.50`
    Before,
    /// `€ 9,50`
    BeforeApart,
    /// `9,50 €`
    After,
}

/// What stands between groups in much of Europe; a line never breaks there.
const THIN: &str = "\u{202f}";
const SPACE: &str = "\u{a0}";

const PLAIN: Convention =
    Convention { date: "", months: "", group: ",", decimal: ".", sign: Sign::Before };

const fn with_words(
    date: &'static str,
    months: &'static str,
    group: &'static str,
    decimal: &'static str,
    sign: Sign,
) -> Convention {
    Convention { date, months, group, decimal, sign }
}

const EUROPEAN: &str = "{d} {month} {y}";
const ENGLISH_MONTHS: &str =
    "January February March April May June July August September October November December";
const CHINESE_DATE: &str = "{y}年{m}月{d}日";

/// The convention of a language: of the whole tag, else of its first part.
pub(super) fn of(language: &Language) -> Convention {
    let tag = language.as_str();
    let primary = tag.split('-').next().unwrap_or(tag);
    regional(tag).or_else(|| general(primary)).unwrap_or(PLAIN)
}

/// Regions that write otherwise than their language does elsewhere.
fn regional(tag: &str) -> Option<Convention> {
    Some(match tag {
        "en-US" => with_words("{month} {d}, {y}", ENGLISH_MONTHS, ",", ".", Sign::Before),
        "de-AT" => Convention {
            months: "Jänner Februar März April Mai Juni Juli August September Oktober November \
                     Dezember",
            group: SPACE,
            sign: Sign::BeforeApart,
            ..general("de")?
        },
        "de-CH" | "de-LI" => {
            Convention { group: "’", decimal: ".", sign: Sign::BeforeApart, ..general("de")? }
        }
        "es-MX" => Convention { group: ",", decimal: ".", sign: Sign::Before, ..general("es")? },
        "pt-PT" => Convention { group: SPACE, sign: Sign::After, ..general("pt")? },
        _ => return None,
    })
}

/// What holds for a language as a whole. `None` means it isn't known here.
fn general(primary: &str) -> Option<Convention> {
    use Sign::{After, Before, BeforeApart};
    Some(match primary {
        "en" => with_words(EUROPEAN, ENGLISH_MONTHS, ",", ".", Before),
        "zh" | "ja" => with_words(CHINESE_DATE, "", ",", ".", Before),
        "ko" => with_words("{y}년 {m}월 {d}일", "", ",", ".", Before),
        "vi" => with_words("{d} tháng {m}, {y}", "", ".", ",", After),
        "tr" => with_words(
            EUROPEAN,
            "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
            ".",
            ",",
            Before,
        ),
        "id" => with_words(
            EUROPEAN,
            "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
            ".",
            ",",
            BeforeApart,
        ),
        "hi" => with_words(
            EUROPEAN,
            "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्तूबर नवंबर दिसंबर",
            ",",
            ".",
            Before,
        ),
        "ar" => with_words(
            EUROPEAN,
            "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
            ",",
            ".",
            After,
        ),
        "he" => with_words(
            "{d} ב{month} {y}",
            "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
            ",",
            ".",
            After,
        ),
        _ => return latin(primary).or_else(|| slavic(primary)),
    })
}

/// Western and northern Europe.
fn latin(primary: &str) -> Option<Convention> {
    use Sign::{After, BeforeApart};
    Some(match primary {
        "de" => with_words(
            "{d}. {month} {y}",
            "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
            ".",
            ",",
            After,
        ),
        "fr" => with_words(
            EUROPEAN,
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
            THIN,
            ",",
            After,
        ),
        "es" => with_words(
            "{d} de {month} de {y}",
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre \
             diciembre",
            ".",
            ",",
            After,
        ),
        "pt" => with_words(
            "{d} de {month} de {y}",
            "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro \
             dezembro",
            ".",
            ",",
            BeforeApart,
        ),
        "it" => with_words(
            EUROPEAN,
            "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre \
             dicembre",
            ".",
            ",",
            After,
        ),
        "nl" => with_words(
            EUROPEAN,
            "januari februari maart april mei juni juli augustus september oktober november \
             december",
            ".",
            ",",
            BeforeApart,
        ),
        "sv" => with_words(
            EUROPEAN,
            "januari februari mars april maj juni juli augusti september oktober november december",
            SPACE,
            ",",
            After,
        ),
        "da" => with_words(
            "{d}. {month} {y}",
            "januar februar marts april maj juni juli august september oktober november december",
            ".",
            ",",
            After,
        ),
        "nb" | "no" => with_words(
            "{d}. {month} {y}",
            "januar februar mars april mai juni juli august september oktober november desember",
            SPACE,
            ",",
            After,
        ),
        "fi" => with_words(
            "{d}. {month} {y}",
            "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta \
             syyskuuta lokakuuta marraskuuta joulukuuta",
            SPACE,
            ",",
            After,
        ),
        _ => return None,
    })
}

/// Eastern Europe.
fn slavic(primary: &str) -> Option<Convention> {
    Some(match primary {
        "pl" => with_words(
            EUROPEAN,
            "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października \
             listopada grudnia",
            SPACE,
            ",",
            Sign::After,
        ),
        "cs" => with_words(
            "{d}. {month} {y}",
            "ledna února března dubna května června července srpna září října listopadu prosince",
            SPACE,
            ",",
            Sign::After,
        ),
        "ru" => with_words(
            "{d} {month} {y}\u{a0}г.",
            "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
            SPACE,
            ",",
            Sign::After,
        ),
        "uk" => with_words(
            "{d} {month} {y}\u{a0}р.",
            "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
            SPACE,
            ",",
            Sign::After,
        ),
        _ => return None,
    })
}

impl Convention {
    /// A day as the language writes it in a text.
    pub(super) fn date(&self, date: Date) -> String {
        if self.date.is_empty() {
            return date.to_string();
        }
        let index = usize::try_from(date.month() - 1).unwrap_or_default();
        let month = self.months.split_whitespace().nth(index).unwrap_or_default();
        self.date
            .replace("{d}", &date.day().to_string())
            .replace("{month}", month)
            .replace("{m}", &date.month().to_string())
            .replace("{y}", &date.year().to_string())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn written(tag: &str) -> String {
        of(&Language::parse(tag).unwrap()).date(date(2027, 3, 2))
    }

    #[test]
    fn a_day_is_written_as_its_language_writes_it() {
        let tags = ["en", "en-US", "zh-TW", "ja", "ko", "de", "de-AT", "fr", "es", "ar", "he"];
        assert_eq!(
            tags.map(written),
            [
                "2 March 2027",
                "March 2, 2027",
                "2027年3月2日",
                "2027年3月2日",
                "2027년 3월 2일",
                "2. März 2027",
                "2. März 2027",
                "2 mars 2027",
                "2 de marzo de 2027",
                "2 مارس 2027",
                "2 במרץ 2027",
            ]
        );
    }

    #[test]
    fn a_language_that_is_not_known_writes_the_iso_form() {
        assert_eq!(written("eo"), "2027-03-02");
    }

    #[test]
    fn every_language_with_words_has_twelve_of_them() {
        for tag in [
            "en", "tr", "id", "hi", "ar", "he", "de", "fr", "es", "pt", "it", "nl", "sv", "da",
            "nb", "fi", "pl", "cs", "ru", "uk",
        ] {
            let months = general(tag).unwrap().months.split_whitespace().count();
            assert_eq!(months, 12, "{tag}");
        }
        assert_eq!(regional("de-AT").unwrap().months.split_whitespace().count(), 12);
    }
}
