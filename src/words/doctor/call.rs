//! The calls that a doctor makes, and what each came to.

use super::ready::shown;
use crate::doctor::{Action, Answer, Called, Connection, Credentials, Failing, Writes};
use crate::words::codes;
use crate::words::number::count;

pub(super) fn connection(connection: &Connection) -> String {
    match connection {
        Connection::Service => "the service answers".to_owned(),
        Connection::Something => "something answers".to_owned(),
        Connection::Failed(error) => error.to_string(),
    }
}

pub(super) fn connection_next(connection: &Connection) -> Option<&'static str> {
    match connection {
        Connection::Failed(_) => Some(
            "look at the endpoint's name, the network and a proxy in between, then run it again; on this machine start `evsctl simulator` \
             there",
        ),
        Connection::Service | Connection::Something => None,
    }
}

pub(super) fn credentials(credentials: &Credentials) -> String {
    match credentials {
        Credentials::Accepted(which) => shown(which),
        Credentials::Refused { shown: which, error, .. } => format!("{}: {error}", shown(which)),
        Credentials::ShownToNobody(which) => format!("{}; shown to nobody", shown(which)),
        Credentials::NothingSaid(which) => format!("{}; the answer says nothing of them", shown(which)),
    }
}

pub(super) fn credentials_next(credentials: &Credentials) -> Option<&'static str> {
    match credentials {
        Credentials::Refused { for_the_clock: true, .. } => {
            Some("set the local clock first: its signatures are refused for their date")
        }
        Credentials::Refused { error, .. } => {
            let otherwise = "evsctl auth status says which are used; set others";
            Some(error.explained().map_or(otherwise, codes::next))
        }
        Credentials::Accepted(_) | Credentials::ShownToNobody(_) | Credentials::NothingSaid(_) => None,
    }
}

fn action(action: Action) -> &'static str {
    match action {
        Action::Named(action) => action,
        Action::Nothing => "no IAM action",
        Action::Undocumented => "no IAM action is documented",
    }
}

fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Volumes(n) => count(*n, "volume"),
        Answer::Volume(id) => format!("volume {id}"),
        Answer::NoVolume => "a volume that is not there is not found".to_owned(),
        Answer::NoJob => "a job that is not there is not found".to_owned(),
        Answer::Zones(n) => count(*n, "zone"),
        Answer::Types(n) => count(*n, "volume type"),
        Answer::Quotas(n) => count(*n, "limit"),
        Answer::TagKeys(n) => count(*n, "tag key"),
    }
}

pub(super) fn called(called: &Called) -> String {
    match called {
        Called::Answered(told) => format!("{} ({})", answer(told), action(told.call().action())),
        Called::ListedNotFound(id) => format!("volume {id} is listed and not found"),
        Called::JobOfNothing => "a job that is not there is answered all the same".to_owned(),
        Called::Failed(call, error) => format!("{error} ({})", action(call.action())),
    }
}

pub(super) fn called_next(called: &Called) -> Option<String> {
    Some(match called {
        Called::Answered(_) => return None,
        Called::ListedNotFound(_) => {
            "run it again: it may have been deleted meanwhile, or reads lag behind the list".to_owned()
        }
        Called::JobOfNothing => "look at the endpoint: this is not as the EVS API documents it".to_owned(),
        Called::Failed(call, error) => {
            let known = error.explained().map(codes::next);
            match Failing::of(*call, error) {
                Failing::Permission(action) => grant(action),
                Failing::Denied => known.unwrap_or("make sure that the credentials are this project's").to_owned(),
                Failing::NoSuchCall => {
                    "nothing: this service has no such call, and plan and apply need none".to_owned()
                }
                Failing::Other => known.unwrap_or("run the same command again").to_owned(),
            }
        }
    })
}

/// What to do where a permission is missing.
pub(super) fn grant(action: &str) -> String {
    format!("grant {action} to whose credentials these are")
}

pub(super) fn writes(writes: Writes) -> &'static str {
    match writes {
        Writes::NotTried => {
            "this only reads; apply needs evs:volumes:create, evs:volumes:update and evs:volumes:delete"
        }
        Writes::Done => {
            "a volume was made and deleted (evs:volumes:create, evs:volumes:delete); evs:volumes:update was not tried"
        }
    }
}
