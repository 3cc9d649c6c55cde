//! What became of a call of the API, and why a source gave no credentials.

use super::is_kept;
use evsctl::evs::{
    ClockOff, CommandFlaw, Error, Kind, Meaning, NoConnection, NoCredentials, Nonsense, Part, Said, TokenFlaw, Unsent,
};
use evsctl::volume::{JobId, SourceId, VolumeId};
use jiff::SignedDuration;
use std::fmt::Write as _;

const WORDS: &str = "(the library's words)";

fn words() -> String {
    WORDS.to_owned()
}

fn parts() -> Vec<Part> {
    samples!(Part:
        Part::Token => [Part::Token],
        Part::Date => [Part::Date],
        Part::Project => [Part::Project],
        Part::SecurityToken => [Part::SecurityToken],
        Part::AccessKey => [Part::AccessKey],
        Part::Provider => [Part::Provider],
    )
}

fn tokens() -> Vec<TokenFlaw> {
    samples!(TokenFlaw:
        TokenFlaw::Unopened(_) => [TokenFlaw::Unopened(words())],
        TokenFlaw::NotAFile => [TokenFlaw::NotAFile],
        TokenFlaw::NotText => [TokenFlaw::NotText],
        TokenFlaw::TooLong(_) => [TokenFlaw::TooLong(65536)],
        TokenFlaw::Empty => [TokenFlaw::Empty],
    )
}

fn commands() -> Vec<CommandFlaw> {
    samples!(CommandFlaw:
        CommandFlaw::NotEnded(_) => [CommandFlaw::NotEnded(60)],
        CommandFlaw::NotRun(_) => [CommandFlaw::NotRun(words())],
        CommandFlaw::Failed(_) => [CommandFlaw::Failed("exit status: 1".to_owned())],
        CommandFlaw::NotJson => [CommandFlaw::NotJson],
        CommandFlaw::NoSecret => [CommandFlaw::NoSecret],
    )
}

fn sources() -> Vec<NoCredentials> {
    let command = |flaw| NoCredentials::Command { name: "vault".to_owned(), flaw };
    samples!(NoCredentials:
        NoCredentials::Token(_) => tokens().into_iter().map(NoCredentials::Token).collect::<Vec<_>>(),
        NoCredentials::NoCommand => [NoCredentials::NoCommand],
        NoCredentials::Command { .. } => commands().into_iter().map(command).collect::<Vec<_>>(),
        NoCredentials::Metadata(_) => [NoCredentials::Metadata(words())],
        NoCredentials::NoMetadata(_) => [NoCredentials::NoMetadata(words())],
        NoCredentials::NoKeys(_) => [NoCredentials::NoKeys("404 Not Found".to_owned())],
        NoCredentials::OddKeys => [NoCredentials::OddKeys],
    )
}

fn unsent() -> Vec<Unsent> {
    let iam = NoConnection { iam: Some("https://iam.example/".to_owned()), near: None, words: words() };
    let source = Unsent::Source(NoCredentials::NoCommand);
    samples!(Unsent:
        Unsent::NoConnection(_) => [Unsent::words(WORDS), Unsent::NoConnection(iam.clone())],
        Unsent::NoHeader(_) => parts().into_iter().map(Unsent::NoHeader).collect::<Vec<_>>(),
        Unsent::NotText(_) => [Unsent::NotText("x-odd".to_owned())],
        Unsent::Credentials(_) => {
            let inner = [Kind::NotSent(source.clone()), Kind::Unanswered(words())];
            inner.map(|kind| Unsent::Credentials(Box::new(Error::new("the credential command", kind))))
        },
        Unsent::Source(_) => sources().into_iter().map(Unsent::Source).collect::<Vec<_>>(),
        Unsent::Stalled => [Unsent::Stalled],
    )
}

