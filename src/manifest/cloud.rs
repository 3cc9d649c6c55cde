//! `cloud`: where the volumes live.

use super::fields::CLOUD;
use super::found::Subject;
use super::node::{Node, Value};
use super::remark::Remark;
use super::report::Report;
use super::source::At;
use super::unknown::unknown;
use super::values::{Given, boolean, checked, mapping, shown, text, word};
use super::wrong::{CloudFault, EndpointFault, Missing, Unfit};
use super::{Cloud, Project, RateLimit, Target};
use crate::volume::{CreateApi, Excerpt, OwnershipTag, Partition, Tags};
use std::num::NonZeroU32;
use std::time::Duration;

/// How long a create call may stay invisible at a real cloud.
const SETTLE: Duration = Duration::from_secs(15 * 60);
/// The same for the embedded one, which answers at once.
const SETTLE_SIMULATOR: Duration = Duration::from_secs(2);
/// The longest that may be asked for: a run would wait that long.
const SETTLE_MOST: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Default)]
struct CloudFields {
    simulator: Given<bool>,
    region: Given<String>,
    project_id: Given<String>,
    project: Given<String>,
    endpoint: Given<url::Url>,
    ownership_tag: Given<OwnershipTag>,
    settle: Given<Duration>,
    rate_limit: Given<RateLimit>,
    create_api: Given<CreateApi>,
}

/// What the checks of volumes need to know of the cloud, even where the rest of the section is wrong.
#[derive(Debug, Default)]
pub(super) struct CloudFacts {
    /// The tag that is evsctl's own.
    pub(super) ownership: OwnershipTag,
    /// Whose rules count, where the section tells.
    pub(super) partition: Option<Partition>,
    /// The usual form of the create call there.
    pub(super) create_api: CreateApi,
    /// The region, where the section names one.
    pub(super) region: Option<String>,
}

/// Reads the section.
pub(super) fn decode(node: Node<'_>, at: At, report: &mut Report<'_>) -> (Option<Cloud>, CloudFacts) {
    let before = report.errors();
    let Some(fields) = read(node, report) else { return (None, CloudFacts::default()) };
    let partition = partition(&fields);
    let simulator = fields.simulator.get().is_some_and(|(on, _)| *on);
    let target = if fields.simulator.is_bad() {
        None
    } else if simulator {
        alone(&fields, report);
        Some(Target::Simulator)
    } else {
        real(&fields, at, report)
    };
    let region = fields.region.get().map(|(region, _)| region.clone());
    if let Some((region, at)) = fields.region.get()
        && let Some(like) = Partition::region_like(region)
    {
        report.warn(at, Remark::RegionNotKnown { region: Excerpt::of(region), like: Excerpt::of(like) });
    }
    let tag_at = fields.ownership_tag.get().map(|(_, at)| at);
    let ownership_tag = fields.ownership_tag.into_value().unwrap_or_default();
    let usual = if simulator { SETTLE_SIMULATOR } else { SETTLE };
    let settle = fields.settle.into_value().unwrap_or(usual);
    let rate_limit = fields.rate_limit.into_value();
    if let (Some((CreateApi::V2, at)), Some(Partition::HuaweiCloud)) = (fields.create_api.get(), partition) {
        report.error(at, CloudFault::CallWithoutToken);
    }
    let create_api = match fields.create_api.into_value() {
        Some(by_hand) => by_hand,
        None => partition.map_or_else(CreateApi::default, Partition::usual_create_api),
    };
    if let (OwnershipTag::Key(key), Some(partition), Some(at)) = (&ownership_tag, partition, tag_at)
        && let Err(invalid) = partition.check_tag(key)
    {
        report.error(at, invalid);
    }
    let sound = report.errors() == before;
    let cloud = target.filter(|_| sound).map(|target| Cloud {
        target,
        ownership_tag: ownership_tag.clone(),
        settle,
        rate_limit,
        create_api,
    });
    (cloud, CloudFacts { ownership: ownership_tag, partition, create_api, region })
}

