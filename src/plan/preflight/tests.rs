use super::*;
use crate::manifest::{self, SourceFile};
use crate::observed::ObservedVolume;
use crate::operation::Way;
use crate::plan::{Inputs, Selection, make};
use crate::state::CloudId;
use crate::supply::{Backup, Quota};
use crate::volume::{SizeGb, VolumeId};

fn parsed(volumes: &str) -> Manifest {
    let text = format!(
        "stack: s\ncloud: {{ simulator: true }}\ndefaults: {{ availability_zone: a, volume_type: SSD }}\nvolumes:\n{volumes}\n"
    );
    manifest::parse(&[SourceFile::own("s.yaml", text)]).unwrap()
}

fn planned(desired: &Manifest) -> Plan {
    let cloud = CloudId { region: None, endpoint: CloudId::SIMULATOR.to_owned(), project_id: "p".to_owned() };
    let observed = Observed::default();
    let selection = Selection::default();
    let as_of = jiff::civil::date(2026, 11, 30);
    make(Inputs { desired, cloud: &cloud, recorded: None, observed: Some(&observed), selection: &selection, as_of })
}

fn quotas(all: &[(&str, i64)]) -> Fact<BTreeMap<String, Quota>> {
    let quota = |limit| Quota { limit, in_use: 0, reserved: 0 };
    Fact::Known(all.iter().map(|(entry, limit)| ((*entry).to_owned(), quota(*limit))).collect())
}

/// The refusals of a plan, as in `web[1..2] s.yaml:5:3`.
fn told(plan: &Plan) -> Vec<(String, String, Unmet)> {
    let one = |refusal: &Refusal| match &refusal.why {
        Why::Preflight { place, unmet, .. } => {
            let about = match &refusal.about {
                About::Stack { withheld } => {
                    withheld.iter().map(|(key, slots)| format!("{key}[{slots}]")).collect::<Vec<_>>().join(" ")
                }
                About::Slots { key, slots } => format!("{key}[{slots}]"),
                About::Address(address) => address.to_string(),
            };
            (about, place.clone().unwrap_or_default(), (**unmet).clone())
        }
        other => panic!("{other:?}"),
    };
    plan.refusals.iter().map(one).collect()
}

#[test]
fn what_several_calls_of_a_key_lack_is_told_once() {
    let desired = parsed("  web: { count: 250, size: 10 }\n  db: { size: 10, availability_zone: a }");
    let plan = planned(&desired);
    assert_eq!((plan.steps.len(), plan.needs().placement, plan.needs().sources.len()), (4, true, 0));
    let zones = Fact::Known(vec![Zone { name: "b".to_owned(), available: None }]);
    let changes = plan.changes();
    let checked = plan.checked(&desired, &Observed::default(), &Facts { zones, ..Facts::default() });
    let found = told(&checked);
    let places: Vec<(&str, &str)> = found.iter().map(|(about, place, _)| (about.as_str(), place.as_str())).collect();
    assert_eq!(places, [("db[1]", "s.yaml:6:38"), ("web[1..250]", "s.yaml:3:32")], "the default's place is told");
    assert_eq!((checked.summary().create, checked.summary().refused), (0, 251));
    assert_eq!(checked.changes(), changes, "what people approve are wishes");
    let rest = checked.without_unmet();
    assert!(rest.is_empty() && rest.refusals.len() == 2);
}

#[test]
fn a_quota_withholds_those_that_need_it_and_no_others() {
    let desired = parsed(
        "  web: { count: 2, size: 10 }\n  big: { size: 60 }\n  sas: { size: 10, volume_type: SAS }\n  \
         kept: { backup_id: b }",
    );
    let backup =
        Backup { status: "available".to_owned(), size: 30, zone: "a".to_owned(), resource_type: String::new() };
    let backups = BTreeMap::from([(SourceId::new("b").unwrap(), Fact::Known(Some(backup)))]);
    let of = |all: &[(&str, i64)]| {
        let facts = Facts { quotas: quotas(all), backups: backups.clone(), ..Facts::default() };
        told(&planned(&desired).checked(&desired, &Observed::default(), &facts))
    };
    assert_eq!(of(&[("volumes", 5), ("gigabytes", 120), ("gigabytes_SSD", -1)]), []);
    let found = of(&[("gigabytes_SSD", 109), ("per_volume_gigabytes", 59)]);
    let short = |entry: &str, need, left, most: &str| Unmet::QuotaShort {
        entry: entry.to_owned(),
        need,
        left,
        limit: left,
        most: Key::new(most).unwrap(),
    };
    let one = |about: &str, unmet| (about.to_owned(), "s.yaml:6:3".to_owned(), unmet);
    assert_eq!(
        found,
        [
            one("big[1]", short("per_volume_gigabytes", 60, 59, "big")),
            // The backup's own size counts where the manifest says none.
            one("big[1] kept[1] web[1..2]", short("gigabytes_SSD", 110, 109, "big")),
        ]
    );
}

