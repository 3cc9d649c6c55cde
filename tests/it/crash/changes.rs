//! What the ledger says of calls that change volumes which are there: each extension and each deletion was announced on the
//! disk before it came in, each was approved, and the manifest of the run that sent it asks for it.

use super::ledger::Page;
use super::mandate::Mandate;
use evsctl::simulator::Arrival;
use evsctl::state::Approved;
use evsctl::volume::Address;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The calls of evsctl that change volumes which are there. Hands use other paths for the same.
const EXTEND: &str = "/v2.1/{project_id}/cloudvolumes/{volume_id}/action";
const BATCH: &str = "/v5/{project_id}/volumes/batch-extend";
const VOLUME: &str = "/v2/{project_id}/cloudvolumes/{volume_id}";
const TAGS: &str = "/v2/{project_id}/cloudvolumes/{volume_id}/tags/action";

/// What a call was announced to do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Announced {
    /// Volumes become so large, in GB, by that way.
    Extend(BTreeMap<String, u64>, Value),
    /// That volume goes.
    Delete(String),
}

impl Announced {
    /// What a saved call does; `None` where it creates.
    pub(super) fn of(body: &Value) -> Option<Announced> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if let Some(volumes) = body.get("extend").and_then(Value::as_object) {
            let grows = volumes.values().map(|it| (text(&it["id"]), it["to"].as_u64().unwrap_or_default()));
            return Some(Announced::Extend(grows.collect(), body["way"].clone()));
        }
        body.get("delete").map(|_| Announced::Delete(text(&body["id"])))
    }

    /// Whether a request does this, or what is left of it.
    fn covers(&self, asked: &Announced) -> bool {
        match (self, asked) {
            (Announced::Extend(all, way), Announced::Extend(some, other)) => {
                way == other && some.iter().all(|(id, size)| all.get(id) == Some(size))
            }
            (one, other) => one == other,
        }
    }

    pub(super) fn ids(&self) -> Vec<&str> {
        match self {
            Announced::Extend(volumes, _) => volumes.keys().map(String::as_str).collect(),
            Announced::Delete(id) => vec![id],
        }
    }
}

/// A request of evsctl that changes volumes which are there.
#[derive(Debug, Clone)]
pub(super) enum Asked {
    /// One that is announced on the disk.
    Call(Announced),
    /// A name, a description, or both.
    Rename { id: String, name: Option<String>, text: Option<String> },
    /// Tags that are set, or taken off.
    Retag { id: String, sets: bool, tags: BTreeMap<String, String> },
}

impl Asked {
    /// What a request is; `None` where a hand sent it, or where it creates.
    pub(super) fn of(arrival: &Arrival) -> Option<Asked> {
        let body: Value = serde_json::from_slice(&arrival.body).unwrap_or_default();
        let id = arrival.volume.clone().unwrap_or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        match (arrival.method, arrival.template) {
            ("POST", EXTEND) => {
                let way = match body["bssParam"]["isAutoPay"].as_str() {
                    None => Value::from("single"),
                    Some(pays) => serde_json::json!({"order": {"auto_pay": pays == "true"}}),
                };
                let size = body["os-extend"]["new_size"].as_u64().unwrap_or_default();
                Some(Asked::Call(Announced::Extend([(id, size)].into(), way)))
            }
            ("POST", BATCH) => {
                let volume =
                    |it: &Value| (text(&it["id"]).unwrap_or_default(), it["new_size"].as_u64().unwrap_or_default());
                let volumes = body["volumes"].as_array().into_iter().flatten().map(volume).collect();
                Some(Asked::Call(Announced::Extend(volumes, "batch".into())))
            }
            ("DELETE", VOLUME) => Some(Asked::Call(Announced::Delete(id))),
            ("PUT", VOLUME) => {
                let fields = &body["volume"];
                Some(Asked::Rename { id, name: text(&fields["name"]), text: text(&fields["description"]) })
            }
            ("POST", TAGS) => {
                let tag = |it: &Value| (text(&it["key"]).unwrap_or_default(), text(&it["value"]).unwrap_or_default());
                let tags = body["tags"].as_array().into_iter().flatten().map(tag).collect();
                Some(Asked::Retag { id, sets: body["action"] == "create", tags })
            }
            _ => None,
        }
    }
}

