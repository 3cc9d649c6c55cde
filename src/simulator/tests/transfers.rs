//! Transfers: an offer and its key, who can take it, what goes over, and what cannot.

use super::{PROJECT, World, refused};
use crate::simulator::purchase::pay;
use serde_json::{Value, json};

const OTHER: &str = "fedcba9876543210fedcba9876543210";
const NO_SUCH: &str = "8dd7c486-8e9f-49fe-bceb-26aa7e312b66";

fn offer(world: &mut World, volume: &str) -> (u16, Value) {
    world.post("/v3/{p}/os-volume-transfer", json!({"transfer": {"volume_id": volume, "name": "over"}}))
}

/// Offers a volume; gives the id of the offer and its key.
fn offered(world: &mut World, volume: &str) -> (String, String) {
    let (status, body) = offer(world, volume);
    assert_eq!(status, 202, "{body}");
    let text = |field: &str| body["transfer"][field].as_str().unwrap().to_owned();
    (text("id"), text("auth_key"))
}

fn accept(world: &mut World, project: &str, transfer: &str, key: &str) -> (u16, Value) {
    let path = format!("/v3/{project}/os-volume-transfer/{transfer}/accept");
    world.post(&path, json!({"accept": {"auth_key": key}}))
}

fn message(answer: &Value) -> &str {
    answer["badRequest"]["message"].as_str().unwrap_or_default()
}

/// Volumes in use, of SSD and of all, and the GB of those.
fn in_use(world: &mut World, project: &str) -> [i64; 3] {
    let set = world.get(&format!("/v2/{project}/os-quota-sets/x?usage=true")).1["quota_set"].clone();
    ["volumes", "volumes_SSD", "gigabytes_SSD"].map(|entry| {
        assert_eq!(set[entry]["reserved"], 0);
        set[entry]["in_use"].as_i64().unwrap()
    })
}

