//! The JSON Schema of a manifest, by which editors complete and check it while it is written.
//!
//! It says what one value may be. What needs two values, as "at most one source", it leaves to
//! [`super::parse`], whose messages say more than a validator's.

use super::KnownField;
use super::fields::{KNOWN_DRIFT, LIFECYCLE_FIELD, NAME_MAY_REPEAT, NOT_IN_DEFAULTS};
use crate::volume::{PeriodUnit, SizeGb, Tags};
use serde_json::{Map, Value, json};

/// The JSON Schema (2020-12) of one file of a stack.
///
/// Nothing is required at the top level, because the sections may stand in several files.
pub fn schema() -> Value {
    let schema = schemars::json_schema!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "evsctl manifest",
        "description": "A stack of Huawei Cloud EVS volumes, or one file of it.",
        "type": "object",
        "properties": {
            "stack": {
                "description": "Name of the stack, unique within a cloud project.",
                "type": "string",
                "pattern": "^[a-z0-9][a-z0-9-]{0,21}$"
            },
            "state": {
                "description": "Folder of the recorded state, relative to this file.",
                "type": ["string", "null"],
                "minLength": 1,
                "default": "state"
            },
            "base": {
                "description": "Files that are read first: their cloud, defaults and limits are merged under those of this stack, key by key. A base holds nothing else.",
                "type": ["array", "null"],
                "items": { "type": "string", "pattern": "^[^/].*\\.ya?ml$" },
                "maxItems": super::base::MOST,
                "uniqueItems": true
            },
            "cloud": cloud(),
            "naming": {
                "description": "Whether cloud names follow the slots, whatever that costs in renames, or stay as the service gave them.",
                "enum": ["slot", "service", null],
                "default": "slot"
            },
            "limits": limits(),
            "defaults": {
                "description": "Fields for volumes that do not give them; tags, metadata and lifecycle are merged key by key.",
                "type": ["object", "null"],
                "properties": volume(true),
                "additionalProperties": false
            },
            "volumes": {
                "description": "The volumes by key. The key is the volume's identity in this stack and is never shown to the cloud.",
                "type": "object",
                "propertyNames": { "pattern": "^[A-Za-z0-9._-]{1,255}$" },
                "additionalProperties": { "$ref": "#/$defs/volume" }
            },
            "import": import(),
            "moved": moved(),
            "removed": removed(),
            "known_drift": known_drift()
        },
        "patternProperties": { "^x-": { "description": "Ignored: a place for anchors." } },
        "additionalProperties": false,
        "$defs": {
            "volume": {
                "description": "The fields of the create call, spelt as there. Null means absent and cancels a default.",
                "type": "object",
                "properties": volume(false),
                "additionalProperties": false
            }
        }
    });
    schema.to_value()
}

const ADDRESS: &str = "^[A-Za-z0-9._-]{1,255}(\\[[1-9][0-9]*\\])?$";

fn import() -> Value {
    json!({
        "description": "Volumes that exist and that the next apply takes over: the id of each by the address that it gets. A line that has done its work does nothing.",
        "type": ["object", "null"],
        "propertyNames": { "pattern": ADDRESS },
        "additionalProperties": { "type": "string", "minLength": 1 }
    })
}

