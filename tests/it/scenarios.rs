//! Planner cases, a folder each under `tests/scenarios`: what is desired, recorded and observed, and the
//! plan that comes of it in its three forms. `SNAPSHOTS=overwrite` rewrites the plans.
//!
//! `state.json` is a snapshot without its digest line, which would change with every edit; `cloud.json` is a
//! list answer of the API with `gone` beside it, and where it is absent the cloud is not asked.

use evsctl::cli::render::{Look, human, markdown};
use evsctl::document;
use evsctl::evs::wire::VolumeList;
use evsctl::manifest::{self, Manifest, Project, SourceFile, Target};
use evsctl::observed::{Observed, ObservedVolume};
use evsctl::plan::{self, Inputs, Pattern, Plan, Selection};
use evsctl::state::{CloudId, State, format};
use evsctl::volume::{Digest, VolumeId};
use evsctl::words;
use jiff::civil::Date;
use snapbox::{Assert, Data, IntoData as _};
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The lines of a plan for people are at most that wide.
const WIDTH: usize = 80;

/// One case as its folder has it.
struct Case {
    desired: Manifest,
    cloud: CloudId,
    recorded: Option<State>,
    observed: Option<Observed>,
    selection: Selection,
    as_of: Date,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    targets: Vec<Pattern>,
    excludes: Vec<Pattern>,
    as_of: Option<Date>,
}

impl Case {
    fn read(folder: &Path) -> Case {
        let yaml = std::fs::read(folder.join("desired.yaml")).unwrap();
        // The name is a part of the manifest's digest: no place of this machine may stand in it.
        let file = SourceFile::own("desired.yaml", yaml);
        let desired = manifest::parse(&[file]).unwrap_or_else(|problems| panic!("{}: {problems:?}", folder.display()));
        let optional = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
        let recorded = optional("state.json").map(|text| {
            format::read(&with_digest(&text), &desired.stack)
                .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        });
        let cloud = cloud_of(&desired);
        assert!(recorded.as_ref().is_none_or(|state| state.cloud.is_same(&cloud)), "{}", folder.display());
        let observed = optional("cloud.json").map(|text| observed(&text));
        let options: Options = optional("options.json").map_or_else(Options::default, |text| {
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        });
        let as_of = options.as_of.unwrap_or(crate::support::TODAY);
        let selection = Selection::new(options.targets, options.excludes);
        Case { desired, cloud, recorded, observed, selection, as_of }
    }

    fn plan(&self) -> Plan {
        plan::make(Inputs {
            desired: &self.desired,
            cloud: &self.cloud,
            recorded: self.recorded.as_ref(),
            observed: self.observed.as_ref(),
            selection: &self.selection,
            as_of: self.as_of,
        })
    }
}

/// The snapshot with the line that covers everything after it.
pub(crate) fn with_digest(text: &str) -> Vec<u8> {
    let body = text.strip_prefix("{\n").unwrap();
    format!("{{\n  \"digest\": \"{}\",\n{body}", Digest::of(body.as_bytes())).into_bytes()
}

/// Which cloud a manifest means, as the command line would find.
pub(crate) fn cloud_of(manifest: &Manifest) -> CloudId {
    match &manifest.cloud.target {
        Target::Simulator => CloudId {
            region: None,
            endpoint: CloudId::SIMULATOR.to_owned(),
            project_id: crate::support::PROJECT.to_owned(),
        },
        Target::Endpoint { region, project, endpoint } => CloudId {
            region: region.clone(),
            endpoint: match (endpoint, region) {
                (Some(url), _) => url.as_str().trim_end_matches('/').to_owned(),
                (None, region) => format!("https://evs.{}.myhuaweicloud.com", region.as_deref().unwrap()),
            },
            project_id: match project {
                Project::Id(id) => id.clone(),
                Project::Name(name) => panic!("a case names its project by id, not {name}"),
            },
        },
    }
}

fn observed(text: &str) -> Observed {
    #[derive(serde::Deserialize)]
    struct Gone {
        #[serde(default)]
        gone: BTreeSet<VolumeId>,
        #[serde(default)]
        recycled: BTreeMap<VolumeId, Option<jiff::Timestamp>>,
        #[serde(default)]
        dated: Option<jiff::Timestamp>,
    }
    let list: VolumeList = serde_json::from_str(text).unwrap();
    let volumes = list.volumes.into_iter().map(|volume| {
        let volume = ObservedVolume::try_from(volume).unwrap();
        (volume.id.clone(), volume)
    });
    let Gone { gone, recycled, dated } = serde_json::from_str(text).unwrap();
    Observed { volumes: volumes.collect(), gone, recycled, snapshots: Some(Ok(BTreeMap::new())), dated }
}

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut all: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    assert!(all.len() > 30, "only {} cases were found: this test looks at the wrong place", all.len());
    all
}

