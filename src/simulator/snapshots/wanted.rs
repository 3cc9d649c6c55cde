//! What a list of snapshots asks for. A parameter that is empty, or not known, asks for nothing; the name is looked for
//! within names, and wrong values have the codes that they have in lists of volumes.

use super::shown::Shown;
use crate::simulator::call::{Call, Lag, uuid};
use crate::simulator::filter;
use crate::simulator::model::Cloud;
use crate::simulator::render;
use crate::simulator::reply::Refusal;
use uuid::Uuid;

/// A list call, read.
#[derive(Debug)]
pub(in crate::simulator) struct Wanted<'a> {
    pub(in crate::simulator) limit: usize,
    pub(in crate::simulator) offset: usize,
    filters: Vec<Filter<'a>>,
}

#[derive(Debug)]
enum Filter<'a> {
    Name(&'a str),
    Status(&'a str),
    Volume(Uuid),
    Zone(&'a str),
    /// Any of these.
    Ids(Vec<Uuid>),
    Service(&'a str),
    EnterpriseProject(&'a str),
    Pool(&'a str),
    /// Within the names of pools.
    PoolName(&'a str),
    /// Old enough to be in lists.
    OldEnough(Lag),
}

impl<'a> Wanted<'a> {
    /// Reads the query. Cinder's lists do not know the parameters that only the `custom` one has.
    ///
    /// # Errors
    /// The code of the first parameter that is wrong.
    pub(in crate::simulator) fn read(cloud: &Cloud, call: &'a Call, custom: bool) -> Result<Wanted<'a>, Refusal> {
        let (limit, offset) = filter::page(call)?;
        let (mut filters, mut ids) = (Vec::new(), Vec::new());
        for (name, value) in call.query.iter().filter(|(_, value)| !value.is_empty()) {
            let value = value.as_str();
            let id = || uuid(value).ok_or_else(|| Refusal::of("EVS.1002"));
            filters.push(match name.as_str() {
                "name" => Filter::Name(value),
                "status" => Filter::Status(value),
                "volume_id" => Filter::Volume(id()?),
                "availability_zone" if cloud.catalogue.zones.iter().any(|it| it == value) => Filter::Zone(value),
                "availability_zone" => return Err(Refusal::of("EVS.1041")),
                "id" if custom => {
                    ids.push(id()?);
                    continue;
                }
                "service_type" if custom => Filter::Service(value),
                "enterprise_project_id" if custom && value != "all_granted_eps" => Filter::EnterpriseProject(value),
                "dedicated_storage_id" if custom => Filter::Pool(value),
                "dedicated_storage_name" if custom => Filter::PoolName(value),
                _ => continue,
            });
        }
        if !ids.is_empty() {
            filters.push(Filter::Ids(ids));
        }
        if !call.list_lag.is_none() {
            filters.push(Filter::OldEnough(call.list_lag));
        }
        Ok(Wanted { limit, offset, filters })
    }

    /// Whether this snapshot is wanted.
    pub(in crate::simulator) fn wants(&self, cloud: &Cloud, of: Shown<'_>) -> bool {
        self.filters.iter().all(|it| it.holds(cloud, of))
    }
}

impl Filter<'_> {
    fn holds(&self, cloud: &Cloud, of: Shown<'_>) -> bool {
        match self {
            Filter::Name(part) => of.name().contains(part),
            Filter::Status(status) => of.status() == *status,
            Filter::Volume(id) => match of.taken() {
                Some(snapshot) => snapshot.volume == *id,
                None => uuid(&of.volume_id()) == Some(*id),
            },
            Filter::Zone(zone) => of.zone() == *zone,
            Filter::Ids(ids) => match of.taken() {
                Some(snapshot) => ids.contains(&snapshot.id),
                None => uuid(&of.id()).is_some_and(|id| ids.contains(&id)),
            },
            Filter::Service(word) => of.service() == *word,
            Filter::EnterpriseProject(id) => of.enterprise_project() == *id,
            Filter::Pool(id) => of.pool() == Some(*id),
            Filter::PoolName(part) => {
                of.pool().and_then(|id| render::pool_name(cloud, id)).is_some_and(|name| name.contains(part))
            }
            Filter::OldEnough(lag) => of.taken().is_none_or(|it| !lag.hides(it.created, cloud.now())),
        }
    }
}
