//! Pure: what one sending of a call that starts a job came to. Everything that follows rests on this one judgement.

use super::error::{Error, Kind};
use super::meaning::Meaning;
use super::nonsense::Nonsense;
use crate::volume::{JobId, OrderId, Receipt};

/// What one sending came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The cloud took it: this job does it, or this order has to be paid before.
    Accepted(Receipt),
    /// It never left, or never arrived: nothing was done, and the same may be sent again.
    NothingSent,
    /// The cloud said no: this sending did nothing.
    Refused(Refused),
    /// It may or may not have been done.
    InDoubt(Doubt),
}

/// What a no means for sending again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Too many requests: the same may be sent again after a pause.
    Throttled,
    /// Client tokens are switched off (`EVS.2223`): the same may be sent without one.
    TokensOff,
    /// For good.
    ForGood,
}

/// Where a doubt comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// No answer came, or none that makes sense, or one of trouble inside the service.
    Lost,
    /// The first call with this token is still being worked on (`EVS.2221`).
    InProgress,
    /// The token was used before, and its first answer cannot be had again (`EVS.2219`, `2220`, `2222`).
    TokenUsed,
}

impl Outcome {
    /// In a word or two, for a log.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Accepted(_) => "accepted",
            Outcome::NothingSent => "nothing sent",
            Outcome::Refused(Refused::Throttled) => "throttled",
            Outcome::Refused(Refused::TokensOff) => "no tokens here",
            Outcome::Refused(Refused::ForGood) => "refused",
            Outcome::InDoubt(_) => "in doubt",
        }
    }

    /// Judges an answer, or what came in its place.
    pub fn of(answered: Result<&Receipt, &Kind>) -> Outcome {
        let kind = match answered {
            Ok(receipt) => return Outcome::Accepted(receipt.clone()),
            Err(kind) => kind,
        };
        match kind {
            Kind::NotSent(_) | Kind::Untrusted(_) | Kind::Stopped | Kind::Fenced | Kind::Held => Outcome::NothingSent,
            Kind::Unanswered(_) | Kind::Unreadable(_) => Outcome::InDoubt(Doubt::Lost),
            // Trouble may follow the work, whatever code the service gives it.
            Kind::Refused { status: 500.., .. } => Outcome::InDoubt(Doubt::Lost),
            Kind::Refused { meaning, .. } => match meaning {
                Meaning::Throttled => Outcome::Refused(Refused::Throttled),
                Meaning::TokensOff => Outcome::Refused(Refused::TokensOff),
                Meaning::Trouble => Outcome::InDoubt(Doubt::Lost),
                Meaning::InProgress => Outcome::InDoubt(Doubt::InProgress),
                Meaning::TokenUsed => Outcome::InDoubt(Doubt::TokenUsed),
                Meaning::NotFound
                | Meaning::JobUnknown
                | Meaning::Denied
                | Meaning::Exhausted
                | Meaning::Conflict
                | Meaning::Invalid
                | Meaning::TokenMalformed => Outcome::Refused(Refused::ForGood),
            },
        }
    }
}

/// What an answer to a call that starts a job gives in return. Where it names a job and an order too it counts as an order: of
/// that nothing is concluded but by the volumes themselves. Where it names neither it makes no sense, and the call is in
/// doubt.
pub(super) fn receipt(job_id: Option<String>, order_id: Option<String>) -> Result<Receipt, Nonsense> {
    let given = |id: Option<String>| id.filter(|id| !id.is_empty());
    match (given(job_id), given(order_id)) {
        (_, Some(order_id)) => OrderId::new(order_id).map(Receipt::Order).map_err(Nonsense::unread),
        (Some(job_id), None) => JobId::new(job_id).map(Receipt::Job).map_err(Nonsense::unread),
        (None, None) => Err(Nonsense::NoReceipt),
    }
}

