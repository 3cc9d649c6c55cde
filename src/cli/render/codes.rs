//! Error codes explained, one by one or as a list.

use super::line::Line;
use super::state::json;
use super::table::table;
use crate::cli::style::{BOLD, CYAN, Look, PLAIN};
use crate::evs::codes::{self, Class, Code, by_itself};

/// One code as text: what it is, what it means, what evsctl does, and what to do next.
pub fn one(code: &Code, look: Look) -> String {
    let mut text = String::new();
    let Code { code: name, class, says, next, .. } = code;
    let mut line = Line::new();
    line.push(BOLD, name).push(PLAIN, &format!("  {}, HTTP {}", class.word(), code.statuses())).write(look, &mut text);
    let mut labelled = |label: &str, words: &str| {
        let mut line = Line::new();
        line.push(CYAN, label).push(PLAIN, " ").push(PLAIN, words).write_wrapped(look, 2, &mut text);
    };
    labelled("meaning:", says);
    for does in does(code) {
        labelled("evsctl:", &does);
    }
    labelled("next:", next);
    text
}

/// What evsctl does about it, in a sentence for each kind of answer that it comes with.
fn does(code: &Code) -> Vec<String> {
    let answers = code.answers();
    let several = answers.len() > 1;
    let mut told = Vec::new();
    for (meaning, statuses) in answers {
        let with = if several { format!(" (HTTP {})", numbers(&statuses)) } else { String::new() };
        // A 404 of the gateway is about the call: see `evs::Error::says_absent`.
        let gateway = meaning == crate::evs::Meaning::NotFound && code.code.starts_with("APIGW.");
        let sentence = match gateway {
            true => "takes nothing for gone: the step fails, and a plan that meets it ends",
            false => by_itself(meaning).1,
        };
        told.push(format!("{sentence}{with}"));
        // Whatever the code says, work may have been begun before the trouble: see `evs::Outcome`.
        if statuses.iter().any(|status| *status >= 500) && meaning != crate::evs::Meaning::Trouble {
            told.push("a create call that ends with a 5xx is looked for by its tag before anything follows".to_owned());
        }
    }
    if code.class == Class::Failure && code.code.starts_with("EVS.") {
        let job = "where a job ends with it, that volume has failed, and the next apply makes it anew";
        told.push(job.to_owned());
    }
    told
}

fn numbers(statuses: &[u16]) -> String {
    statuses.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}

/// The words for what evsctl does, mostly one.
fn words(code: &Code) -> Vec<&'static str> {
    let mut words: Vec<&str> = code.answers().iter().map(|(meaning, _)| by_itself(*meaning).0.word()).collect();
    words.dedup();
    words
}

/// Every code, one a line.
pub fn all() -> String {
    let rows = codes::all().map(|code| {
        let Code { code: name, class, says, .. } = *code;
        [name.to_owned(), class.word().to_owned(), words(code).join("/"), says.to_owned()]
    });
    table(["CODE", "CLASS", "EVSCTL", "MEANING"], usize::MAX, rows)
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
            meaning: code.says,
            does: words(code),
            by_itself: does(code),
            next: code.next,
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
        assert!(shown("EVS.2409").starts_with("EVS.2409  state, HTTP 4xx\n"));
    }

    #[test]
    fn what_depends_on_the_status_is_told_for_each() {
        let text = shown("APIGW.0201");
        assert!(text.contains("(HTTP 400, 413, 414, 494)") && text.contains("(HTTP 502, 504)"), "{text}");
        assert_eq!(words(codes::find("APIGW.0201").unwrap()), ["stops", "repeats"]);
        // A refusal by its code, and a doubt by its status.
        assert!(shown("EVS.2010").contains("exit code 6") && shown("EVS.2010").contains("looked for by its tag"));
        assert!(shown("EVS.2024").contains("where a job ends with it"));
    }

    #[test]
    fn every_code_fits_into_eighty_columns() {
        for code in codes::all() {
            let text = one(code, LOOK);
            assert!(text.lines().all(|line| line.len() <= 80), "{text}");
            let next: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("next: ")).collect();
            assert_eq!(next, [format!("next: {}", code.next)], "{text}");
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
            (&"state".into(), &serde_json::json!([]), &"stops".into())
        );
    }
}
