//! A manifest's cloud: whether it may be reached, which one it is, and what a call of it came to.

use super::number::count;
use super::told::Told;
use crate::state::CloudId;
use crate::volume::StackName;
use std::time::Duration;

/// What is done with a whole project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed<'a> {
    /// To find its id by its name.
    LookUp(&'a str),
    /// To see its volumes, for a plan.
    LookAt,
    /// To list its volumes.
    List,
}

/// What could not be done; the cause follows.
pub fn cannot(deed: Deed<'_>) -> String {
    match deed {
        Deed::LookUp(name) => format!("cannot look up the project named {name:?}"),
        Deed::LookAt => "cannot look at the cloud".to_owned(),
        Deed::List => "cannot list the volumes".to_owned(),
    }
}

/// A request is repeated after a pause; for that reason, which is safe to show.
pub fn repeating(request: &str, pause: Duration, reason: &str) -> String {
    format!("repeating {request} in {:.1} s: {reason}", pause.as_secs_f64())
}

/// What to do about an error of a call whose code is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// An identity token was not taken for keys.
    Exchange,
    /// Who answered has no certificate that is trusted.
    Certificate,
    /// What was shown, or what it may do, is not enough.
    Rights,
    /// The gateway lets no more requests through for now.
    Slower,
}

/// What to do about an error of a call whose code is not known.
pub fn next(next: Next) -> &'static str {
    match next {
        Next::Exchange => {
            "the identity token must be signed by that provider, not be expired, and say what the agency's trust policy \
             or the provider's rules ask for; `evsctl auth status` says where it comes from"
        }
        Next::Certificate => {
            "who answered must have a certificate for that host, by an authority that this machine trusts; \
             SSL_CERT_FILE names a file with other authorities than the system's"
        }
        Next::Slower => {
            "others use up the gateway's limit too: `rate_limit: N/s` below `cloud` in the manifest keeps evsctl below it"
        }
        Next::Rights => "check the token and its project; reading needs evs:volumes:get and :list",
    }
}

/// Nobody listens at an address of this machine.
pub fn nobody_listens(near: &str) -> String {
    format!("nothing listens there: start `evsctl simulator --listen {near}`")
}

/// A stack is recorded in another cloud than its manifest means.
pub fn other_cloud(stack: &StackName, is_recorded_in: &CloudId, means: &CloudId) -> Told {
    let text = |cloud: &CloudId| format!("project {} at {}", cloud.project_id, cloud.endpoint);
    let (recorded, meant) = (text(is_recorded_in), text(means));
    let is_near = |cloud: &CloudId| {
        ["http://127.", "http://localhost", "http://[::1]"].iter().any(|at| cloud.endpoint.starts_with(at))
    };
    let are_near = is_near(is_recorded_in) && is_near(means);
    let told = Told::new(format!("stack {stack} is recorded in {recorded}, but the manifest now means {meant}"));
    let told =
        if are_near { told.hint("a simulator keeps its address by --listen, and its volumes by --data") } else { told };
    told.hint("a state belongs to one project of one cloud for good: undo the edit, or begin another stack")
}

/// What to do where the embedded cloud does not start.
pub fn embedded() -> &'static str {
    "the embedded cloud's data lies in .simulator beside the state"
}

/// A variable means another project than the manifest.
pub fn other_project(variable: &str, says: &str, manifest: &str) -> Told {
    Told::new(format!("{variable} says project {says}, and the manifest says {manifest}"))
        .hint(format!("unset {variable}, or put right which project the manifest means"))
}

/// Why the id of a project is not known by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoProject {
    /// There are no credentials with which it could be asked for.
    NotAsked,
    /// None has that name.
    None,
    /// So many have it.
    Several(usize),
}

/// The id of a project is not known by its name.
pub fn no_project(name: &str, why: NoProject) -> Told {
    let message = match why {
        NoProject::NotAsked => format!("the project named {name:?} cannot be looked up without credentials"),
        NoProject::None => format!("IAM knows no project named {name:?} for these credentials"),
        NoProject::Several(many) => format!("{} are named {name:?}", count(many as u64, "project")),
    };
    Told::new(message).hint("write its `project_id` into the manifest; the console shows it")
}

/// Why an endpoint is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoEndpoint<'a> {
    /// The manifest names neither a region nor an endpoint.
    Unnamed,
    /// The runner means a domain of another cloud than the region is one of.
    OtherDomain {
        /// What the runner's variable says.
        domain: &'a str,
        /// What the manifest says.
        region: &'a str,
    },
    /// The address that a region gives does not read.
    Unread(&'a str),
    /// It is one that only neighbours on the same wire have.
    LinkLocal(&'a str),
    /// It is neither on this machine, nor known, nor allowed.
    NotAllowed(&'a str),
    /// It is not https.
    Clear(&'a str),
}

/// An endpoint is not taken.
pub fn no_endpoint(why: NoEndpoint<'_>) -> Told {
    match why {
        NoEndpoint::Unnamed => Told::new("the manifest names neither a region nor an endpoint"),
        NoEndpoint::OtherDomain { domain, region } => {
            Told::new(format!("HW_CLOUD says {domain}, and the manifest's region {region} is not one of it"))
                .hint(format!("if it is, write `endpoint: https://evs.{region}.{domain}` into the manifest"))
        }
        NoEndpoint::Unread(text) => Told::new(format!("{text:?} is no address")),
        NoEndpoint::LinkLocal(url) => {
            Told::new(format!("the manifest's endpoint {url} is a link-local address, where servers keep credentials"))
                .hint("name the cloud's own endpoint, or a loopback address")
        }
        NoEndpoint::NotAllowed(url) => Told::new(format!(
            "the manifest's endpoint {url} is neither loopback nor the EVS service of its region under a known cloud \
             domain"
        ))
        .hint("if it is meant, allow its host in the runner's environment: EVSCTL_ALLOWED_ENDPOINTS=HOST"),
        NoEndpoint::Clear(url) => {
            Told::new(format!("the endpoint {url} is not https, and credentials would cross the network in the clear"))
                .hint("write https://, or use a loopback address")
        }
    }
}

/// Why another service of the region is not asked.
pub fn no_service(service: &str, endpoint: &str) -> String {
    format!("the address of service {service} beside {endpoint} is not known, or not allowed here")
}

/// That a service is not waited for any longer.
pub fn no_answer_within(within: Duration) -> String {
    format!("there was no answer within {} seconds", within.as_secs())
}
