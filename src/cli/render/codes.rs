//! Error codes explained, one by one or as a list.

use super::line::Line;
use super::state::json;
use super::table::table;
use crate::cli::style::{BOLD, CYAN, Look, PLAIN};
use crate::evs::codes::{self, Code, Does};
use crate::words;

/// One code as text: what it is, what it means, what evsctl does, and what to do next.
pub fn one(code: &Code, look: Look) -> String {
    let mut text = String::new();
    let mut line = Line::new();
    line.push(BOLD, code.code).push(PLAIN, "  ").push(PLAIN, &words::codes::kind(code)).write(look, &mut text);
    let mut labelled = |label: &str, words: &str| {
        let mut line = Line::new();
        line.push(CYAN, label).push(PLAIN, " ").push(PLAIN, words).write_wrapped(look, 2, &mut text);
    };
    let labels = words::codes::LABELS;
    labelled(labels.says, words::codes::says(code));
    for does in by_itself(code) {
        labelled(labels.courses, &does);
    }
    labelled(labels.next, words::codes::next(code));
    text
}

/// What evsctl does about it, in a sentence for each kind of answer that it comes with.
fn by_itself(code: &Code) -> Vec<String> {
    code.courses().into_iter().map(|(course, statuses)| words::codes::course(course, &statuses)).collect()
}

/// The same, each in a word.
fn does(code: &Code) -> Vec<&'static str> {
    code.does().into_iter().map(Does::word).collect()
}

/// Every code, one a line.
pub fn all() -> String {
    let rows = codes::all().map(|code| {
        let (class, says) = (code.class.word(), words::codes::says(code));
        [code.code.to_owned(), class.to_owned(), does(code).join("/"), says.to_owned()]
    });
    table(words::codes::HEADS, usize::MAX, rows)
}

/// A code as `explain --format json` promises it.
#[derive(serde::Serialize)]
struct Written {
    code: &'static str,
    class: &'static str,
    /// Empty where only that it is a 4xx is known.
    statuses: &'static [u16],
    meaning: &'static str,
    /// `repeats`, `waits`, `looks`, `stops`: the words for `by_itself`.
    does: Vec<&'static str>,
    by_itself: Vec<String>,
    next: &'static str,
}

impl Written {
    fn of(code: &Code) -> Written {
        Written {
            code: code.code,
            class: code.class.word(),
            statuses: code.statuses,
            meaning: words::codes::says(code),
            does: does(code),
            by_itself: by_itself(code),
            next: words::codes::next(code),
        }
    }
}

/// One code as a JSON document.
pub fn one_json(code: &Code) -> String {
    json(&Written::of(code))
}

/// Every code as one JSON document: `{"codes": [...]}`.
pub fn all_json() -> String {
    #[derive(serde::Serialize)]
    struct Document {
        codes: Vec<Written>,
    }
    json(&Document { codes: codes::all().map(Written::of).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Look = Look { width: 80, color: false };

    fn shown(code: &str) -> String {
        one(codes::find(code).unwrap(), LOOK)
    }

    #[test]
    fn a_code_is_told_in_a_few_lines() {
        assert_eq!(
            shown("APIGW.0308"),
            "\
APIGW.0308  retry, HTTP 429
meaning: too many requests within a time; this one was not carried out
evsctl: waits as long as the answer asks, then sends the same again, for up to
  15 minutes; meanwhile fewer requests are under way at once
next: nothing where it passes; else give apply a lower --parallelism
"
        );
        assert!(shown("EVS.2409").starts_with("EVS.2409  state, HTTP 409\n"));
    }

    #[test]
    fn what_depends_on_the_status_is_told_for_each() {
        // Where the lines end is not promised.
        let text = shown("APIGW.0201").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("(HTTP 400, 413, 414, 494)") && text.contains("(HTTP 502, 504)"), "{text}");
        assert_eq!(does(codes::find("APIGW.0201").unwrap()), ["stops", "repeats"]);
        // A refusal by its code, and a doubt by its status.
        assert!(shown("EVS.2010").contains("exit code 6") && shown("EVS.2010").contains("looked for by its tag"));
        assert!(shown("EVS.2024").contains("where a job that creates ends with it"));
        assert!(shown("EVS.2026").contains("where a job that extends ends with it"));
    }

    #[test]
    fn every_code_fits_into_eighty_columns() {
        for code in codes::all() {
            let text = one(code, LOOK);
            assert!(text.lines().all(|line| line.len() <= 80), "{text}");
            let next: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("next: ")).collect();
            assert_eq!(next, [format!("next: {}", words::codes::next(code))], "{text}");
        }
    }

    #[test]
    fn the_list_has_a_line_for_each_code() {
        let text = all();
        let mut lines = text.lines();
        assert!(lines.next().unwrap().starts_with("CODE         CLASS       EVSCTL"), "{text}");
        assert!(lines.clone().all(|line| line.len() < 120), "{text}");
        assert!(lines.any(|line| line.starts_with("EVS.1034     quota       stops")), "{text}");
        let value: serde_json::Value = serde_json::from_str(&one_json(codes::find("EVS.2409").unwrap())).unwrap();
        assert_eq!(
            (&value["class"], &value["statuses"], &value["does"][0]),
            (&"state".into(), &serde_json::json!([409]), &"stops".into())
        );
    }
}
