//! Samples of what calls came to, and of what they say about the service.

use super::{id, refused, text};
use evsctl::doctor::{
    Answer, Answers, Call, Called, Clock, Connection, Credentials, Order, Pages, Shown, Tags, Tokens, Writes,
};
use evsctl::evs::{Error, Kind, Unsent};
use jiff::SignedDuration;

pub(super) fn connections() -> Vec<Connection> {
    samples!(Connection:
        Connection::Service => [Connection::Service],
        Connection::Something => [Connection::Something],
        Connection::Failed(_) => [Connection::Failed(Error::new("GET /", Kind::NotSent(Unsent::words("connection refused"))))],
    )
}

fn shown() -> Vec<Shown> {
    let some = Shown::Some { what: text("access key"), place: text("the environment: HW_ACCESS_KEY") };
    samples!(Shown:
        Shown::NoneEmbedded => [Shown::NoneEmbedded],
        Shown::NoneOnLoopback => [Shown::NoneOnLoopback],
        Shown::Some { .. } => [some],
    )
}

pub(super) fn credentials() -> Vec<Credentials> {
    let one = || shown().remove(2);
    let refusal =
        |code: &str, for_the_clock| Credentials::Refused { shown: one(), error: refused(401, code), for_the_clock };
    samples!(Credentials:
        Credentials::Accepted(_) => shown().into_iter().map(Credentials::Accepted).collect::<Vec<_>>(),
        Credentials::Refused { .. } => [
            refusal("", false),
            refusal("APIGW.0301", false),
            refusal("APIGW.0301", true),
        ],
        Credentials::ShownToNobody(_) => [Credentials::ShownToNobody(one())],
        Credentials::NothingSaid(_) => [Credentials::NothingSaid(one())],
    )
}

fn calls() -> Vec<Call> {
    samples!(Call:
        Call::ListVolumes => [Call::ListVolumes],
        Call::ShowVolume => [Call::ShowVolume],
        Call::QueryJob => [Call::QueryJob],
        Call::ReadZones => [Call::ReadZones],
        Call::ReadTypes => [Call::ReadTypes],
        Call::ReadQuotas => [Call::ReadQuotas],
        Call::ReadTags => [Call::ReadTags],
        Call::Leftovers => [Call::Leftovers],
        Call::DateWindow => [Call::DateWindow],
        Call::Create => [Call::Create],
    )
}

fn answered() -> Vec<Answer> {
    samples!(Answer:
        Answer::Volumes(_) => [1, 3].map(Answer::Volumes),
        Answer::Volume(_) => [Answer::Volume(id("id-1"))],
        Answer::NoVolume => [Answer::NoVolume],
        Answer::NoJob => [Answer::NoJob],
        Answer::Zones(_) => [1, 3].map(Answer::Zones),
        Answer::Types(_) => [1, 3].map(Answer::Types),
        Answer::Quotas(_) => [1, 3].map(Answer::Quotas),
        Answer::TagKeys(_) => [1, 3].map(Answer::TagKeys),
    )
}

pub(super) fn called() -> Vec<Called> {
    let mut failed: Vec<Called> = calls().into_iter().map(|call| Called::Failed(call, refused(403, ""))).collect();
    for (status, code) in [(403, "APIGW.0302"), (404, ""), (400, "EVS.1009"), (500, "")] {
        failed.push(Called::Failed(Call::ReadZones, refused(status, code)));
    }
    failed.push(Called::Failed(Call::ShowVolume, refused(404, "")));
    samples!(Called:
        Called::Answered(_) => answered().into_iter().map(Called::Answered).collect::<Vec<_>>(),
        Called::ListedNotFound(_) => [Called::ListedNotFound(id("id-1"))],
        Called::JobOfNothing => [Called::JobOfNothing],
        Called::Failed(..) => failed,
    )
}

pub(super) fn writes() -> Vec<Writes> {
    samples!(Writes:
        Writes::NotTried => [Writes::NotTried],
        Writes::Done => [Writes::Done],
    )
}

pub(super) fn clocks() -> Vec<Clock> {
    let both = |seconds: i64| [seconds, -seconds].map(SignedDuration::from_secs);
    samples!(Clock:
        Clock::Untold => [Clock::Untold],
        Clock::Agrees => [Clock::Agrees],
        Clock::Near(_) => both(2).map(Clock::Near),
        Clock::Off(_) => both(61).map(Clock::Off),
        Clock::TooFar(_) => both(3661).map(Clock::TooFar),
    )
}

pub(super) fn tokens() -> Vec<Tokens> {
    samples!(Tokens:
        Tokens::Honoured => [Tokens::Honoured],
        Tokens::RecordedOff => [Tokens::RecordedOff],
        Tokens::Documented => [Tokens::Documented],
        Tokens::Unknown => [Tokens::Unknown],
        Tokens::Judged => [Tokens::Judged],
        Tokens::Off => [Tokens::Off],
        Tokens::Unnoticed => [Tokens::Unnoticed],
        Tokens::Failed(_) => [Tokens::Failed(refused(500, ""))],
    )
}

pub(super) fn pages() -> Vec<Pages> {
    samples!(Pages:
        Pages::Short { .. } => [Pages::Short { volumes: 100, behind: 1 }],
        Pages::Several { .. } => [Pages::Several { first: 1000, volumes: 1130 }],
        Pages::One(_) => [0, 1].map(Pages::One),
    )
}

pub(super) fn orders() -> Vec<Order> {
    samples!(Order:
        Order::TooFew => [Order::TooFew],
        Order::Right => [Order::Right],
        Order::Misplaced(_) => [1, 2].map(Order::Misplaced),
    )
}

pub(super) fn tags() -> Vec<Tags> {
    samples!(Tags:
        Tags::Shown => [Tags::Shown],
        Tags::Bare(_) => [1, 2].map(Tags::Bare),
        Tags::NoneShown(_) => [Tags::NoneShown(text("team"))],
        Tags::Unknown => [Tags::Unknown],
    )
}

pub(super) fn answers() -> Vec<Answers> {
    let lacking = |(undated, unnamed)| Answers::Lacking { answers: 9, undated, unnamed };
    samples!(Answers:
        Answers::None => [Answers::None],
        Answers::Whole => [Answers::Whole],
        Answers::Lacking { .. } => [(1, 0), (0, 2), (1, 2)].map(lacking),
    )
}