/// What the ledger keeps of changes.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// How often each call came in.
    heard: BTreeMap<String, u64>,
    /// How many orders came in for each growth.
    orders: BTreeMap<(String, u64), u64>,
    /// What the run may do whose journal is being written, and what the runs before it could.
    now: Mandate,
    before: Vec<Mandate>,
    /// The deletions that somebody gave a number for, and whose approval still holds.
    consented: BTreeMap<String, Address>,
}

/// What is known of an arrival beside itself.
pub(super) struct Around<'a> {
    /// What is durable of the run that writes, and of those before it.
    pub(super) now: &'a Page,
    pub(super) past: &'a Page,
    /// What the snapshot says may be sent, or was.
    pub(super) named: BTreeMap<String, Announced>,
    /// Whether the request may be one of a run that is over.
    pub(super) of_the_past: bool,
    /// Whether a run in progress must have named it.
    pub(super) must_be_named: bool,
}

impl Changes {
    pub(super) fn begin(&mut self, mandate: Mandate, approved: &Approved) {
        self.consented = mandate.consented(&self.consented, approved);
        self.before.push(std::mem::replace(&mut self.now, mandate));
    }

    /// How many calls that extend or delete came in.
    pub(super) fn calls(&self) -> u64 {
        self.heard.values().sum()
    }

    /// Whether some run was to delete that volume.
    pub(super) fn gave_up(&self, id: &str) -> bool {
        self.mandates(true).any(|mandate| mandate.deletes.contains_key(id))
    }

    /// To which sizes runs were to extend that volume.
    pub(super) fn grown_to(&self, id: &str) -> BTreeSet<u64> {
        self.mandates(true).filter_map(|mandate| mandate.grows.get(id).copied()).collect()
    }

    fn mandates(&self, all: bool) -> impl Iterator<Item = &Mandate> {
        std::iter::once(&self.now).chain(self.before.iter().filter(move |_| all))
    }

    pub(super) fn judge(&mut self, arrival: &Arrival, asked: &Asked, around: &Around<'_>) -> Result<(), String> {
        match asked {
            Asked::Call(announced) => {
                self.may_be(announced, around.of_the_past)?;
                self.is_announced(arrival, announced, around)
            }
            Asked::Rename { id, name, text } => {
                let fits = |mandate: &Mandate| match mandate.names.get(id) {
                    Some((new, described)) => {
                        name.as_ref().is_none_or(|it| it == new) && text.as_ref().is_none_or(|it| it == described)
                    }
                    // What a call made whose end was not recorded gets its name from the run that goes on with it.
                    None => {
                        !mandate.settled.contains(id)
                            && name.as_ref().is_none_or(|name| mandate.all_names.contains(name))
                    }
                };
                match self.mandates(around.of_the_past).any(fits) {
                    true => Ok(()),
                    false => Err(format!("volume {id} is to be called {name:?} {text:?}, and no plan says so")),
                }
            }
            Asked::Retag { id, sets, tags } => {
                let fits = |mandate: &Mandate| {
                    mandate.retags.get(id).is_some_and(|(set, remove)| match sets {
                        true => tags == set,
                        false => tags.keys().eq(remove.iter()),
                    })
                };
                let of_owner = |key: &str| key.starts_with("evsctl");
                if !sets && tags.keys().any(|key| of_owner(key)) {
                    return Err(format!("volume {id} is to lose its ownership tag: {tags:?}"));
                }
                match self.mandates(around.of_the_past).any(fits) {
                    true => Ok(()),
                    false => Err(format!("volume {id} is to be retagged ({sets}: {tags:?}), and no plan says so")),
                }
            }
        }
    }