fn keys(of: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = of.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn a_volume_goes_over_with_its_quota_and_is_gone_where_it_was() {
    let mut world = World::new();
    let epid = "0aad99bc-f5f6-4f78-8404-c598d76b0ed2";
    let id = world.made_with(json!({"tags": {"k": "v"}, "enterprise_project_id": epid}));
    let before = world.shown(&id);
    let (status, body) = offer(&mut world, &id);
    let transfer = &body["transfer"];
    assert_eq!((status, keys(transfer)), (202, vec!["auth_key", "created_at", "id", "links", "name", "volume_id"]));
    assert_eq!((&transfer["name"], &transfer["volume_id"]), (&json!("over"), &json!(id)));
    assert_eq!(transfer["created_at"], "2024-01-02T03:04:15.000000");
    let (offer_id, key) = (transfer["id"].as_str().unwrap(), transfer["auth_key"].as_str().unwrap());
    assert!(key.len() == 16 && key.chars().all(|it| it.is_ascii_hexdigit()), "{key}");
    assert_eq!(
        transfer["links"],
        json!([{"href": format!("http://cloud/v3/{PROJECT}/os-volume-transfer/{offer_id}"), "rel": "self"},
               {"href": format!("http://cloud/{PROJECT}/os-volume-transfer/{offer_id}"), "rel": "bookmark"}])
    );
    assert_eq!(world.shown(&id)["status"], "awaiting-transfer");
    world.pass(10);
    let (status, body) = accept(&mut world, OTHER, offer_id, key);
    assert_eq!((status, keys(&body["transfer"])), (202, vec!["id", "links", "name", "volume_id"]));
    assert_eq!(world.get(&format!("/v2/{{p}}/cloudvolumes/{id}")).0, 404);
    assert!(world.volumes().is_empty());
    assert_eq!(world.get(&format!("/v3/{{p}}/os-volume-transfer/{offer_id}")).0, 404);
    let (status, body) = world.get(&format!("/v2/{OTHER}/cloudvolumes/{id}"));
    let after = &body["volume"];
    assert_eq!(
        (status, &after["status"], &after["os-vol-tenant-attr:tenant_id"]),
        (200, &json!("available"), &json!(OTHER))
    );
    for field in ["name", "tags", "metadata", "size", "volume_type", "created_at", "wwn", "availability_zone"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    assert_eq!(
        (&after["enterprise_project_id"], &after["updated_at"]),
        (&json!("0"), &json!("2024-01-02T03:04:16.000000"))
    );
    assert_eq!(in_use(&mut world, PROJECT), [0; 3]);
    assert_eq!(in_use(&mut world, OTHER), [1, 1, 40]);
    // It is a volume like any other there.
    let deleted = world.send("DELETE", &format!("/v2/{OTHER}/cloudvolumes/{id}"), b"");
    assert_eq!(deleted.0, 200);
    world.pass(100);
    assert_eq!(in_use(&mut world, OTHER), [0; 3]);
}

#[test]
fn the_key_is_shown_once_and_kept_nowhere() {
    let mut world = World::new();
    let [one, two] = [0; 2].map(|_| world.made(false));
    let (first, _) = offered(&mut world, &one);
    world.pass(1);
    let (status, body) =
        world.post("/v2/{p}/os-volume-transfer", json!({"transfer": {"volume_id": two, "name": null}}));
    let key = body["transfer"]["auth_key"].as_str().unwrap().to_owned();
    let second = body["transfer"]["id"].as_str().unwrap().to_owned();
    assert_eq!((status, &body["transfer"]["name"]), (202, &Value::Null));
    for event in world.cloud.take_events() {
        assert!(!serde_json::to_string(&event).unwrap().contains(&key));
    }
    let ids = |rows: &Value| -> Vec<String> {
        rows["transfers"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    for version in ["v2", "v3"] {
        let path = format!("/{version}/{{p}}/os-volume-transfer");
        let (status, brief) = world.get(&path);
        assert_eq!((status, ids(&brief)), (200, vec![second.clone(), first.clone()]));
        assert_eq!(keys(&brief["transfers"][0]), ["id", "links", "name", "volume_id"]);
        let (status, detailed) = world.get(&format!("{path}/detail"));
        assert_eq!((status, ids(&detailed)), (200, vec![second.clone(), first.clone()]));
        assert_eq!(keys(&detailed["transfers"][1]), ["created_at", "id", "links", "name", "volume_id"]);
        assert_eq!(world.get(&format!("{path}/{first}")).1["transfer"], detailed["transfers"][1]);
        assert_eq!(ids(&world.get(&format!("{path}?limit=1")).1), [second.as_str()]);
        assert_eq!(ids(&world.get(&format!("{path}/detail?limit=1&offset=1")).1), [first.as_str()]);
        assert_eq!(world.get(&format!("{path}?limit=0")).0, 400);
        assert_eq!(world.get(&format!("{path}/{NO_SUCH}")).1["itemNotFound"]["code"], 404);
        assert_eq!(world.get(&format!("/{version}/{OTHER}/os-volume-transfer")).1, json!({"transfers": []}));
        assert_eq!(
            world.get(&format!("/{version}/{OTHER}/os-volume-transfer/{first}")).0,
            404,
            "who offers it sees it"
        );
    }
}

#[test]
fn only_the_right_key_opens_it_and_only_once() {
    let mut world = World::new();
    let [one, two] = [0; 2].map(|_| world.made(false));
    let (first, first_key) = offered(&mut world, &one);
    let (second, second_key) = offered(&mut world, &two);
    for key in [second_key.as_str(), "", "9266c59563c84664"] {
        let (status, answer) = accept(&mut world, OTHER, &first, key);
        assert!(status == 400 && message(&answer).starts_with("Invalid auth key"), "{answer}");
    }
    for body in [json!({}), json!({"accept": {}}), json!({"accept": {"auth_key": 1}}), json!([])] {
        assert_eq!(world.post(&format!("/v3/{OTHER}/os-volume-transfer/{first}/accept"), body).0, 400);
    }
    assert_eq!(world.shown(&one)["status"], "awaiting-transfer");
    assert_eq!(accept(&mut world, OTHER, NO_SUCH, &first_key).0, 404);
    assert_eq!(accept(&mut world, OTHER, "x", &first_key).0, 404);
    assert_eq!(accept(&mut world, OTHER, &first, &first_key).0, 202);
    assert_eq!(accept(&mut world, OTHER, &first, &first_key).0, 404);
    // The project that has it may take it back like any other.
    assert_eq!(accept(&mut world, PROJECT, &second, &second_key).0, 202);
    assert_eq!((&world.shown(&two)["status"], in_use(&mut world, PROJECT)), (&json!("available"), [1, 1, 40]));
}

#[test]
fn an_offer_is_taken_back_by_whoever_made_it() {
    let mut world = World::new();
    let id = world.made(false);
    let (transfer, key) = offered(&mut world, &id);
    let path = |project: &str| format!("/v2/{project}/os-volume-transfer/{transfer}");
    assert_eq!(world.send("DELETE", &path(OTHER), b"").0, 404);
    assert_eq!(world.send("DELETE", &path(PROJECT), b""), (202, Value::Null));
    assert_eq!(world.shown(&id)["status"], "available");
    assert_eq!(world.send("DELETE", &path(PROJECT), b"").0, 404);
    assert_eq!(accept(&mut world, OTHER, &transfer, &key).0, 404);
    assert_eq!(offer(&mut world, &id).0, 202, "and it can be offered again");
}

#[test]
fn nothing_else_begins_while_it_is_offered_and_it_goes_with_its_volume() {
    let mut world = World::new();
    let id = world.made(false);
    let (transfer, key) = offered(&mut world, &id);
    assert!(message(&offer(&mut world, &id).1).contains("must be available"));
    let action = format!("/v2.1/{{p}}/cloudvolumes/{id}/action");
    assert_eq!(refused(world.post(&action, json!({"os-extend": {"new_size": 50}}))).1, "EVS.1064");
    assert_eq!(refused(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"")).1, "EVS.1046");
    let retype = format!("/v2/{{p}}/volumes/{id}/retype");
    assert_eq!(refused(world.post(&retype, json!({"os-retype": {"new_type": "GPSSD"}}))).1, "EVS.2088");
    // An edit from outside may say otherwise.
    world.edit(&id, json!({"status": "available"}));
    assert!(message(&offer(&mut world, &id).1).contains("there is a transfer of it"));
    assert!(message(&accept(&mut world, OTHER, &transfer, &key).1).contains("must be awaiting-transfer"));
    world.post(&action, json!({"os-extend": {"new_size": 50}}));
    world.pass(100);
    assert!(message(&accept(&mut world, OTHER, &transfer, &key).1).contains("must be awaiting-transfer"));
    assert_eq!(world.send("DELETE", &format!("/v3/{{p}}/os-volume-transfer/{transfer}"), b"").0, 202);
    assert_eq!(world.shown(&id)["status"], "available");
    let (transfer, _) = offered(&mut world, &id);
    world.edit(&id, json!({"gone": true}));
    assert_eq!(world.get(&format!("/v3/{{p}}/os-volume-transfer/{transfer}")).0, 404);
}

#[test]
fn what_cannot_go_over_is_refused() {
    let mut world = World::new();
    let image = "c6db9a3b-6bd1-4d3c-9d3b-0c0f6b5f5a10";
    let key = "37b0d52e-c249-40d6-83cb-2b93f22445bd";
    let pool = "e3a1b2c4-6d5f-4a7b-9c8d-0e1f2a3b4c05";
    let system = world.made_with(json!({ "imageRef": image }));
    let secret = json!({"metadata": {"__system__encrypted": "1", "__system__cmkid": key}});
    let encrypted = world.made_with(secret);
    let hints = json!({"volume": super::blank("v"), "OS-SCH-HNT:scheduler_hints": {"dedicated_storage_id": pool}});
    world.post("/v2.1/{p}/cloudvolumes", hints);
    world.pass(100);
    let dedicated = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    let prepaid = super::retyping::prepaid(&mut world, "SSD");
    let kept = world.made(false);
    world.post("/v2/{p}/cloudsnapshots", json!({"snapshot": {"volume_id": kept}}));
    world.pass(100);
    let standard = world.made(false);
    world.post("/v5/{p}/snapshots", json!({"snapshot": {"volume_id": standard, "name": "s"}}));
    world.pass(100);
    let frozen = world.made(false);
    world.edit(&frozen, json!({"locked_by": "CBR"}));
    let attached = world.made(false);
    world.edit(&attached, json!({"attached_to": "server-1"}));
    for (id, why) in [
        (&system, "it is a system disk"),
        (&encrypted, "it is encrypted"),
        (&dedicated, "it lies in a dedicated pool"),
        (&prepaid, "it was paid in advance"),
        (&kept, "it has snapshots"),
        (&standard, "it has snapshots"),
        (&frozen, "be locked"),
        (&attached, "must be available"),
    ] {
        let (status, answer) = offer(&mut world, id);
        assert!(status == 400 && message(&answer).contains(why), "{why}: {answer}");
    }
    for body in [
        json!({}),
        json!({"transfer": []}),
        json!({"transfer": {}}),
        json!({"transfer": {"volume_id": "x"}}),
        json!({"transfer": {"volume_id": attached, "name": 1}}),
        json!({"transfer": {"volume_id": attached, "name": "n".repeat(256)}}),
    ] {
        assert_eq!(world.post("/v2/{p}/os-volume-transfer", body.clone()).0, 400, "{body}");
    }
    let foreign = json!({"transfer": {"volume_id": attached}});
    assert_eq!(world.post(&format!("/v2/{OTHER}/os-volume-transfer"), foreign).1["itemNotFound"]["code"], 404);
    assert_eq!(offer(&mut world, NO_SUCH).0, 404);
    // The rules hold when it is accepted too.
    world.edit(&frozen, json!({"locked_by": null}));
    let (transfer, secret) = offered(&mut world, &frozen);
    world.edit(&frozen, json!({"locked_by": "SDRS"}));
    assert!(message(&accept(&mut world, OTHER, &transfer, &secret).1).contains("belong to SDRS"));
}

#[test]
fn whoever_takes_it_needs_the_quota() {
    let quotas = r#"{"zones": ["az-dc-1"], "types": [{"id": "t", "name": "SSD", "zones": ["az-dc-1"]}], "quotas": {"gigabytes": 79}}"#;
    let mut world = World::with(Some(quotas));
    let id = world.made(false);
    let (transfer, key) = offered(&mut world, &id);
    let there = json!({"volume": super::blank("there")});
    world.post(&format!("/v3/{OTHER}/cloudvolumes"), there);
    let (status, answer) = accept(&mut world, OTHER, &transfer, &key);
    assert_eq!((status, &answer["overLimit"]["code"]), (413, &json!(413)));
    assert_eq!(world.shown(&id)["status"], "awaiting-transfer");
    let third = "00000000000000000000000000000003";
    assert_eq!(accept(&mut world, third, &transfer, &key).0, 202);
}

#[test]
fn offers_and_what_went_over_come_back_from_the_data_file() {
    let mut world = World::new();
    let [one, two, three] = [0; 3].map(|_| world.made(false));
    let (first, first_key) = offered(&mut world, &one);
    let (second, second_key) = offered(&mut world, &two);
    let (third, _) = offered(&mut world, &three);
    assert_eq!(accept(&mut world, OTHER, &first, &first_key).0, 202);
    world.send("DELETE", &format!("/v3/{{p}}/os-volume-transfer/{third}"), b"");
    let mut again = world.again();
    for world in [&mut world, &mut again] {
        let listed = world.get("/v3/{p}/os-volume-transfer/detail").1;
        assert_eq!((listed["transfers"].as_array().unwrap().len(), &listed["transfers"][0]["id"]), (1, &json!(second)));
        assert_eq!((in_use(world, PROJECT), in_use(world, OTHER)), ([2, 2, 80], [1, 1, 40]));
        assert_eq!(world.shown(&two)["status"], "awaiting-transfer");
        assert_eq!(world.shown(&three)["status"], "available");
        assert_eq!(accept(world, OTHER, &second, &second_key).0, 202);
    }
    let list = format!("/v3/{OTHER}/volumes/detail");
    assert_eq!(world.get(&list), again.get(&list));
    assert_eq!(world.volumes(), again.volumes());
    assert_eq!(world.cloud.next_id(), again.cloud.next_id());
}

#[test]
fn an_order_for_a_volume_that_went_over_is_not_paid() {
    let mut world = World::new();
    let server = "5c9f3a1e-7d24-4e0b-8f63-2b1a9c8d7e02";
    let id = world.made(false);
    world.edit(&id, json!({ "attached_to": server }));
    let (_, body) = world.post("/v2/{p}/cloudvolumes/change-charge-mode", json!({"volume_ids": [id]}));
    let order = body["order_id"].as_str().unwrap().to_owned();
    world.edit(&id, json!({"attached_to": null}));
    let (transfer, key) = offered(&mut world, &id);
    accept(&mut world, OTHER, &transfer, &key);
    assert_eq!(pay(&mut world.cloud, &order).unwrap_err().code, "EVS.5404");
}
