//! What a project can have: its zones, its volume types, its quotas, and the tags that its volumes carry.

use super::calls::decode;
use super::client::Client;
use super::error::Error;
use super::wire::{self, QuotaReply, TagsReply, TypesReply, ZonesReply};
use crate::supply::{Quota, Type, Zone};
use reqwest::Method;
use std::collections::{BTreeMap, BTreeSet};

/// The zones where a type exists; empty is all of them.
const ZONES: &str = "RESKEY:availability_zones";
/// Those of them where there is nothing left of it; may be absent.
const SOLD_OUT: &str = "os-vendor-extended:sold_out_availability_zones";

impl Client {
    /// `GET /v2/{project_id}/os-availability-zone`: the zones.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list_zones(&self) -> Result<Vec<Zone>, Error> {
        const TEMPLATE: &str = "GET /v2/{project_id}/os-availability-zone";
        let request = self.request(TEMPLATE, Method::GET, &["v2", "{project_id}", "os-availability-zone"]);
        let reply: ZonesReply = decode(TEMPLATE, &self.send(request).await?)?;
        Ok(zones(reply))
    }

    /// `GET /v2/{project_id}/types`: the volume types.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list_types(&self) -> Result<Vec<Type>, Error> {
        const TEMPLATE: &str = "GET /v2/{project_id}/types";
        let request = self.request(TEMPLATE, Method::GET, &["v2", "{project_id}", "types"]);
        let reply: TypesReply = decode(TEMPLATE, &self.send(request).await?)?;
        Ok(types(reply))
    }

    /// `GET /v2/{project_id}/os-quota-sets/{project_id}?usage=True`: limits and use, by entry.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn show_quotas(&self) -> Result<BTreeMap<String, Quota>, Error> {
        const TEMPLATE: &str = "GET /v2/{project_id}/os-quota-sets/{project_id}";
        let path = ["v2", "{project_id}", "os-quota-sets", "{project_id}"];
        let mut request = self.request(TEMPLATE, Method::GET, &path);
        request.url.set_query(Some("usage=True"));
        let reply: QuotaReply = decode(TEMPLATE, &self.send(request).await?)?;
        Ok(quotas(reply))
    }

    /// `GET /v2/{project_id}/cloudvolumes/tags`: the keys of all tags that the project's volumes carry.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list_tag_keys(&self) -> Result<Vec<String>, Error> {
        const TEMPLATE: &str = "GET /v2/{project_id}/cloudvolumes/tags";
        let mut request = self.request(TEMPLATE, Method::GET, &["v2", "{project_id}", "cloudvolumes", "tags"]);
        // It holds the values of all volumes, among them an ownership tag for each create call.
        request.most = 8 << 20;
        let reply: TagsReply = decode(TEMPLATE, &self.send(request).await?)?;
        Ok(reply.tags)
    }
}

/// From the wire's shape to ours.
pub(super) fn zones(reply: ZonesReply) -> Vec<Zone> {
    reply.zones.into_iter().map(|zone| Zone { name: zone.name, available: zone.state.available }).collect()
}

/// From the wire's shape to ours.
pub(super) fn types(reply: TypesReply) -> Vec<Type> {
    let of = |it: wire::Type| Type { zones: named(&it, ZONES), sold_out: named(&it, SOLD_OUT), name: it.name };
    reply.volume_types.into_iter().map(of).collect()
}

/// The zones that stand under a key. A published sample has a space inside a key: it is meant all the same.
fn named(of: &wire::Type, key: &str) -> BTreeSet<String> {
    let meant = |it: &str| it.split_whitespace().flat_map(str::chars).eq(key.chars());
    let lists = of.extra_specs.iter().filter(|(it, _)| meant(it)).flat_map(|(_, zones)| zones.split(','));
    lists.map(str::trim).filter(|zone| !zone.is_empty()).map(str::to_owned).collect()
}

/// From the wire's shape to ours.
pub(super) fn quotas(reply: QuotaReply) -> BTreeMap<String, Quota> {
    let of = |wire::Quota { limit, in_use, reserved }: wire::Quota| Quota { limit, in_use, reserved };
    reply.quota_set.into_iter().map(|(entry, quota)| (entry, of(quota))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supply::Stock;
    use serde_json::json;

    fn of(specs: serde_json::Value) -> Type {
        let one = json!({"id": "1", "name": "SSD", "extra_specs": specs, "description": null});
        types(serde_json::from_value(json!({"volume_types": [one]})).unwrap()).remove(0)
    }

    #[test]
    fn a_type_is_where_its_specs_say() {
        let sold = of(json!({ZONES: "a, b,c", SOLD_OUT: "c", "HW:availability_zone": "x"}));
        assert_eq!(["a", "b", "c", "x"].map(|zone| sold.stock(zone)), {
            [Stock::There, Stock::There, Stock::SoldOut, Stock::Elsewhere]
        });
        let misspelt = of(json!({ZONES: "a,b", "os-vendor-extended: sold_out_availability_zones": "b"}));
        assert_eq!(misspelt.stock("b"), Stock::SoldOut);
        for everywhere in [json!({}), json!({ZONES: ""}), json!(null), json!({ZONES: null})] {
            assert_eq!(of(everywhere).stock("a"), Stock::There);
        }
    }

    #[test]
    fn zones_read_whatever_is_missing() {
        let reply: ZonesReply = serde_json::from_value(json!({"availabilityZoneInfo": [
            {"zoneName": "a", "zoneState": {"available": true}}, {"zoneName": "b", "zoneState": {"available": "False"}},
            {"zoneName": "c", "zoneState": null}, {"zoneName": "d"},
        ]}))
        .unwrap();
        let available: Vec<Option<bool>> = zones(reply).iter().map(|zone| zone.available).collect();
        assert_eq!(available, [Some(true), Some(false), None, None]);
    }

    #[test]
    fn what_is_left_is_the_limit_less_all_that_is_taken() {
        let reply: QuotaReply = serde_json::from_value(json!({"quota_set": {
            "id": "p", "backups": 10,
            "volumes": {"reserved": 2, "limit": 10, "in_use": 5}, "gigabytes": {"limit": -1, "in_use": 9},
        }}))
        .unwrap();
        let left: Vec<_> = quotas(reply).into_iter().map(|(name, quota)| (name, quota.left())).collect();
        assert_eq!(left, [("gigabytes".to_owned(), None), ("volumes".to_owned(), Some(3))]);
    }
}