    /// Whether a plan says so that was approved, and the manifest of its run asks for it.
    fn may_be(&self, announced: &Announced, of_the_past: bool) -> Result<(), String> {
        let in_one = |fits: &dyn Fn(&Mandate) -> bool| self.mandates(of_the_past).any(fits);
        match announced {
            Announced::Extend(volumes, _) => {
                for (id, size) in volumes {
                    if !in_one(&|it| it.grows.get(id) == Some(size)) {
                        return Err(format!("volume {id} is to grow to {size} GB, and no plan says so"));
                    }
                    if !in_one(&|it| it.sizes.get(id) == Some(size)) {
                        return Err(format!("volume {id} is to grow to {size} GB, and the manifest does not say so"));
                    }
                }
            }
            Announced::Delete(id) => {
                if in_one(&|it| it.cleans.contains(id)) {
                    return Ok(());
                }
                if !in_one(&|it| it.deletes.contains_key(id)) {
                    return Err(format!("volume {id} is to be deleted, and no plan says so"));
                }
                if !in_one(&|it| it.unwanted.contains(id)) {
                    return Err(format!("volume {id} is to be deleted, and the manifest still asks for it"));
                }
                if !of_the_past && !self.consented.contains_key(id) {
                    return Err(format!("volume {id} is to be deleted, and nobody gave a number for it"));
                }
            }
        }
        Ok(())
    }

    /// Whether its intent and this very sending are on the disk.
    fn is_announced(&mut self, arrival: &Arrival, asked: &Announced, around: &Around<'_>) -> Result<(), String> {
        let all = around.past.changes.iter().chain(&around.now.changes).chain(&around.named);
        let calls: BTreeSet<&String> = all.filter(|(_, it)| it.covers(asked)).map(|(call, _)| call).collect();
        if let Announced::Delete(id) = asked
            && self.mandates(around.of_the_past).any(|it| it.cleans.contains(id))
        {
            return Ok(());
        }
        if let Announced::Extend(volumes, way) = asked
            && way.is_object()
        {
            for (id, size) in volumes {
                let orders = self.orders.entry((id.clone(), *size)).or_default();
                *orders += 1;
                if *orders > 1 {
                    return Err(format!("{orders} orders came in for volume {id} to grow to {size} GB"));
                }
            }
        }
        let sent = |page: &Page, call: &String| page.sent(call).0 + page.sent(call).1;
        let heard = |call: &String| self.heard.get(call).copied().unwrap_or_default();
        let left = |call: &&&String| sent(around.now, call) + sent(around.past, call) > heard(call);
        // Which of the calls that ask for the same it is does not show: it is one that was sent in this run, if any was.
        let fresh = calls.iter().filter(left).find(|call| sent(around.now, call) > 0);
        let Some(call) = fresh.or_else(|| calls.iter().find(left)).map(|call| (*call).clone()) else {
            let counts: Vec<_> = calls.iter().map(|call| (call, sent(around.now, call), heard(call))).collect();
            return Err(format!("{asked:?} came in, and no durable record says that it was sent: {counts:?}"));
        };
        if fresh.is_none() && !around.of_the_past {
            return Err(format!("{asked:?} came in as {call}, and was sent in no run since the last crash"));
        }
        if let Some(dated) = &arrival.signed {
            let is_dated = |page: &Page| page.dates.get(&call).is_some_and(|dates| dates.contains(dated));
            if !is_dated(around.now) && !is_dated(around.past) {
                return Err(format!(
                    "call {call} is signed as of {dated}, when no durable record says that it was sent"
                ));
            }
        }
        // Where a batch is refused, its volumes go by calls of their own; the snapshot names the batch, and that is enough
        // for a reader without the journal: it looks at these volumes first.
        let is_order = matches!(asked, Announced::Extend(_, way) if way.is_object());
        let names = |id: &str| around.named.values().any(|it| it.ids().contains(&id));
        let is_named = if is_order { around.named.contains_key(&call) } else { asked.ids().into_iter().all(names) };
        if around.must_be_named && !is_named {
            return Err(format!("call {call} came in, and the snapshot does not say that the run may send it"));
        }
        *self.heard.entry(call).or_default() += 1;
        Ok(())
    }
}
