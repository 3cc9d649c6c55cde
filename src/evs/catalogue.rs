//! What a project can have: its zones, its volume types, its quotas, and the tags that its volumes carry.

use super::calls::decode;
use super::client::Client;
use super::error::Error;
use super::wire::{Quota, QuotaReply, TagsReply, Type, TypesReply, Zone, ZonesReply};
use reqwest::Method;
use std::collections::BTreeMap;

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
        Ok(reply.zones)
    }

    /// `GET /v2/{project_id}/types`: the volume types.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list_types(&self) -> Result<Vec<Type>, Error> {
        const TEMPLATE: &str = "GET /v2/{project_id}/types";
        let request = self.request(TEMPLATE, Method::GET, &["v2", "{project_id}", "types"]);
        let reply: TypesReply = decode(TEMPLATE, &self.send(request).await?)?;
        Ok(reply.volume_types)
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
        Ok(reply.quota_set)
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

/// Whether a volume type can be had in a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    /// It can.
    There,
    /// It exists there, and there is nothing left.
    SoldOut,
    /// It does not exist there.
    Elsewhere,
}

impl Type {
    /// Whether it can be had in that zone.
    pub fn stock(&self, zone: &str) -> Stock {
        let names = |key: &str| self.zones_under(key).any(|it| it == zone);
        if names(SOLD_OUT) {
            Stock::SoldOut
        } else if names(ZONES) || self.zones_under(ZONES).next().is_none() {
            Stock::There
        } else {
            Stock::Elsewhere
        }
    }

    /// A published sample has a space inside a key: it is meant all the same.
    fn zones_under(&self, key: &str) -> impl Iterator<Item = &str> {
        let meant = |it: &str| it.split_whitespace().flat_map(str::chars).eq(key.chars());
        let lists = self.extra_specs.iter().filter(move |(it, _)| meant(it)).map(|(_, zones)| zones.as_str());
        lists.flat_map(|zones| zones.split(',')).map(str::trim).filter(|zone| !zone.is_empty())
    }
}

/// How much of an entry is left; `None` where it is unlimited.
pub fn quota_left(quota: &Quota) -> Option<i64> {
    (quota.limit >= 0).then(|| quota.limit.saturating_sub(quota.in_use).saturating_sub(quota.reserved))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(specs: serde_json::Value) -> Type {
        serde_json::from_value(json!({"id": "1", "name": "SSD", "extra_specs": specs, "description": null})).unwrap()
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
        let zones: ZonesReply = serde_json::from_value(json!({"availabilityZoneInfo": [
            {"zoneName": "a", "zoneState": {"available": true}}, {"zoneName": "b", "zoneState": {"available": "False"}},
            {"zoneName": "c", "zoneState": null}, {"zoneName": "d"},
        ]}))
        .unwrap();
        let available: Vec<Option<bool>> = zones.zones.iter().map(|zone| zone.state.available).collect();
        assert_eq!(available, [Some(true), Some(false), None, None]);
    }

    #[test]
    fn what_is_left_is_the_limit_less_all_that_is_taken() {
        let reply: QuotaReply = serde_json::from_value(json!({"quota_set": {
            "id": "p", "backups": 10,
            "volumes": {"reserved": 2, "limit": 10, "in_use": 5}, "gigabytes": {"limit": -1, "in_use": 9},
        }}))
        .unwrap();
        let left: Vec<_> = reply.quota_set.iter().map(|(name, quota)| (name.as_str(), quota_left(quota))).collect();
        assert_eq!(left, [("gigabytes", None), ("volumes", Some(3))]);
    }
}
