//! The catalogue of a token: the services of this address, from which OpenStack's clients start (evs-api 19.2). Its types
//! and addresses are those that a real one has; names and ids are a choice.

use crate::simulator::accounts::Project;
use crate::simulator::ids;
use serde_json::{Value, json};

/// What may stand before each path of IAM. It is another service than EVS and has versions of its own: below this its `/` and
/// `/v3` are its, and those of EVS are not.
pub(super) const PREFIX: &str = "/identity";

/// Type, name, and what follows the host; `{}` stands for the project's id.
const SERVICES: &[(&str, &str, &str)] = &[
    ("identity", "iam", ""),
    ("volume", "evs", "/v2/{}"),
    ("volumev2", "cinderv2", "/v2/{}"),
    ("volumev3", "cinderv3", "/v3/{}"),
    ("evs", "evs", "/v2/{}"),
    ("evsv2.1", "evsv2.1", "/v2.1/{}"),
];

/// The catalogue for a project. Its name begins with that of its region: `cn-north-4`, or `cn-north-4_web` for one below it.
pub(in crate::simulator) fn of(base: &str, project: &Project) -> Vec<Value> {
    let region = project.name.split('_').next().unwrap_or_default();
    let service = |(kind, name, path): &(&str, &str, &str)| {
        let id = |of: &str| -> String {
            let parts = [of.as_bytes(), kind.as_bytes(), project.id.as_bytes()];
            ids::fingerprint(&parts).chars().take(32).collect()
        };
        let url = match *kind {
            "identity" => format!("{base}{PREFIX}/v3"),
            _ => format!("{base}{}", path.replace("{}", &project.id)),
        };
        let endpoint = json!({
            "id": id("endpoint"), "interface": "public", "region": region, "region_id": region, "url": url,
        });
        json!({"id": id("service"), "name": name, "type": kind, "endpoints": [endpoint]})
    };
    SERVICES.iter().map(service).collect()
}