#[test]
fn growth_needs_gigabytes_of_its_type_and_what_does_not_fit_leaves_its_call() {
    let desired = parsed("  web: { count: 2, size: 40 }\n  sas: { size: 40, volume_type: SAS }");
    let growth =
        |id: &str| Growth { id: VolumeId::new(id).unwrap(), agreed: None, from: 10, to: SizeGb::new(40).unwrap() };
    let volumes = [("web[1]", "w-1"), ("web[2]", "w-2"), ("sas[1]", "s-1")];
    let mut observed = Observed::default();
    for (address, id) in volumes {
        let id = VolumeId::new(id).unwrap();
        let volume_type = if address.starts_with("web") { "SSD" } else { "SAS" }.to_owned();
        observed.volumes.insert(id.clone(), ObservedVolume { volume_type, ..ObservedVolume::of(id) });
    }
    let volumes = volumes.map(|(address, id)| (address.parse().unwrap(), growth(id)));
    let extend = Extend { volumes: volumes.into_iter().collect(), way: Way::Batch };
    let plan = Plan { steps: vec![Step::Extend(extend)], ..planned(&desired) };
    assert_eq!((plan.needs().placement, plan.needs().quotas), (false, true));
    let facts =
        Facts { quotas: quotas(&[("volumes", 0), ("gigabytes_SSD", 59), ("gigabytes_SAS", 30)]), ..Facts::default() };
    let plan = plan.checked(&desired, &observed, &facts);
    let found = told(&plan);
    assert_eq!((found.len(), found[0].0.as_str()), (1, "web[1..2]"), "{found:?}");
    assert_eq!(plan.refusals[0].why.wanted(), Wanted::Extend);
    let rest = plan.without_unmet();
    let [Step::Extend(left)] = rest.steps.as_slice() else { panic!("{:?}", rest.steps) };
    let addresses: Vec<String> = left.volumes.keys().map(ToString::to_string).collect();
    assert_eq!((addresses, left.way), (vec!["sas[1]".to_owned()], Way::Single));
}

#[test]
fn what_could_not_be_asked_refuses_nothing() {
    let desired = parsed("  web: { size: 10, imageRef: i }\n  two: { size: 10, imageRef: j }");
    let unasked = || "no right".to_owned();
    let image = |id: &str| (SourceId::new(id).unwrap(), Fact::Unasked { cause: unasked() });
    let facts = Facts {
        zones: Fact::Unasked { cause: unasked() },
        quotas: Fact::Unasked { cause: unasked() },
        images: BTreeMap::from([image("i"), image("j")]),
        ..Facts::default()
    };
    let plan = planned(&desired).checked(&desired, &Observed::default(), &facts);
    let what: Vec<&Unchecked> = plan
        .warnings
        .iter()
        .map(|warning| match warning {
            Warning::Unchecked { what, .. } => what,
            other => panic!("{other:?}"),
        })
        .collect();
    let source_ids = ["i", "j"].map(|id| SourceId::new(id).unwrap()).into();
    let sources = Unchecked::Sources { source: SourceKind::Image, source_ids };
    assert_eq!((plan.refusals.len(), what), (0, vec![&Unchecked::Zones, &Unchecked::Quotas, &sources]));
    assert_eq!(plan.preflight, Preflight::Checked);
}

#[test]
fn a_plan_without_needs_says_nothing_of_a_pre_flight() {
    let desired = parsed("  web: { size: 10 }");
    let plan = planned(&desired);
    assert_eq!(plan.clone().unchecked(Preflight::Offline).preflight, Preflight::Offline);
    let nothing = Plan { steps: Vec::new(), ..plan };
    assert!(nothing.needs().is_empty());
    assert_eq!(nothing.unchecked(Preflight::Declined).preflight, Preflight::Unneeded);
}
