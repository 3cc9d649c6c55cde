//! What is wrong with a manifest, with the line at fault.

use super::line::{Line, width};
use crate::cli::safe::plain;
use crate::cli::style::{BOLD, CYAN, Look, PLAIN, RED, YELLOW};
use crate::manifest::{Problem, Severity};
use crate::words;
use crate::words::command::validate as talk;

/// The problems as text, each with its place, its source line and what to do.
pub fn human(problems: &[Problem], look: Look) -> String {
    let mut text = String::new();
    for problem in problems {
        one(problem, look, &mut text);
    }
    if problems.len() > 1 {
        let of = |severity| problems.iter().filter(|problem| problem.severity() == severity).count() as u64;
        let counted = talk::counted(of(Severity::Error), of(Severity::Warning));
        Line::new().push(BOLD, &counted).write(look, &mut text);
    }
    text
}

fn one(problem: &Problem, look: Look, to: &mut String) {
    let Problem { what, place, source_line, source_column, width: meant } = problem;
    let severity = what.severity();
    let style = match severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
    };
    let mut line = Line::new();
    let reason = words::problem::reason(what);
    line.push(style, &format!("{} ", talk::severity(severity))).push(BOLD, &reason).write_wrapped(look, 2, to);
    if let Some(place) = place {
        let number = place.line.to_string();
        let margin = " ".repeat(number.len());
        let mut line = Line::new();
        line.push(CYAN, &format!("{margin}--> ")).push(PLAIN, &place.to_string()).write_wrapped(look, 4, to);
        if let Some(source) = source_line {
            let column = usize::try_from(place.column.saturating_sub(*source_column)).unwrap_or_default();
            let meant = usize::try_from(*meant).unwrap_or(1);
            let room = look.width.saturating_sub(margin.len() + " | ".len());
            let Part { dots, before, at, behind } = Part::of(source, *source_column > 1, column, meant, room);
            let mut line = Line::new();
            line.push(CYAN, &format!("{number} | ")).push(PLAIN, dots);
            line.push(PLAIN, &format!("{before}{at}{behind}")).write(look, to);
            // Columns count characters, the caret counts what those take on the screen.
            let mut line = Line::new();
            line.push(CYAN, &format!("{margin} | ")).push(PLAIN, &" ".repeat(dots.len() + width(&plain(&before))));
            line.push(style, &"^".repeat(width(&plain(&at)).max(1))).write(look, to);
        }
    }
    if let Some(hint) = words::problem::hint(what) {
        let mut line = Line::new();
        line.push(CYAN, &format!("{} ", talk::HINT)).push(PLAIN, &hint).write_wrapped(look, 2, to);
    }
}

/// As much of a source line as fits: a caret under a line that the terminal wraps would point at anything.
struct Part {
    dots: &'static str,
    before: String,
    at: String,
    behind: String,
}

impl Part {
    /// `cut` says that the line lacks its beginning already.
    fn of(source: &str, cut: bool, column: usize, meant: usize, room: usize) -> Part {
        let all: Vec<char> = source.chars().collect();
        let text = |from: usize, to: usize| all.get(from..to).unwrap_or_default().iter().collect::<String>();
        let wide = |from, to| width(&plain(&text(from, to)));
        let dots = |from: usize| if cut || from > 0 { "..." } else { "" };
        let column = column.min(all.len());
        // What is meant is shown before what stands around it, and its beginning before its end.
        let mut end = (column + meant).min(all.len());
        while end > column + 1 && wide(column, end) + "...".len() > room {
            end -= 1;
        }
        // Behind the end of a line stands nothing, and still the caret.
        let needed = |from| wide(from, end).max(wide(from, column) + 1);
        let mut from = 0;
        while from < column && dots(from).len() + needed(from) > room {
            from += 1;
        }
        let mut to = all.len();
        while to > end && dots(from).len() + wide(from, to) > room {
            to -= 1;
        }
        Part { dots: dots(from), before: text(from, column), at: text(column, end), behind: text(end, to) }
    }
}

/// What a manifest's head says, for scripts: what is wrong below it takes none of that away.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Head {
    /// The stack's name; null, like the two below, where the head is wrong itself.
    pub stack: Option<String>,
    /// The folder of its recorded state, relative to the working directory where PATH is.
    pub state: Option<String>,
    /// Whether it is on the embedded cloud, whose volumes are a file beside the state.
    pub simulator: Option<bool>,
}