#[test]
fn every_scenario_gives_its_plan() {
    let assert = Assert::new().action_env("SNAPSHOTS").normalize_paths(false);
    let mut wrong = Vec::new();
    for folder in folders() {
        let plan = Case::read(&folder).plan();
        for (file, text) in [
            ("plan.json", document::to_json(&plan)),
            ("plan.txt", human::plan(&plan, Look { width: WIDTH, color: false })),
            ("plan.md", markdown::plan(&plan)),
        ] {
            let expected = Data::read_from(&folder.join(file), Some(snapbox::data::DataFormat::Text)).raw();
            if let Err(error) = assert.try_eq(None, text.into_data().raw(), expected) {
                wrong.push(format!("{}/{file}: {error}", folder.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_scenarios_plan_is_the_same_each_time_and_reads_back() {
    for folder in folders() {
        let (first, second) = (Case::read(&folder).plan(), Case::read(&folder).plan());
        let text = document::to_json(&first);
        assert_eq!(text, document::to_json(&second), "{}", folder.display());
        assert_eq!(document::from_json(text.as_bytes()).unwrap(), first, "{}", folder.display());
    }
}

#[test]
fn what_is_approved_does_not_move_with_the_serial() {
    let mut moved = 0;
    for folder in folders() {
        let mut case = Case::read(&folder);
        let before = case.plan();
        let Some(state) = &mut case.recorded else { continue };
        state.serial += 1;
        let after = case.plan();
        assert_eq!(before.changes(), after.changes(), "{}", folder.display());
        assert_ne!(before.digest(), after.digest(), "{}", folder.display());
        moved += 1;
    }
    assert!(moved > 20, "only {moved} cases have a state");
}

#[test]
fn no_scenarios_text_is_too_wide_or_steers_a_terminal() {
    for folder in folders() {
        let plan = Case::read(&folder).plan();
        let text = human::plan(&plan, Look { width: WIDTH, color: false });
        for line in text.lines().filter(|line| !line.starts_with("changes sha256:")) {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= WIDTH, "{}: {line}", folder.display());
        }
        for text in [text, markdown::plan(&plan)] {
            let steers = |c: char| {
                (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            };
            assert!(!text.contains(steers), "{}: {text:?}", folder.display());
        }
    }
}

#[test]
fn every_refusal_says_what_it_is_about_and_what_would_lift_it() {
    let mut seen = BTreeSet::new();
    for folder in folders() {
        let plan = Case::read(&folder).plan();
        for refusal in &plan.refusals {
            let subject = words::refusal::subject(&refusal.about, &plan.stack);
            let texts = [subject, words::refusal::reason(refusal, 1), words::refusal::lift(refusal, 1)];
            assert!(texts.iter().all(|text| !text.is_empty()), "{}: {refusal:?}", folder.display());
            seen.insert(words::refusal::wish(refusal.why.wanted()));
        }
    }
    let wishes = [
        "adopt",
        "attach",
        "change the billing",
        "clean",
        "create",
        "delete",
        "extend",
        "move",
        "rename",
        "repair",
        "replace",
        "retag",
        "retype",
        "shrink",
        "surplus",
    ];
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), wishes, "every refusal has a case");
}

#[test]
fn every_form_shows_the_same_warnings_and_counts_the_same_addresses() {
    // Markdown fences what is no plain word, and a terminal breaks lines.
    let plain = |text: &str| text.replace('`', "").split_whitespace().collect::<Vec<_>>().join(" ");
    let (mut warned, mut refused) = (0, 0);
    for folder in folders() {
        let plan = Case::read(&folder).plan();
        let forms =
            [human::plan(&plan, Look { width: WIDTH, color: false }), markdown::plan(&plan)].map(|it| plain(&it));
        let json: serde_json::Value = serde_json::from_str(&document::to_json(&plan)).unwrap();
        let texts: Vec<String> = plan.warnings.iter().map(words::warning::text).collect();
        let in_json: Vec<&str> =
            json["plan"]["warnings"].as_array().unwrap().iter().map(|it| it["text"].as_str().unwrap()).collect();
        assert_eq!(in_json, texts, "{}", folder.display());
        for (form, text) in forms.iter().flat_map(|form| texts.iter().map(move |text| (form, text))) {
            assert!(form.contains(&plain(text)), "{}: {text} in {form}", folder.display());
            warned += 1;
        }
        let number = plan.summary().refused;
        assert_eq!(json["summary"]["refused"].as_u64(), Some(number), "{}", folder.display());
        if number > 0 {
            let told = format!("{number} refused");
            assert!(forms.iter().all(|form| form.contains(&told)), "{}: {told}", folder.display());
            assert!(forms[1].contains(&format!("Refused ({number})")), "{}: {told}", folder.display());
            refused += 1;
        }
    }
    assert!(warned > 2 && refused > 10, "{warned} warnings, {refused} plans with refusals");
}

/// `tests/landed/changes-1.txt` and so on have the digest of each case's changes, as the versions of forms 1 to 4 made it.
#[test]
fn what_an_earlier_version_approved_is_known_for_that() {
    for text in [
        include_str!("../landed/changes-1.txt"),
        include_str!("../landed/changes-2.txt"),
        include_str!("../landed/changes-3.txt"),
        include_str!("../landed/changes-4.txt"),
    ] {
        let lines: Vec<(&str, &str)> = text.lines().map(|line| line.split_once(' ').unwrap()).collect();
        assert!(lines.len() > 30, "only {} cases", lines.len());
        for (case, digest) in lines {
            // It is about a deletion too by now, which no earlier version planned.
            if case == "a-retired-slot-is-given-up-while-the-others-keep-theirs" {
                continue;
            }
            let plan = Case::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios").join(case)).plan();
            let digest = Digest::new(digest).unwrap();
            assert!(plan.changes_in_older_forms().contains(&digest), "{case}");
            assert_ne!(plan.changes(), digest, "{case}");
        }
    }
}