fn known_drift() -> Value {
    let fields: Vec<&str> = KnownField::ALL.iter().map(|(word, _)| *word).collect();
    json!({
        "description": "What the cloud shows otherwise than the manifest asks for, and what is left so until a day. Another value of the field is new drift.",
        "type": ["array", "null"],
        "items": {
            "type": "object",
            "properties": {
                "address": { "description": "Which volume, as key[3], or all volumes of a key.", "type": "string", "pattern": ADDRESS },
                "field": { "description": "Which field; status is for a volume that cannot be used.", "enum": fields },
                "value": {
                    "description": "What the cloud shows: a number, a text, null for nothing; tags by key, null for one that is not there.",
                    "anyOf": [
                        { "type": ["integer", "string", "null"] },
                        { "type": "object", "additionalProperties": { "type": ["string", "number", "boolean", "null"] } }
                    ]
                },
                "reason": { "description": "Why it is left so.", "type": "string", "minLength": 1 },
                "until": { "description": "The day (UTC) from which on it counts as drift again.", "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }
            },
            "required": KNOWN_DRIFT,
            "additionalProperties": false
        }
    })
}

fn moved() -> Value {
    json!({
        "description": "Volumes that have another address than they had: a key, or one slot of it as key[3]. No call is made for it.",
        "type": ["array", "null"],
        "items": {
            "type": "object",
            "properties": {
                "from": { "description": "The address that they had, which nothing asks for any more.", "type": "string", "pattern": ADDRESS },
                "to": { "description": "The address that they have from now on.", "type": "string", "pattern": ADDRESS }
            },
            "required": ["from", "to"],
            "additionalProperties": false
        }
    })
}

fn removed() -> Value {
    json!({
        "description": "Volumes that the stack gives up: the cloud keeps them, and evsctl has nothing to do with them any more.",
        "type": ["array", "null"],
        "items": {
            "anyOf": [
                { "type": "string", "pattern": ADDRESS },
                {
                    "type": "object",
                    "properties": {
                        "key": { "description": "A key, or one slot of it as key[3], which nothing asks for any more.", "type": "string", "pattern": ADDRESS },
                        "untag": { "description": "Whether the ownership tag is taken off too.", "type": "boolean", "default": false }
                    },
                    "required": ["key"],
                    "additionalProperties": false
                }
            ]
        }
    })
}

fn cloud() -> Value {
    json!({
        "description": "Where the volumes live: `simulator: true`, or a project of a region.",
        "type": "object",
        "properties": {
            "simulator": {
                "description": "The embedded cloud, inside the process: no account is needed.",
                "type": ["boolean", "null"]
            },
            "region": {
                "description": "Region, as in cn-north-4; may be left out beside `endpoint`.",
                "type": ["string", "null"],
                "pattern": "^[a-z0-9-]{1,63}$"
            },
            "project_id": {
                "description": "Id of the project; either this or `project`.",
                "type": ["string", "null"],
                "pattern": "^[0-9a-f]{32}$"
            },
            "project": {
                "description": "Name of the project, to be looked up; either this or `project_id`.",
                "type": ["string", "null"],
                "minLength": 1,
                "maxLength": 64
            },
            "endpoint": {
                "description": "Address that replaces the one made from the region: http or https, a host, at most a port.",
                "type": ["string", "null"],
                "pattern": "^https?://[^/@?#]+/?$"
            },
            "ownership_tag": {
                "description": "Key of the tag by which evsctl finds its volumes again; false turns it off, and a lost state can then not be rebuilt.",
                "anyOf": [{ "type": "string", "minLength": 1, "maxLength": 36 }, { "enum": [false, null] }],
                "default": "evsctl"
            },
            "settle": {
                "description": "How long a create call may stay invisible after its last moment to arrive, as in 15m.",
                "type": ["string", "null"],
                "default": "15m"
            },
            "create_api": {
                "description": "Which form of the create call makes the usual volumes. Default: v3 on Huawei Cloud, v2 on Open Telekom Cloud, as their documents have it. GPSSD2 and ESSD2 always take v2.1, and so do prepaid, server_id and dedicated_storage_id.",
                "enum": ["v3", "v2.1", "v2", null]
            },
            "rate_limit": {
                "description": "How many requests a second may be sent at the most, as in 20 or 20/s; 200/m is as many a minute. Default: as many as the gateway takes.",
                "type": ["integer", "string", "null"],
                "minimum": 1,
                "pattern": "^[1-9][0-9]{0,5}(/[sm])?$"
            }
        },
        "additionalProperties": false
    })
}

fn limits() -> Value {
    let most = |what: &str| json!({ "description": what, "type": ["integer", "null"], "minimum": 0 });
    let words = |what: &str| {
        json!({
            "description": what,
            "type": ["array", "null"],
            "items": { "type": "string", "minLength": 1, "maxLength": 255 },
            "minItems": 1
        })
    };
    json!({
        "description": "What no plan may exceed: more of a kind, and none of that kind is carried out.",
        "type": ["object", "null"],
        "properties": {
            "max_create": most("The most volumes that a plan creates."),
            "max_grow_gb": most("The most GB by which a plan makes volumes larger, all together."),
            "max_destroy": most("The most volumes that a plan deletes."),
            "zones": words("The zones that volumes may be in."),
            "volume_types": words("The types that volumes may have.")
        },
        "additionalProperties": false
    })
}

fn volume(in_defaults: bool) -> Map<String, Value> {
    let id = |what: &str| json!({ "description": what, "type": ["string", "null"], "minLength": 1, "maxLength": 255 });
    let tag_types: &[&str] =
        if in_defaults { &["string", "number", "boolean"] } else { &["string", "number", "boolean", "null"] };
    let all = json!({
        "name": {
            "description": "Name in the cloud, at most 255 bytes; the base of the names where `count` is above 1, then at most 250. Default: the key.",
            "type": ["string", "null"],
            "minLength": 1,
            "maxLength": 255
        },
        "description": { "description": "Free text, at most 255 bytes.", "type": ["string", "null"], "maxLength": 255 },
        "availability_zone": {
            "description": "Zone, as in cn-north-4a, which cannot change later; or a list of zones that the slots take in turn.",
            "anyOf": [
                { "type": ["string", "null"], "minLength": 1, "maxLength": 255 },
                {
                    "type": "array",
                    "items": { "type": "string", "minLength": 1, "maxLength": 255 },
                    "minItems": 1,
                    "maxItems": super::zones::MOST,
                    "uniqueItems": true
                }
            ]
        },
        "volume_type": id("Type, as in SSD, SAS or SATA."),
        "size": {
            "description": "Size in GB: 10 to 32768, or 1 to 1024 from an image. Only from a backup it may be left out.",
            "type": ["number", "null"],
            "minimum": SizeGb::SYSTEM.0,
            "maximum": SizeGb::DATA.1
        },
        "count": {
            "description": "How many equal volumes: slots 1 to this number. Only 1 from a backup.",
            "type": ["number", "null"],
            "minimum": 1,
            "maximum": super::model::MAX_SLOTS,
            "default": 1
        },
        "backup_id": id("Backup to restore; at most one of backup_id, snapshot_id and imageRef."),
        "snapshot_id": id("Snapshot to start from; at most one of backup_id, snapshot_id and imageRef."),
        "imageRef": id("Image to start from, which makes a system disk; at most one of backup_id, snapshot_id and imageRef."),
        "multiattach": {
            "description": "Whether several servers may attach the volume. It cannot change later.",
            "type": ["boolean", "null"],
            "default": false
        },
        "shareable": {
            "description": "Deprecated by the API: write `multiattach`.",
            "deprecated": true,
            "anyOf": [{ "type": ["boolean", "null"] }, { "type": "string", "pattern": "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$" }]
        },
        "metadata": metadata(),
        "tags": {
            "description": "At most 10 tags, 9 beside evsctl's own. Values keep their spelling, also 1.10 and 007. In a volume, null takes off a tag of defaults.",
            "type": ["object", "null"],
            "maxProperties": Tags::MAX,
            "propertyNames": { "pattern": "^[A-Za-z0-9_\\-\u{4e00}-\u{9fff}]{1,36}$" },
            "additionalProperties": { "type": tag_types }
        },
        "enterprise_project_id": {
            "description": "Enterprise project; absent or 0 is the default one. It cannot change later.",
            "type": ["string", "number", "null"]
        },
        "iops": {
            "description": "Operations a second; for GPSSD2 and ESSD2, which need it, and for no other type.",
            "type": ["integer", "null"],
            "minimum": 1
        },
        "throughput": {
            "description": "MiB a second; for GPSSD2, which needs it, and for no other type.",
            "type": ["integer", "null"],
            "minimum": 1
        },
        "prepaid": prepaid(),
        "server_id": id("Server (ECS) that the volume is made for and attached to; it is paid as the server is. Attachments are not looked at afterwards."),
        "dedicated_storage_id": id("Dedicated storage pool that the volume lies in. It cannot change later."),
        LIFECYCLE_FIELD: lifecycle(in_defaults),
        NAME_MAY_REPEAT: {
            "description": "Another volume of the stack that says the same may have its name in the cloud.",
            "type": ["boolean", "null"],
            "default": false
        }
    });
    let Value::Object(mut fields) = all else { return Map::new() };
    if in_defaults {
        fields.retain(|field, _| !NOT_IN_DEFAULTS.contains(&field.as_str()));
    }
    fields
}

fn prepaid() -> Value {
    let period = |unit: PeriodUnit| json!({ "properties": { "period_type": { "const": unit.word() }, "period_num": { "maximum": unit.most() } } });
    json!({
        "description": "Paid in advance, by an order; left out, it is paid by use. Not for GPSSD2, ESSD2 or a volume with server_id. It cannot change later.",
        "type": ["object", "null"],
        "properties": {
            "period_type": {
                "description": "What the period is counted in.",
                "enum": [PeriodUnit::Month.word(), PeriodUnit::Year.word()]
            },
            "period_num": {
                "description": "How many of them: 1 to 9 months, or 1 year.",
                "type": "integer",
                "minimum": 1,
                "maximum": PeriodUnit::Month.most()
            },
            "auto_renew": {
                "description": "Whether it is renewed by itself at the end.",
                "type": ["boolean", "null"],
                "default": false
            },
            "auto_pay": {
                "description": "Whether the order pays itself from the account's balance. Else nothing is bought until somebody pays it in the billing console.",
                "type": ["boolean", "null"],
                "default": false
            }
        },
        "required": ["period_type", "period_num"],
        "anyOf": [period(PeriodUnit::Month), period(PeriodUnit::Year)],
        "additionalProperties": false
    })
}

fn metadata() -> Value {
    json!({
        "description": "What the create call takes as metadata; every value is text, in quotes.",
        "type": ["object", "null"],
        "properties": {
            "__system__encrypted": { "description": "Encryption, \"1\" for on.", "enum": ["0", "1"] },
            "__system__cmkid": {
                "description": "Id of the key; needs __system__encrypted \"1\".",
                "type": "string",
                "minLength": 36,
                "maxLength": 36
            },
            "hw:passthrough": { "description": "Device type: \"true\" for SCSI, \"false\" for VBD.", "enum": ["true", "false"] },
            "full_clone": { "description": "\"0\" for a linked clone of a snapshot.", "enum": ["0"] }
        },
        "additionalProperties": false
    })
}

fn lifecycle(in_defaults: bool) -> Value {
    let mut section = json!({
        "description": "Wishes that the API has no word for.",
        "type": ["object", "null"],
        "properties": {
            "prevent_destroy": { "description": "No plan may delete or replace the volume.", "type": ["boolean", "null"] },
            "retire": {
                "description": "Slots to give up while the others keep their numbers.",
                "type": ["array", "null"],
                "items": { "type": "integer", "minimum": 1 }
            },
            "on_shrink": {
                "description": "What a lowered size means: volumes only grow.",
                "enum": ["refuse", "replace", null],
                "default": "refuse"
            },
            "ignore": {
                "description": "Fields whose change is left alone.",
                "type": ["array", "null"],
                "items": { "enum": super::lifecycle::ignorable() }
            },
            "delete_snapshots": {
                "description": "A delete takes the volume's snapshots along.",
                "type": ["boolean", "null"],
                "default": false
            },
            "expires": {
                "description": "The day from which on the volumes of the key are not asked for, as in 2027-01-31.",
                "type": ["string", "null"],
                "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
            }
        },
        "additionalProperties": false
    });
    if in_defaults && let Some(fields) = section["properties"].as_object_mut() {
        fields.remove("retire");
        fields.remove("expires");
    }
    section
}

#[cfg(test)]
mod tests {
    use super::super::fields::{CLOUD, KNOWN_DRIFT, LIFECYCLE, LIMITS, MOVED, PREPAID, REMOVED, TOP, VOLUME};
    use super::*;
    use crate::volume::Metadata;

    fn names(section: &Value) -> Vec<&str> {
        let mut names: Vec<&str> = section["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    fn sorted<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
        let mut names: Vec<&str> = names.into_iter().collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn the_schema_lists_what_the_decoder_reads() {
        let schema = schema();
        let volume = &schema["$defs"]["volume"];
        assert_eq!(VOLUME.len(), 19);
        assert_eq!(names(volume), sorted(VOLUME.into_iter().chain([LIFECYCLE_FIELD, NAME_MAY_REPEAT])));
        let defaults = &schema["properties"]["defaults"];
        let legal = VOLUME
            .into_iter()
            .chain([LIFECYCLE_FIELD, NAME_MAY_REPEAT])
            .filter(|field| !NOT_IN_DEFAULTS.contains(field));
        assert_eq!(names(defaults), sorted(legal));
        assert_eq!(names(&schema), sorted(TOP));
        assert_eq!(names(&schema["properties"]["cloud"]), sorted(CLOUD));
        assert_eq!(names(&schema["properties"]["limits"]), sorted(LIMITS));
        assert_eq!(names(&schema["properties"]["moved"]["items"]), sorted(MOVED));
        assert_eq!(names(&schema["properties"]["known_drift"]["items"]), sorted(KNOWN_DRIFT));
        assert_eq!(names(&schema["properties"]["removed"]["items"]["anyOf"][1]), sorted(REMOVED));
        assert_eq!(names(&volume["properties"]["lifecycle"]), sorted(LIFECYCLE));
        assert_eq!(names(&volume["properties"]["metadata"]), sorted(Metadata::KEYS));
        assert_eq!(names(&volume["properties"]["prepaid"]), sorted(PREPAID));
    }

    #[test]
    fn everything_is_described() {
        fn look(path: &str, section: &Value) {
            for (name, field) in section["properties"].as_object().into_iter().flatten() {
                assert!(field["description"].is_string(), "{path}.{name}");
                look(&format!("{path}.{name}"), field);
            }
        }
        let schema = schema();
        look("", &schema);
        look("volume", &schema["$defs"]["volume"]);
    }
}