/// Whose rules count: the endpoint's name says so, or the region's; an endpoint of another name says nothing.
fn partition(fields: &CloudFields) -> Option<Partition> {
    match (&fields.endpoint, &fields.region) {
        (Given::Set(endpoint, _), _) => Partition::of_host(endpoint.host_str().unwrap_or_default()),
        (Given::Absent | Given::Null, Given::Set(region, _)) => {
            Partition::of_host(&format!("{region}.{}", Partition::domain_of_region(region)))
        }
        _ => None,
    }
}

fn read(node: Node<'_>, report: &mut Report<'_>) -> Option<CloudFields> {
    let mut fields = CloudFields::default();
    for (name, node) in mapping(node, Subject::Field("cloud"), report)? {
        let at = node.at;
        match name.text.as_ref() {
            "simulator" => {
                fields.simulator = Given::read(node, |node| boolean(&node, Subject::Field("simulator"), report));
            }
            "region" => {
                fields.region = Given::read(node, |node| {
                    checked(text(node, Subject::Field("region"), report)?, at, Subject::Field("region"), region, report)
                });
            }
            "project_id" => {
                fields.project_id = Given::read(node, |node| {
                    checked(
                        word(node, Subject::Field("project_id"), report)?,
                        at,
                        Subject::Field("project_id"),
                        project_id,
                        report,
                    )
                });
            }
            "project" => {
                fields.project = Given::read(node, |node| {
                    checked(
                        text(node, Subject::Field("project"), report)?,
                        at,
                        Subject::Field("project"),
                        project,
                        report,
                    )
                });
            }
            "endpoint" => {
                fields.endpoint = Given::read(node, |node| {
                    checked(
                        text(node, Subject::Field("endpoint"), report)?,
                        at,
                        Subject::Field("endpoint"),
                        |text| endpoint(&text),
                        report,
                    )
                });
            }
            "ownership_tag" => fields.ownership_tag = Given::read(node, |node| ownership_tag(node, report)),
            "create_api" => fields.create_api = Given::read(node, |node| create_api(&node, report)),
            "rate_limit" => fields.rate_limit = Given::read(node, |node| rate_limit(&node, report)),
            "settle" => fields.settle = Given::read(node, |node| settle(node, report)),
            _ => {
                let _ = unknown(&name, &node, Subject::Field("cloud"), &CLOUD, report);
            }
        }
    }
    Some(fields)
}

fn alone(fields: &CloudFields, report: &mut Report<'_>) {
    let beside = [
        ("region", fields.region.get().map(|(_, at)| at)),
        ("project_id", fields.project_id.get().map(|(_, at)| at)),
        ("project", fields.project.get().map(|(_, at)| at)),
        ("endpoint", fields.endpoint.get().map(|(_, at)| at)),
    ];
    for (field, at) in beside {
        if let Some(at) = at {
            report.error(at, CloudFault::BesideSimulator { field });
        }
    }
}

fn real(fields: &CloudFields, at: At, report: &mut Report<'_>) -> Option<Target> {
    let project = match (&fields.project_id, &fields.project) {
        (Given::Set(..), Given::Set(_, at)) => {
            report.error(*at, CloudFault::ProjectTwice);
            None
        }
        (Given::Set(id, _), _) => Some(Project::Id(id.clone())),
        (_, Given::Set(name, _)) => Some(Project::Name(name.clone())),
        (Given::Bad, _) | (_, Given::Bad) => None,
        _ => {
            report.error(at, Missing::Project);
            None
        }
    };
    let region = fields.region.get().map(|(region, _)| region.clone());
    let endpoint = fields.endpoint.get().map(|(endpoint, _)| endpoint.clone());
    if region.is_none() && endpoint.is_none() && !fields.region.is_bad() && !fields.endpoint.is_bad() {
        report.error(at, Missing::Region);
    }
    Some(Target::Endpoint { region, project: project?, endpoint })
}