/// What an answer shows about client tokens, where it shows anything: whether the service judges them.
pub fn shows_tokens(error: &Error) -> Option<bool> {
    match error.meaning()? {
        Meaning::TokensOff => Some(false),
        Meaning::InProgress | Meaning::TokenUsed | Meaning::TokenMalformed => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::error::Unsent;
    use super::*;

    fn refused(status: u16, code: &str) -> Outcome {
        let body = match code {
            "" => String::new(),
            code => format!(r#"{{"error":{{"code":"{code}","message":"no"}}}}"#),
        };
        Outcome::of(Err(&Error::refused("POST /", status, None, body.as_bytes()).kind))
    }

    #[test]
    fn an_answer_with_a_job_or_an_order_is_an_acceptance() {
        for receipt in [Receipt::Job(JobId::new("j-1").unwrap()), Receipt::Order(OrderId::new("CS1").unwrap())] {
            assert_eq!(Outcome::of(Ok(&receipt)), Outcome::Accepted(receipt));
        }
    }

    #[test]
    fn what_never_left_did_nothing() {
        for kind in [Kind::NotSent(Unsent::words("refused")), Kind::Stopped, Kind::Fenced, Kind::Held] {
            assert_eq!(Outcome::of(Err(&kind)), Outcome::NothingSent, "{kind}");
        }
    }

    #[test]
    fn what_has_no_answer_is_in_doubt() {
        for kind in [Kind::Unanswered("reset".to_owned()), Kind::Unreadable(Nonsense::Unread("half of it".to_owned()))]
        {
            assert_eq!(Outcome::of(Err(&kind)), Outcome::InDoubt(Doubt::Lost), "{kind}");
        }
    }

    #[test]
    fn every_refusal_is_judged_by_its_meaning() {
        use Doubt::{InProgress, Lost, TokenUsed};
        use Refused::{ForGood, Throttled, TokensOff};
        let (no, doubt) = (Outcome::Refused, Outcome::InDoubt);
        for (status, code, expected) in [
            // A well-formed no is final.
            (400, "EVS.1016", no(ForGood)),
            (400, "EVS.9999", no(ForGood)),
            (400, "", no(ForGood)),
            (400, "EVS.1042", no(ForGood)),
            (413, "EVS.1034", no(ForGood)),
            (401, "APIGW.0301", no(ForGood)),
            (403, "EVS.1027", no(ForGood)),
            (404, "APIGW.0101", no(ForGood)),
            (409, "", no(ForGood)),
            (302, "", no(ForGood)),
            (400, "EVS.2218", no(ForGood)),
            // It was not executed, and goes again.
            (429, "APIGW.0308", no(Throttled)),
            (429, "", no(Throttled)),
            (400, "EVS.2223", no(TokensOff)),
            // Trouble may follow the work.
            (500, "", doubt(Lost)),
            (500, "EVS.5500", doubt(Lost)),
            (502, "", doubt(Lost)),
            (503, "EVS.5503", doubt(Lost)),
            (500, "EVS.2013", doubt(Lost)),
            (500, "EVS.2020", doubt(Lost)),
            (500, "EVS.1034", doubt(Lost)),
            (504, "", doubt(Lost)),
            (408, "", doubt(Lost)),
            // So may an order, when its job cannot be found by it.
            (400, "EVS.2052", doubt(Lost)),
            (400, "EVS.1068", doubt(Lost)),
            // The token has been used, so the first call with it may have been done.
            (400, "EVS.2219", doubt(TokenUsed)),
            (400, "EVS.2220", doubt(TokenUsed)),
            (400, "EVS.2222", doubt(TokenUsed)),
            (400, "EVS.2221", doubt(InProgress)),
        ] {
            assert_eq!(refused(status, code), expected, "{status} {code}");
        }
    }

    #[test]
    fn only_a_code_about_tokens_shows_whether_they_are_judged() {
        let of = |status, code: &str| {
            let body = format!(r#"{{"error":{{"code":"{code}","message":"no"}}}}"#);
            shows_tokens(&Error::refused("POST /", status, None, body.as_bytes()))
        };
        for code in ["EVS.2218", "EVS.2219", "EVS.2220", "EVS.2221", "EVS.2222"] {
            assert_eq!(of(400, code), Some(true), "{code}");
        }
        assert_eq!(of(400, "EVS.2223"), Some(false));
        assert_eq!(of(400, "EVS.1070"), None);
        assert_eq!(of(503, ""), None);
    }

    #[test]
    fn an_answer_names_a_job_or_an_order_and_else_makes_no_sense() {
        let receipt = |job: Option<&str>, order: Option<&str>| {
            let told = receipt(job.map(str::to_owned), order.map(str::to_owned));
            told.map(|receipt| receipt.to_string())
        };
        assert_eq!(receipt(Some("j-1"), None).unwrap(), "job j-1");
        assert_eq!(receipt(None, Some("CS1")).unwrap(), "order CS1");
        assert_eq!(receipt(Some(""), Some("CS1")).unwrap(), "order CS1");
        assert_eq!(receipt(Some("j-1"), Some("")).unwrap(), "job j-1");
        // Of an order nothing is concluded but by the volumes: the safer of the two.
        assert_eq!(receipt(Some("j-1"), Some("CS1")).unwrap(), "order CS1");
        for (job, order) in
            [(None, None), (Some(""), None), (None, Some("")), (Some("../x"), None), (None, Some("a b"))]
        {
            assert!(receipt(job, order).is_err(), "{job:?} {order:?}");
        }
    }
}
