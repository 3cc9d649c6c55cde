//! Which path goes where: the endpoint table, and nothing else decides.

use super::call::Call;
use super::model::Cloud;
use super::reply::{Family, Refusal, Reply};
use super::{batch, change, create, delete, extend, list, look, snapshots, sources};

/// What serves an endpoint: a function of the cloud and the call, without waiting.
pub(super) type Endpoint = fn(&mut Cloud, &Call) -> Result<Reply, Refusal>;

/// What must be known of an endpoint before its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A create call that honours `X-Client-Token`.
    Idempotent,
    /// A create call that does not.
    Create,
    /// Anything else.
    Other,
}

/// One line of the table.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) method: &'static str,
    /// The path, with `{name}` for a value.
    pub(super) template: &'static str,
    pub(super) family: Family,
    pub(super) kind: Kind,
    pub(super) endpoint: Endpoint,
}

impl Route {
    const fn of(self, kind: Kind) -> Route {
        Route { kind, ..self }
    }

    /// Whether it changes something: a list by tags is a POST that does not.
    pub(super) fn changes(&self) -> bool {
        self.method != "GET" && !self.template.ends_with("/resource_instances/action")
    }
}

/// A path that the table knows, with the values of its template.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) template: &'static str,
    /// `None` where the path exists and the method does not.
    pub(super) route: Option<&'static Route>,
    pub(super) values: Vec<(&'static str, String)>,
}

const fn custom(method: &'static str, template: &'static str, endpoint: Endpoint) -> Route {
    Route { method, template, family: Family::Custom, kind: Kind::Other, endpoint }
}

const fn cinder(method: &'static str, template: &'static str, endpoint: Endpoint) -> Route {
    Route { method, template, family: Family::Cinder, kind: Kind::Other, endpoint }
}