/// A region becomes a part of a host's name: nothing that could lead elsewhere may stand in it.
fn region(text: String) -> Result<String, Unfit> {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() || text.len() > 63 || !text.chars().all(legal) {
        return Err(Unfit::Region(Excerpt::of(&text)));
    }
    Ok(text)
}

fn project_id(text: String) -> Result<String, Unfit> {
    let legal = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    if text.len() != 32 || !text.chars().all(legal) {
        return Err(Unfit::ProjectId(Excerpt::of(&text)));
    }
    Ok(text)
}

fn project(text: String) -> Result<String, Unfit> {
    if text.is_empty() || text.chars().count() > 64 || text.chars().any(char::is_control) {
        return Err(Unfit::ProjectName(Excerpt::of(&text)));
    }
    Ok(text)
}

fn endpoint(text: &str) -> Result<url::Url, Unfit> {
    let url = url::Url::parse(text).map_err(|error| {
        let foreign = Excerpt::of(&error.to_string());
        Unfit::Endpoint(EndpointFault::NoAddress { text: Excerpt::of(text), foreign })
    })?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(Unfit::Endpoint(EndpointFault::NoHost));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Unfit::Endpoint(EndpointFault::Secret));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(Unfit::Endpoint(EndpointFault::Path));
    }
    Ok(url)
}

fn ownership_tag(node: Node<'_>, report: &mut Report<'_>) -> Option<OwnershipTag> {
    match node.value {
        Value::Bool(false, _) => Some(OwnershipTag::Off),
        Value::Text(key) => match Tags::check_key(&key) {
            Ok(()) => Some(OwnershipTag::Key(key.into_owned())),
            Err(invalid) => {
                report.error(node.at, invalid);
                None
            }
        },
        other => {
            report.error(node.at, CloudFault::OwnershipTag(shown(&other)));
            None
        }
    }
}

fn settle(node: Node<'_>, report: &mut Report<'_>) -> Option<Duration> {
    let no_duration = CloudFault::SettleNoDuration(shown(&node.value));
    let Value::Text(raw) = node.value else {
        report.error(node.at, no_duration);
        return None;
    };
    let parsed = raw.parse::<jiff::SignedDuration>().ok().and_then(|duration| Duration::try_from(duration).ok());
    match parsed {
        Some(duration) if !duration.is_zero() && duration <= SETTLE_MOST => return Some(duration),
        Some(_) => report.error(node.at, CloudFault::SettleOutOfRange(Excerpt::of(&raw))),
        None => report.error(node.at, no_duration),
    }
    None
}

/// A number or a text as it is written; anything else is none of the words that may stand there.
fn written<'n>(node: &'n Node<'_>) -> &'n str {
    match &node.value {
        Value::Number(text) => text,
        Value::Text(text) => text.as_ref(),
        _ => "",
    }
}

/// The most requests that may be asked for in one window: more are never sent.
const RATE_MOST: u32 = 100_000;

fn rate_limit(node: &Node<'_>, report: &mut Report<'_>) -> Option<RateLimit> {
    let text = written(node);
    let (number, window) = match text.split_once('/') {
        None => (text, Some(1)),
        Some((number, "s")) => (number, Some(1)),
        Some((number, "m")) => (number, Some(60)),
        Some((number, _)) => (number, None),
    };
    let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let requests = number.parse().ok().and_then(NonZeroU32::new).filter(|number| plain && number.get() <= RATE_MOST);
    if let (Some(requests), Some(seconds)) = (requests, window) {
        return Some(RateLimit { requests, window: Duration::from_secs(seconds) });
    }
    report.error(node.at, CloudFault::RateLimit { most: RATE_MOST, found: shown(&node.value) });
    None
}

fn create_api(node: &Node<'_>, report: &mut Report<'_>) -> Option<CreateApi> {
    let known = CreateApi::ALL.into_iter().find(|api| api.version() == written(node));
    if known.is_none() {
        report.error(node.at, CloudFault::CreateApi(shown(&node.value)));
    }
    known
}
