//! What is asked on a terminal before a plan is carried out: one plain question, or the numbers that nobody gave as flags.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::ui::Ui;
use crate::plan::Settled;
use crate::words::consent::{self as words, Number};

/// A number that consents to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Needed {
    /// To what.
    pub(super) of: Number,
    /// How many volumes of that kind the plan lists.
    pub(super) listed: u64,
    /// What an earlier run was approved to do besides, where all that is left in the plan is a part of that.
    pub(super) settled: Settled,
}

impl Needed {
    /// Whether this number was given for it: what the plan lists, that with what goes on, or all that was approved at first
    /// and still holds.
    pub(super) fn is_met_by(&self, given: u64) -> bool {
        let left = self.listed + self.settled.going_on;
        [self.listed, left, left + self.settled.done].contains(&given)
    }

    /// Whether somebody typed the number. Digits alone are one: `+2` and `2.0` are slips of the hand.
    fn is_named_by(&self, answer: &str) -> bool {
        let is_number = !answer.is_empty() && answer.bytes().all(|byte| byte.is_ascii_digit());
        is_number && answer.parse().is_ok_and(|given| self.is_met_by(given))
    }
}

/// One question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// Whether the plan is carried out.
    Plain,
    /// How many volumes that destroys, or creates again: who types the number has read it.
    Number(Needed),
}

impl Question {
    /// Asks, and waits for a line.
    ///
    /// # Errors
    /// When the answer is a no: nothing was done then.
    pub(super) fn ask(&self, ui: &Ui) -> Result<(), CliError> {
        let (is_yes, no) = match self {
            Question::Plain => (ui.ask(words::QUESTION), words::NO),
            Question::Number(needed) => {
                let answer = ui.ask_for(&words::number_question(needed.of, needed.listed));
                (answer.is_some_and(|answer| needed.is_named_by(&answer)), words::NOT_THE_NUMBER)
            }
        };
        if is_yes { Ok(()) } else { Err(CliError::new(Exit::Refused, no)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::ui::testing::ui;

    const DESTROY: Needed = Needed { of: Number::Destroy, listed: 2, settled: Settled { going_on: 0, done: 0 } };
    const RECREATE: Needed = Needed { of: Number::Recreate, listed: 13, settled: Settled { going_on: 3, done: 4 } };

    /// What becomes of these questions where somebody types these lines, and what that looks like.
    fn asked(questions: &[Question], answers: &'static str) -> (bool, String) {
        let (ui, out, err) = ui(true, answers);
        let agreed = questions.iter().try_for_each(|question| question.ask(&ui));
        if let Err(error) = &agreed {
            assert!(error.exit == Exit::Refused && error.message.ends_with("; nothing was done"));
        }
        assert_eq!(out.text(), "");
        (agreed.is_ok(), err.text())
    }

    #[test]
    fn only_the_very_number_counts() {
        for (answer, counts) in [("2\n", true), (" 2 \r\n", true), ("2", true)] {
            assert_eq!(asked(&[Question::Number(DESTROY)], answer).0, counts, "{answer:?}");
        }
        for answer in ["yes\n", "y\n", "\n", "", "1\n", "3\n", "+2\n", "-2\n", "2.0\n", "2 2\n", "22\n", "0\n", "two\n"]
        {
            assert!(!asked(&[Question::Number(DESTROY)], answer).0, "{answer:?}");
        }
    }

    #[test]
    fn what_is_left_of_an_approved_run_is_consented_to_by_each_number_that_is_true_of_it() {
        let answers =
            [("13\n", true), ("16\n", true), ("20\n", true), ("14\n", false), ("17\n", false), ("21\n", false)];
        for (answer, counts) in answers {
            assert_eq!(asked(&[Question::Number(RECREATE)], answer).0, counts, "{answer:?}");
        }
    }

    #[test]
    fn the_second_number_is_asked_for_once_the_first_is_right() {
        let both = [Question::Number(DESTROY), Question::Number(RECREATE)];
        let first = "This destroys 2 volumes. Carry it out? Only '2' is taken as yes: ";
        let second = "This creates 13 volumes again. Carry it out? Only '13' is taken as yes: ";
        assert_eq!(asked(&both, "2\n13\n"), (true, format!("{first}{second}")));
        assert_eq!(asked(&both, "13\n2\n"), (false, first.to_owned()));
        assert_eq!(asked(&both, "2\n2\n"), (false, format!("{first}{second}")));
    }

    #[test]
    fn the_plain_question_takes_the_word_alone() {
        assert!(asked(&[Question::Plain], "yes\n").0);
        let (agreed, told) = asked(&[Question::Plain], "y\n");
        assert!(!agreed && told.ends_with("only the whole word 'yes' is taken as yes\n"), "{told}");
        assert!(!asked(&[Question::Plain], "2\n").0);
    }
}
