//! What `state rm` says.

use crate::operation::{Create, Kind};
use crate::volume::{Address, CallId, Receipt, VolumeId};

/// That nothing was named which could be given up.
pub const NOTHING_NAMED: &str = "what shall be given up?";

/// How it is named.
pub const NAME_IT: &str =
    "name volumes, as in `evsctl state rm PATH 'web[3]'`, or a call, as in `evsctl state rm PATH --call CALL`";

/// That a volume is given up.
pub fn released(address: &Address, id: &VolumeId) -> String {
    format!("gave up {address} ({id}): it stays in the cloud, and evsctl has nothing to do with it any more")
}

/// That the manifest asks for it all the same.
pub fn released_and_asked_for(address: &Address) -> String {
    format!("the manifest still asks for {address}: take it out, or the next plan wants another volume there")
}

/// Why a volume is not given up.
pub fn not_released(address: &Address, call: &CallId) -> String {
    format!("{address} is not given up: call {call} about it is not over")
}

/// What could not be done about a volume's tag.
pub fn cannot_untag(address: &Address) -> String {
    format!("cannot take the ownership tag off {address}, so nothing is given up")
}

/// That a call which is to be given up is not open.
pub fn not_open(call: &CallId) -> String {
    format!("call {call} is not open")
}

/// Which calls are.
pub fn open(calls: &[&CallId]) -> String {
    match calls {
        [] => "no call of this stack is open: there is nothing to give up".to_owned(),
        calls => format!("open are: {}", calls.iter().map(|call| call.as_str()).collect::<Vec<_>>().join(", ")),
    }
}

/// That a call was given up, and what may follow of it all the same.
pub fn gave_up(call: &CallId, kind: &Kind, taken: Option<&Receipt>) -> String {
    match kind {
        Kind::Create(made) => gave_up_create(call, &made.create, taken),
        Kind::Extend(extend) => {
            let addresses: Vec<String> = extend.volumes.keys().map(ToString::to_string).collect();
            let order = match taken {
                Some(Receipt::Order(id)) => {
                    format!(
                        "; its order {id} still extends once it is paid, so cancel that in the billing console first"
                    )
                }
                _ => String::new(),
            };
            format!(
                "gave up extend call {call} of {}{order}: the next plan looks at the volumes as they are, and what grows later is \
                 drift",
                addresses.join(", ")
            )
        }
        Kind::Delete(delete) => format!(
            "gave up delete call {call} of {}: the next plan looks at the volume as it is; if it is gone by then, the plan says so",
            delete.address
        ),
    }
}

fn gave_up_create(call: &CallId, create: &Create, taken: Option<&Receipt>) -> String {
    let (key, slots) = (&create.key, create.slot_set());
    let job = match taken {
        Some(Receipt::Job(id)) => format!("; its job {id} may still make them, so look at that first"),
        Some(Receipt::Order(id)) => {
            format!("; its order {id} still makes them once it is paid, so cancel that in the billing console first")
        }
        None => String::new(),
    };
    format!(
        "gave up create call {call} of {key}[{slots}]{job}: the next apply creates what is missing there; a volume of it that \
         shows later is adopted where its slot is free, and reported where not"
    )
}