fn nonsense() -> Vec<Nonsense> {
    let (job, volume) = (JobId::new("j-1").unwrap(), VolumeId::new("id-1").unwrap());
    samples!(Nonsense:
        Nonsense::Unread(_) => [Nonsense::Unread(words())],
        Nonsense::TooLong(_) => [Nonsense::TooLong(1 << 20)],
        Nonsense::OtherJob { .. } => [Nonsense::OtherJob { found: "j-2".to_owned(), asked: job.clone() }],
        Nonsense::OtherVolume { .. } => [Nonsense::OtherVolume { found: "id-2".to_owned(), asked: volume.clone() }],
        Nonsense::OtherSource { .. } => [Nonsense::OtherSource { found: "i-2".to_owned(), asked: SourceId::new("i-1").unwrap() }],
        Nonsense::NoStatus => [Nonsense::NoStatus],
        Nonsense::NoReceipt => [Nonsense::NoReceipt],
        Nonsense::ShortList { .. } => [1, 5].map(|counted| Nonsense::ShortList { counted, shown: 0 }),
        Nonsense::ShortSnapshots { .. } => [1, 5].map(|counted| Nonsense::ShortSnapshots { counted, shown: 0 }),
        Nonsense::TwoVolumes => [Nonsense::TwoVolumes],
        Nonsense::NothingNew => [Nonsense::NothingNew],
        Nonsense::SamePage => [Nonsense::SamePage],
        Nonsense::Endless => [Nonsense::Endless],
        Nonsense::MostMemory(_) => [Nonsense::MostMemory(128)],
        Nonsense::LongTexts(_) => [Nonsense::LongTexts("id-1".to_owned())],
        Nonsense::NoToken => [Nonsense::NoToken],
        Nonsense::OddToken => [Nonsense::OddToken],
        Nonsense::NoEnd => [Nonsense::NoEnd],
        Nonsense::NoKeys { .. } => [Nonsense::NoKeys { line: 1, column: 17 }],
    )
}

fn refused(code: &str, message: Said, id: Option<&str>, ahead: Option<i64>) -> Kind {
    let clock = ahead.map(|seconds| Box::new(ClockOff { ahead: SignedDuration::from_secs(seconds) }));
    let (code, request_id) = (code.to_owned(), id.map(str::to_owned));
    Kind::Refused { meaning: Meaning::Invalid, status: 400, code, message, request_id, clock }
}

fn said() -> Vec<Said> {
    samples!(Said:
        Said::Words(_) => [Said::Words("(the cloud's words)".to_owned())],
        Said::Nothing => [Said::Nothing],
        Said::Page => [Said::Page],
        Said::JobFailed => [Said::JobFailed],
    )
}

fn refusals() -> Vec<Kind> {
    let both = |said: Said| [refused("EVS.1016", said.clone(), Some("r-1"), None), refused("", said, None, None)];
    let off = [-899, 899].map(|ahead| refused("APIGW.0301", said().remove(0), None, Some(ahead)));
    said().into_iter().flat_map(both).chain(off).collect()
}

fn kinds() -> Vec<Kind> {
    samples!(Kind:
        Kind::Refused { .. } => refusals(),
        Kind::NotSent(_) => unsent().into_iter().map(Kind::NotSent).collect::<Vec<_>>(),
        Kind::Untrusted(_) => [Kind::Untrusted(NoConnection { iam: None, near: None, words: words() })],
        Kind::Unanswered(_) => [Kind::Unanswered(words())],
        Kind::Unreadable(_) => nonsense().into_iter().map(Kind::Unreadable).collect::<Vec<_>>(),
        Kind::Stopped => [Kind::Stopped],
        Kind::Fenced => [Kind::Fenced],
        Kind::Held => [Kind::Held],
    )
}

#[test]
fn every_end_of_a_call_is_told() {
    let mut text = String::new();
    for kind in kinds() {
        let error = Error::new("GET /", kind);
        writeln!(text, "{error}\n  recorded: {:?}", error.code_and_reason()).unwrap();
    }
    is_kept("api.txt", &text);
}