/// Literal segments stand before values: the first line that matches counts.
static TABLE: &[Route] = &[
    custom("POST", "/v3/{project_id}/cloudvolumes", create::v3).of(Kind::Idempotent),
    custom("POST", "/v2/{project_id}/cloudvolumes", create::v2).of(Kind::Create),
    custom("POST", "/v2.1/{project_id}/cloudvolumes", create::v21).of(Kind::Idempotent),
    custom("GET", "/v1/{project_id}/jobs/{job_id}", look::job),
    custom("GET", "/v2/{project_id}/cloudvolumes/detail", list::custom),
    custom("GET", "/v2/{project_id}/cloudvolumes/tags", change::project_tags),
    cinder("POST", "/v2/{project_id}/cloudvolumes/resource_instances/action", list::by_tags),
    custom("GET", "/v2/{project_id}/cloudvolumes/{volume_id}", look::volume),
    custom("PUT", "/v2/{project_id}/cloudvolumes/{volume_id}", change::update),
    custom("DELETE", "/v2/{project_id}/cloudvolumes/{volume_id}", delete::custom),
    custom("POST", "/v2.1/{project_id}/cloudvolumes/{volume_id}/action", extend::v21),
    custom("POST", "/v2/{project_id}/cloudvolumes/{volume_id}/action", extend::v2),
    custom("POST", "/v5/{project_id}/volumes/batch-extend", batch::extend),
    custom("POST", "/v2/{project_id}/cloudvolumes/{volume_id}/tags/action", change::tags_action),
    custom("GET", "/v2/{project_id}/cloudvolumes/{volume_id}/tags", change::tags),
    cinder("POST", "/v3/{project_id}/volumes", create::cinder).of(Kind::Create),
    cinder("POST", "/v2/{project_id}/volumes", create::cinder).of(Kind::Create),
    cinder("GET", "/v3/{project_id}/volumes", list::cinder_brief),
    cinder("GET", "/v2/{project_id}/volumes", list::cinder_brief),
    cinder("GET", "/v3/{project_id}/volumes/detail", list::cinder),
    cinder("GET", "/v2/{project_id}/volumes/detail", list::cinder),
    cinder("GET", "/v3/{project_id}/volumes/{volume_id}", look::volume),
    cinder("GET", "/v2/{project_id}/volumes/{volume_id}", look::volume),
    cinder("POST", "/v3/{project_id}/volumes/{volume_id}/action", extend::cinder),
    cinder("POST", "/v2/{project_id}/volumes/{volume_id}/action", extend::cinder),
    cinder("PUT", "/v3/{project_id}/volumes/{volume_id}", change::update_cinder),
    cinder("PUT", "/v2/{project_id}/volumes/{volume_id}", change::update_cinder),
    cinder("DELETE", "/v3/{project_id}/volumes/{volume_id}", delete::cinder),
    cinder("DELETE", "/v2/{project_id}/volumes/{volume_id}", delete::cinder),
    // The older paths, which Open Telekom Cloud documents. It extends and deletes over those above.
    custom("GET", "/v2/{project_id}/cloudvolumes", list::cinder_brief),
    custom("GET", "/v2/{project_id}/os-vendor-volumes/detail", list::cinder),
    custom("GET", "/v3/{project_id}/os-vendor-volumes/detail", list::cinder),
    custom("GET", "/v2/{project_id}/os-vendor-volumes/tags", change::project_tags),
    custom("GET", "/v3/{project_id}/os-vendor-volumes/tags", change::project_tags),
    cinder("POST", "/v2/{project_id}/os-vendor-volumes/resource_instances/action", list::by_tags),
    cinder("POST", "/v3/{project_id}/os-vendor-volumes/resource_instances/action", list::by_tags),
    custom("POST", "/v2/{project_id}/os-vendor-volumes/{volume_id}/tags/action", change::tags_action),
    custom("POST", "/v3/{project_id}/os-vendor-volumes/{volume_id}/tags/action", change::tags_action),
    custom("GET", "/v2/{project_id}/os-vendor-volumes/{volume_id}/tags", change::tags),
    custom("GET", "/v3/{project_id}/os-vendor-volumes/{volume_id}/tags", change::tags),
    custom("DELETE", "/v2/{project_id}/os-vendor-tags/volumes/{volume_id}/{key}", change::remove_tag),
    custom("GET", "/v3/{project_id}/os-vendor-volumes/{volume_id}", look::volume),
    custom("GET", "/v2/{project_id}/os-vendor-volumes/{volume_id}", look::volume),
    cinder("GET", "/v3/{project_id}/os-availability-zone", look::zones),
    cinder("GET", "/v2/{project_id}/os-availability-zone", look::zones),
    cinder("GET", "/v3/{project_id}/types", look::types),
    cinder("GET", "/v2/{project_id}/types", look::types),
    cinder("GET", "/v3/{project_id}/types/{type_id}", look::one_type),
    cinder("GET", "/v2/{project_id}/types/{type_id}", look::one_type),
    cinder("GET", "/v3/{project_id}/os-quota-sets/{target_id}", look::quotas),
    cinder("GET", "/v2/{project_id}/os-quota-sets/{target_id}", look::quotas),
    custom("GET", "/v2/{project_id}/cloudsnapshots/detail", snapshots::list),
    custom("POST", "/v2/{project_id}/cloudsnapshots", snapshots::create),
    custom("GET", "/v2/{project_id}/cloudsnapshots/{snapshot_id}", snapshots::one),
    custom("PUT", "/v2/{project_id}/cloudsnapshots/{snapshot_id}", snapshots::update),
    custom("DELETE", "/v2/{project_id}/cloudsnapshots/{snapshot_id}", snapshots::delete),
    // Two other services, at the same address.
    custom("GET", "/v2/cloudimages", sources::images),
    custom("GET", "/v3/{project_id}/backups/{backup_id}", sources::backup),
    custom("GET", "/", look::versions),
    custom("GET", "/v1", look::one_version),
    custom("GET", "/v2", look::one_version),
    custom("GET", "/v3", look::one_version),
];

/// Finds a path, with or without a slash at its end.
pub(super) fn find(method: &str, path: &str) -> Option<Found> {
    let mut other_method = None;
    for route in TABLE {
        let Some(values) = values(route.template, path) else { continue };
        if route.method == method {
            return Some(Found { template: route.template, route: Some(route), values });
        }
        other_method.get_or_insert(Found { template: route.template, route: None, values });
    }
    other_method
}

fn values(template: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let mut values = Vec::new();
    let mut segments = path.split('/');
    for expected in template.strip_suffix('/').unwrap_or(template).split('/') {
        let segment = segments.next()?;
        match expected.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
            Some(name) if !segment.is_empty() => values.push((name, segment.to_owned())),
            None if expected == segment => {}
            _ => return None,
        }
    }
    segments.next().is_none().then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_the_table_comes_before_a_value() {
        let found = find("GET", "/v2/p/cloudvolumes/detail").unwrap();
        assert_eq!(found.template, "/v2/{project_id}/cloudvolumes/detail");
        let found = find("GET", "/v2/p/cloudvolumes/x").unwrap();
        assert_eq!(found.values, [("project_id", "p".to_owned()), ("volume_id", "x".to_owned())]);
        assert!(find("GET", "/").is_some() && find("GET", "/v3/").is_some());
    }

    #[test]
    fn what_is_not_in_the_table_is_told_apart() {
        assert!(find("GET", "/v9/p/cloudvolumes").is_none());
        assert!(find("GET", "/v2/p/cloudvolumes/x/y/z").is_none());
        assert!(find("PATCH", "/v2/p/cloudvolumes/x").unwrap().route.is_none());
        assert!(find("GET", "/v2//cloudvolumes/x").is_none());
    }
}