/// The problems as one JSON document with a final newline: `{"valid", "stack", "state", "simulator", "problems": [...]}`.
pub fn json(head: &Head, problems: &[Problem]) -> String {
    #[derive(serde::Serialize)]
    struct Document<'a> {
        valid: bool,
        #[serde(flatten)]
        head: &'a Head,
        problems: Vec<Written<'a>>,
    }
    #[derive(serde::Serialize)]
    struct Written<'a> {
        severity: Severity,
        code: &'static str,
        file: Option<&'a str>,
        line: Option<u32>,
        column: Option<u32>,
        reason: String,
        hint: Option<String>,
    }
    let written = problems.iter().map(|problem| Written {
        severity: problem.severity(),
        code: problem.what.code(),
        file: problem.place.as_ref().map(|place| &*place.file),
        line: problem.place.as_ref().map(|place| place.line),
        column: problem.place.as_ref().map(|place| place.column),
        reason: problem.reason(),
        hint: problem.hint(),
    });
    let valid = problems.iter().all(|problem| problem.severity() == Severity::Warning);
    let mut text =
        serde_json::to_string_pretty(&Document { valid, head, problems: written.collect() }).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Place, Rather, Remark, Subject, Unknown, What, Wrong};
    use crate::volume::{Excerpt, Slot};

    fn problem() -> Problem {
        let (what, name) = (Subject::Volume, Excerpt::of("siez"));
        let unknown = Unknown { what, name, rather: Rather::Near("size") };
        Problem {
            what: What::Wrong(Wrong::Unknown(unknown)),
            place: Some(Place { file: "volumes.yaml".into(), line: 12, column: 8 }),
            source_column: 1,
            source_line: Some("  卷: { siez: 40 }".to_owned()),
            width: 4,
        }
    }

    #[test]
    fn a_problem_points_at_its_place() {
        assert_eq!(
            human(&[problem()], Look { width: 80, color: false }),
            "\
error: a volume has no field \"siez\"
  --> volumes.yaml:12:8
12 |   卷: { siez: 40 }
   |         ^^^^
hint: did you mean `size`?
"
        );
    }

    #[test]
    fn a_long_line_is_cut_around_its_place() {
        let source = format!("{}卷x卷{}", "a".repeat(90), "b".repeat(60));
        let long = |column, width| Problem {
            place: Some(Place { file: "v.yaml".into(), line: 12, column }),
            source_line: Some(source.clone()),
            width,
            what: What::Remark(Remark::SlotRetiredTwice { slot: Slot::FIRST }),
            ..problem()
        };
        let text = |problem| human(&[problem], Look { width: 40, color: false });
        let lines = |problem| text(problem).lines().skip(2).map(str::to_owned).collect::<Vec<_>>();
        let a = |n| "a".repeat(n);
        assert_eq!(lines(long(1, 1)), [format!("12 | {}", a(35)), "   | ^".to_owned()]);
        let caret = |before: usize, n: usize| format!("   | {}{}", " ".repeat(before), "^".repeat(n));
        assert_eq!(lines(long(91, 3)), [format!("12 | ...{}卷x卷", a(27)), caret(30, 5)]);
        assert_eq!(lines(long(154, 1)), [format!("12 | ...{}", "b".repeat(31)), caret(34, 1)]);
        assert_eq!(lines(long(94, 60)), [format!("12 | ...{}", "b".repeat(32)), caret(3, 32)]);
    }

    #[test]
    fn problems_are_counted_and_written_as_json() {
        let text = human(&[problem(), problem()], Look { width: 80, color: false });
        assert!(text.ends_with("hint: did you mean `size`?\n2 errors\n"));
        let warning = Problem { what: What::Remark(Remark::ShareableDeprecated), ..problem() };
        let text = human(&[problem(), warning], Look { width: 80, color: false });
        assert!(text.ends_with("\n1 error, 1 warning\n"), "{text}");
        let value: serde_json::Value = serde_json::from_str(&json(&Head::default(), &[problem()])).unwrap();
        assert_eq!(
            value.to_string(),
            r#"{"valid":false,"stack":null,"state":null,"simulator":null,"problems":[{"severity":"error","code":"unknown_field","file":"volumes.yaml","line":12,"column":8,"reason":"a volume has no field \"siez\"","hint":"did you mean `size`?"}]}"#
        );
        assert!(json(&Head::default(), &[]).contains("\"valid\": true"));
    }
}
