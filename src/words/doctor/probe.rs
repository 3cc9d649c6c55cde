//! The volume of a probe: how it came to be, and how lists show it.

use super::service::TAGS_MISSING;
use super::time::shown;
use crate::doctor::{
    Created, Creating, Listed, Metadata, Name, NotTaken, OtherBody, ProbeVolume, SameToken, Tag, VolumeIds,
};
use crate::volume::JobId;
use crate::words::failure::coded;
use crate::words::number::count;

/// The volume, for whoever pays it.
pub(super) fn volume(volume: &ProbeVolume) -> String {
    let ProbeVolume { name, gb, volume_type, zone } = volume;
    format!("{name}, {gb} GB {volume_type} in {zone}")
}

pub(super) fn created(created: &Created) -> String {
    let by = |job: &Option<JobId>| match job {
        Some(job) => format!("job {job}"),
        None => "its answer was lost".to_owned(),
    };
    match created {
        Created::Failed { volume: it, job, failure } => {
            format!("{}: {} failed: {}", volume(it), by(job), coded(&failure.code, &failure.reason))
        }
        Created::CameOut { volume: it, job, status, after } => {
            format!("{}: {status} after {} ({})", volume(it), shown(*after), by(job))
        }
        Created::Unseen { volume: it, job } => format!("{}: not seen to be made in time ({})", volume(it), by(job)),
    }
}

pub(super) fn created_next(created: &Created) -> Option<&'static str> {
    match created {
        Created::Failed { failure, .. } if failure.code.is_empty() => {
            Some("run it again; what the job left is deleted")
        }
        Created::Failed { .. } => Some("look at that code with `evsctl explain`; what the job left is deleted"),
        Created::CameOut { status, .. } if status.is_usable() => None,
        Created::CameOut { .. } => Some("run it again; it is deleted"),
        Created::Unseen { .. } => Some("give it more time with --timeout"),
    }
}

pub(super) fn listed(listed: &Listed) -> String {
    match listed {
        Listed::Never { looks } => format!("not in {}", count(u64::from(*looks), "look")),
        Listed::Soon { after, look, settle } | Listed::Late { after, look, settle, .. } => {
            let (after, settle) = (shown(*after), shown(*settle));
            format!("{after} after the answer, in look {look}; `cloud.settle` is {settle}")
        }
    }
}

pub(super) fn listed_next(listed: &Listed) -> Option<String> {
    match listed {
        Listed::Never { .. } => Some(
            "set `cloud.settle` higher before an apply: what no list shows within it counts as never made".to_owned(),
        ),
        Listed::Soon { .. } => None,
        Listed::Late { wanted, .. } => {
            Some(format!("set `cloud.settle` to four times as much at the least: {}", shown(*wanted)))
        }
    }
}

pub(super) fn creating(creating: &Creating) -> String {
    match creating {
        Creating::Listed => "it is listed while it is being made".to_owned(),
        Creating::Unseen(status) => format!("first listed as {status}: not seen while it was being made"),
    }
}

pub(super) fn tag(tag: &Tag) -> String {
    match tag {
        Tag::Always { looks, .. } => format!("never listed without its tag, in {}", count(u64::from(*looks), "look")),
        Tag::Late { listed, tagged, .. } => {
            format!("listed without its tag at {}, with it at {}", shown(*listed), shown(*tagged))
        }
        Tag::Never { listed } => format!("listed at {}, and never with its tag", shown(*listed)),
    }
}

pub(super) fn tag_next(tag: &Tag) -> Option<String> {
    match tag {
        Tag::Always { .. } => None,
        Tag::Late { wanted, .. } => {
            Some(format!("keep `cloud.settle` above {}: tags come later than volumes here", shown(*wanted)))
        }
        Tag::Never { .. } => Some(TAGS_MISSING.to_owned()),
    }
}

pub(super) fn name(name: &Name) -> String {
    match name {
        Name::AsAsked => "as asked for: one volume gets no suffix".to_owned(),
        Name::Other(name) => format!("one volume was asked for, and it is named {name:?}"),
    }
}

pub(super) fn name_next(name: &Name) -> Option<&'static str> {
    match name {
        Name::AsAsked => None,
        Name::Other(_) => Some("nothing: apply gives names that the service did not give as asked"),
    }
}

pub(super) fn metadata(metadata: &Metadata) -> String {
    match metadata {
        Metadata::Kept => "a key of one's own is kept as it was given".to_owned(),
        Metadata::Changed(value) => format!("a key of one's own is kept, and its value became {value:?}"),
        Metadata::LeftOut => "a key of one's own is left out without a word".to_owned(),
        Metadata::Refused(error) => {
            format!("a key of one's own is refused ({error}), and the call was taken without")
        }
    }
}

pub(super) fn volume_ids(ids: &VolumeIds) -> String {
    match ids {
        VolumeIds::OtherForm(api) => {
            format!("the stack's create calls are {}'s, which name none; `create_api: v2.1` tries those", api.version())
        }
        VolumeIds::NoneNamed => "asked for, and the answer named none".to_owned(),
        VolumeIds::Same => "the answer named the volume that was made".to_owned(),
        VolumeIds::NoneSeen => "no volume was seen to compare with".to_owned(),
        VolumeIds::Others { named, made } => {
            let named: Vec<_> = named.iter().map(ToString::to_string).collect();
            format!("the answer named {}, and {made} was made", named.join(", "))
        }
    }
}

pub(super) fn volume_ids_next(ids: &VolumeIds) -> Option<&'static str> {
    match ids {
        VolumeIds::OtherForm(_) | VolumeIds::Same | VolumeIds::NoneSeen => None,
        VolumeIds::NoneNamed => Some("nothing: the job names the volume as well"),
        VolumeIds::Others { .. } => Some("set `create_api: v3`, and tell evsctl's maintainers"),
    }
}

fn not_taken(why: &NotTaken) -> String {
    match why {
        NotTaken::Unrecorded(why) => why.clone(),
        NotTaken::Failed(error) => error.to_string(),
    }
}

pub(super) fn same_token(same: &SameToken) -> String {
    match same {
        SameToken::SameJob => "the same call again is answered with the same job".to_owned(),
        SameToken::Another(receipt) => {
            format!("the same call again began another {receipt}: another volume, which is deleted as well")
        }
        SameToken::NotTaken(why) => {
            format!("the same call again is not answered as the first time: {}", not_taken(why))
        }
    }
}

pub(super) fn same_token_next(same: &SameToken) -> Option<&'static str> {
    match same {
        SameToken::SameJob => None,
        SameToken::Another(_) => Some(
            "apply here with --in-doubt hold only, and tell evsctl's maintainers: a call that is sent again buys again",
        ),
        SameToken::NotTaken(_) => {
            Some("run it again; where it stays so, a create call whose answer is lost may need a person here")
        }
    }
}

pub(super) fn other_body(other: &OtherBody) -> String {
    match other {
        OtherBody::AsDocumented { code } => format!("refused with {code}, as documented"),
        OtherBody::Otherwise(why) => format!("refused otherwise than documented: {}", not_taken(why)),
        OtherBody::Taken(receipt) => format!("taken, as {receipt}: what it made is deleted as well"),
    }
}

pub(super) fn other_body_next(other: &OtherBody) -> Option<&'static str> {
    match other {
        OtherBody::AsDocumented { .. } => None,
        OtherBody::Otherwise(_) => Some("tell evsctl's maintainers"),
        OtherBody::Taken(_) => {
            Some("tell evsctl's maintainers: the service does not hold a token against the body that it came with")
        }
    }
}
