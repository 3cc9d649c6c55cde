//! What is said of the API's error codes.

use super::is_kept;
use evsctl::evs::codes::{Code, Course, Speaker, all};
use evsctl::words::codes;
use std::fmt::Write as _;

#[test]
fn every_code_is_told() {
    let mut text = String::new();
    for code in all() {
        writeln!(text, "{}  {}", code.code, codes::kind(code)).unwrap();
        writeln!(text, "  {}\n  {}", codes::says(code), codes::next(code)).unwrap();
        for (course, statuses) in code.courses() {
            writeln!(text, "  {course:?} {statuses:?}").unwrap();
        }
    }
    is_kept("codes.txt", &text);
}

#[test]
fn every_code_is_one_short_line_that_ends_in_no_stop() {
    for code in all() {
        let (says, next) = (codes::says(code), codes::next(code));
        for text in [says, next] {
            // Beside its label it is to fit into 80 columns.
            assert!((10..=72).contains(&text.len()), "{}: {text}", code.code);
            assert!(text.is_ascii() && !text.ends_with(['.', '!']), "{}: {text}", code.code);
        }
        assert!(says != next, "{}", code.code);
    }
}

#[test]
fn every_course_is_told() {
    let mut text = format!("{:?} {:?}\n", codes::HEADS, codes::LABELS);
    for course in courses() {
        writeln!(text, "{course:?}, {}: {}", course.does().word(), codes::course(course, &[])).unwrap();
    }
    writeln!(text, "{}", codes::course(Course::Final, &[400, 413])).unwrap();
    is_kept("courses.txt", &text);
}

#[test]
fn what_is_no_code_is_told() {
    let mut text = String::new();
    writeln!(text, "{}\n{}", codes::unknown("EVS.1304"), codes::unknown(&"EVS.".repeat(100))).unwrap();
    let some: Vec<&Code> = all().take(2).collect();
    writeln!(text, "{:?} {:?}", codes::near(&[]), codes::near(&some)).unwrap();
    for speaker in speakers().into_iter().map(Some).chain([None]) {
        writeln!(text, "{speaker:?}: {:?}", codes::undocumented(speaker)).unwrap();
    }
    is_kept("no-codes.txt", &text);
}

fn courses() -> Vec<Course> {
    samples!(Course:
        Course::Wait => [Course::Wait],
        Course::Repeat => [Course::Repeat],
        Course::AwaitFirst => [Course::AwaitFirst],
        Course::LookForFirst => [Course::LookForFirst],
        Course::DropToken => [Course::DropToken],
        Course::TokensAreJudged => [Course::TokensAreJudged],
        Course::LookForJob => [Course::LookForJob],
        Course::TakeForGone => [Course::TakeForGone],
        Course::NothingIsGone => [Course::NothingIsGone],
        Course::Deny => [Course::Deny],
        Course::Final => [Course::Final],
        Course::LookForCall => [Course::LookForCall],
        Course::MakeAnew => [Course::MakeAnew],
        Course::Keep => [Course::Keep],
    )
}

fn speakers() -> Vec<Speaker> {
    samples!(Speaker:
        Speaker::Service => [Speaker::Service],
        Speaker::Gateway => [Speaker::Gateway],
        Speaker::Shared => [Speaker::Shared],
    )
}
