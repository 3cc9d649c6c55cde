//! What is wrong with a manifest, and what is worth a look.

use super::invalid::metadata_faults;
use super::is_kept;
use evsctl::manifest::{
    BaseFault, CloudFault, EndpointFault, FileFault, Found, ImportFault, Kind, KnownFault, Missing, MoveFault, Place,
    Problem, Problems, Rather, Remark, RuleFault, Severity, StackFault, Subject, Unfit, Unknown, ValueFault,
    VolumeFault, Way, What, Written, Wrong, YamlCause,
};
use evsctl::volume::{Excerpt, Invalid, Key, KeyOrAddress, ServerId, Slot, VolumeId, VolumeType, WordFault};
use evsctl::words;
use std::collections::BTreeSet;
use std::fmt::Write as _;

const WHAT: Subject = Subject::Field("stack");

fn excerpt() -> Excerpt {
    Excerpt::of("a \"b\"")
}

fn number() -> Excerpt {
    Excerpt::of("1.5")
}

fn text() -> Found {
    Found::Text(excerpt())
}

fn key() -> Key {
    Key::new("web").unwrap()
}

fn volume_type(name: &str) -> VolumeType {
    VolumeType::new(name).unwrap()
}

fn place() -> Place {
    Place { file: "web.yaml".into(), line: 3, column: 5 }
}

fn kinds() -> Vec<Kind> {
    samples!(Kind:
        Kind::Nothing => [Kind::Nothing],
        Kind::Boolean => [Kind::Boolean],
        Kind::Number => [Kind::Number],
        Kind::Text => [Kind::Text],
        Kind::List => [Kind::List],
        Kind::Mapping => [Kind::Mapping],
    )
}

fn founds() -> Vec<Found> {
    samples!(Found:
        Found::Text(_) => [text(), Found::Text(Excerpt::of(&"t".repeat(70)))],
        Found::Number(_) => [Found::Number(number())],
        Found::Boolean(_) => [Found::Boolean(Excerpt::of("true"))],
        Found::Kind(_) => kinds().into_iter().map(Found::Kind).collect::<Vec<_>>(),
    )
}

fn subjects() -> Vec<Subject> {
    samples!(Subject:
        Subject::Manifest => [Subject::Manifest],
        Subject::Volume => [Subject::Volume],
        Subject::Key => [Subject::Key],
        Subject::Size => [Subject::Size],
        Subject::Slot => [Subject::Slot],
        Subject::Ignored => [Subject::Ignored],
        Subject::Address => [Subject::Address],
        Subject::VolumeId => [Subject::VolumeId],
        Subject::MetadataValue => [Subject::MetadataValue],
        Subject::Field(_) => [WHAT, Subject::Field("lifecycle")],
    )
}

fn file_faults() -> Vec<FileFault> {
    let foreign = || Excerpt::of("what the YAML reader says\u{202e}");
    let causes = samples!(YamlCause:
        YamlCause::Tab => [YamlCause::Tab],
        YamlCause::Variable => [YamlCause::Variable],
    );
    let causes = causes.into_iter().map(Some).chain([None]);
    samples!(FileFault:
        FileFault::NoFiles => [FileFault::NoFiles],
        FileFault::TooManyFiles(_) => [FileFault::TooManyFiles(70_000)],
        FileFault::SavedPlan { .. } => [FileFault::SavedPlan { file: Excerpt::of("plan.json") }],
        FileFault::TooLarge { .. } => [FileFault::TooLarge { most_mib: 64 }],
        FileFault::NotUtf8 => [FileFault::NotUtf8],
        FileFault::Nothing => [FileFault::Nothing],
        FileFault::NotManifest(_) => [FileFault::NotManifest(Found::Kind(Kind::List))],
        FileFault::NotYaml { .. } => {
            causes.map(|cause| FileFault::NotYaml { foreign: foreign(), cause }).collect::<Vec<_>>()
        },
        FileFault::SecondDocument => [FileFault::SecondDocument],
        FileFault::TooDeep { .. } => [FileFault::TooDeep { most: 64 }],
        FileFault::AliasTooDeep { .. } => [FileFault::AliasTooDeep { most: 64 }],
        FileFault::TooManyValues => [FileFault::TooManyValues],
        FileFault::AliasInItself => [FileFault::AliasInItself],
        FileFault::AliasesGrow => [FileFault::AliasesGrow],
        FileFault::MergeOfNoMapping => [FileFault::MergeOfNoMapping],
        FileFault::NoKey => [FileFault::NoKey],
        FileFault::KeyNotText => [FileFault::KeyNotText],
        FileFault::Tag(_) => [FileFault::Tag(Excerpt::of("!Ref"))],
    )
}

fn base_faults() -> Vec<BaseFault> {
    let causes = [None, Some(YamlCause::Tab), Some(YamlCause::Variable)];
    samples!(BaseFault:
        BaseFault::TooMany { .. } => [BaseFault::TooMany { bases: 17, most: 16 }],
        BaseFault::NotRelative(_) => [BaseFault::NotRelative(excerpt())],
        BaseFault::NotYamlFile(_) => [BaseFault::NotYamlFile(excerpt())],
        BaseFault::Twice { .. } => [BaseFault::Twice { path: excerpt(), first: place() }],
        BaseFault::NotRead(_) => [BaseFault::NotRead(excerpt())],
        BaseFault::Holds { .. } => [None, Some("volumes")].map(|section| BaseFault::Holds { section }),
        BaseFault::NotMapping => [BaseFault::NotMapping],
        BaseFault::NotYaml { .. } => causes.map(|cause| BaseFault::NotYaml { cause }),
        BaseFault::Tag => [BaseFault::Tag],
    )
}

fn stack_faults() -> Vec<StackFault> {
    let first = place();
    samples!(StackFault:
        StackFault::DuplicateKey { .. } => [StackFault::DuplicateKey { key: excerpt(), first: first.clone() }],
        StackFault::DuplicateSection { .. } => [StackFault::DuplicateSection { section: "cloud", first: first.clone() }],
        StackFault::DuplicateVolume { .. } => [StackFault::DuplicateVolume { key: excerpt(), first: first.clone() }],
        StackFault::DuplicateName { .. } => {
            [StackFault::DuplicateName { name: excerpt(), key: key(), first: first.clone() }]
        },
        StackFault::StateNoPath(_) => [StackFault::StateNoPath(excerpt())],
        StackFault::StateNotRelative(_) => [StackFault::StateNotRelative(excerpt())],
        StackFault::VolumesNothing => [StackFault::VolumesNothing],
        StackFault::VolumesList => [StackFault::VolumesList],
        StackFault::AllowsNothing { .. } => [StackFault::AllowsNothing { field: "zones" }],
        StackFault::TooManyVolumes { .. } => [StackFault::TooManyVolumes { volumes: 1_000_001, most: 1_000_000 }],
    )
}

fn move_faults() -> Vec<MoveFault> {
    let (from, first) = ("old[2]".parse::<KeyOrAddress>().unwrap(), place());
    samples!(MoveFault:
        MoveFault::Incomplete { .. } => ["to", "key"].map(|field| MoveFault::Incomplete { field }),
        MoveFault::Mixed => [MoveFault::Mixed],
        MoveFault::Nowhere => [MoveFault::Nowhere],
        MoveFault::StillDesired { .. } => ["moved", "removed"]
            .map(|section| MoveFault::StillDesired { section, from: from.clone(), volume: first.clone() }),
        MoveFault::NotDesired { .. } => [MoveFault::NotDesired { to: "new".parse().unwrap() }],
        MoveFault::Twice { .. } => [MoveFault::Twice { what: from, first }],
    )
}

fn import_faults() -> Vec<ImportFault> {
    let first = place();
    samples!(ImportFault:
        ImportFault::SeveralSlots { .. } => [ImportFault::SeveralSlots { key: key(), count: 3 }],
        ImportFault::AddressTwice { .. } => {
            [ImportFault::AddressTwice { address: "web[1]".parse().unwrap(), first: first.clone() }]
        },
        ImportFault::VolumeTwice { .. } => [ImportFault::VolumeTwice { id: VolumeId::new("v-1").unwrap(), first }],
    )
}

fn known_faults() -> Vec<KnownFault> {
    let what = KeyOrAddress::Key(key());
    samples!(KnownFault:
        KnownFault::Incomplete { .. } => [KnownFault::Incomplete { field: "until" }],
        KnownFault::NoReason => [KnownFault::NoReason],
        KnownFault::TagNotText { .. } => [KnownFault::TagNotText { found: Kind::List }],
        KnownFault::Twice { .. } => [KnownFault::Twice { what, field: "size", first: place() }],
    )
}

fn endpoint_faults() -> Vec<EndpointFault> {
    let foreign = Excerpt::of("what the reader of addresses says");
    samples!(EndpointFault:
        EndpointFault::NoAddress { .. } => [EndpointFault::NoAddress { text: excerpt(), foreign }],
        EndpointFault::NoHost => [EndpointFault::NoHost],
        EndpointFault::Secret => [EndpointFault::Secret],
        EndpointFault::Path => [EndpointFault::Path],
    )
}

fn unfits() -> Vec<Unfit> {
    samples!(Unfit:
        // The others have a file of their own.
        Unfit::Volume(_) => [Invalid::Word(WordFault::Empty), Invalid::NameEmpty].map(Unfit::Volume),
        Unfit::Region(_) => [Unfit::Region(excerpt())],
        Unfit::ProjectId(_) => [Unfit::ProjectId(excerpt())],
        Unfit::ProjectName(_) => [Unfit::ProjectName(excerpt())],
        Unfit::KeyOrAddress(_) => [Unfit::KeyOrAddress(excerpt())],
        Unfit::Day(_) => [Unfit::Day(excerpt())],
        Unfit::Endpoint(_) => endpoint_faults().into_iter().map(Unfit::Endpoint).collect::<Vec<_>>(),
    )
}

fn meant() -> Vec<Option<Written>> {
    let digits = || "1000".to_owned();
    let meant = samples!(Written:
        Written::Boolean(_) => [Written::Boolean(true), Written::Boolean(false)],
        Written::Quoted { .. } => [Written::Quoted { digits: digits() }],
        Written::WithUnit { .. } => [Written::WithUnit { digits: digits() }],
        Written::Grouped { .. } => [Written::Grouped { digits: digits() }],
        Written::Variable => [Written::Variable],
    );
    meant.into_iter().map(Some).chain([None]).collect()
}

fn value_faults() -> Vec<ValueFault> {
    let of_kinds = kinds().into_iter().map(|found| ValueFault::NotText { what: WHAT, found });
    let of_subjects = subjects().into_iter().map(|what| ValueFault::NotText { what, found: Kind::List });
    let not_boolean = meant().into_iter().map(|meant| ValueFault::NotBoolean { what: WHAT, found: text(), meant });
    let not_number = meant().into_iter().map(|meant| ValueFault::NotNumber { what: WHAT, found: text(), meant });
    let unfit = unfits().into_iter().map(|why| ValueFault::Unfit { what: WHAT, why, variable: false });
    let variable = ValueFault::Unfit { what: WHAT, why: Unfit::Region(excerpt()), variable: true };
    let unquoted = |written: &str, kind| ValueFault::Unquoted { what: WHAT, written: Excerpt::of(written), kind };
    let legal = || vec!["slot", "service"];
    samples!(ValueFault:
        ValueFault::NotText { .. } => of_kinds.chain(of_subjects).collect::<Vec<_>>(),
        ValueFault::Unquoted { .. } => [unquoted("1.5", Kind::Number), unquoted("true", Kind::Boolean)],
        ValueFault::NotBoolean { .. } => not_boolean.collect::<Vec<_>>(),
        ValueFault::NotNumber { .. } => not_number.collect::<Vec<_>>(),
        ValueFault::NotPlainDigits { .. } => [(false, None), (true, None), (true, Some(40))].map(|(leading_zero, decimal)| {
            ValueFault::NotPlainDigits { what: WHAT, written: number(), leading_zero, decimal }
        }),
        ValueFault::NotWhole { .. } => [ValueFault::NotWhole { what: WHAT, written: number() }],
        ValueFault::OutOfRange { .. } => {
            [ValueFault::OutOfRange { what: Subject::Size, least: 1, most: 32_768, written: Excerpt::of("0") }]
        },
        ValueFault::NotOneOf { .. } => [None, Some("slot")].map(|near| {
            ValueFault::NotOneOf { what: Subject::Field("naming"), legal: legal(), found: text(), near }
        }),
        ValueFault::NotMapping { .. } => [ValueFault::NotMapping { what: WHAT, found: text() }],
        ValueFault::NotList { .. } => {
            founds().into_iter().map(|found| ValueFault::NotList { what: WHAT, found }).collect::<Vec<_>>()
        },
        ValueFault::Unfit { .. } => unfit.chain([variable]).collect::<Vec<_>>(),
    )
}

fn unknowns() -> Vec<Unknown> {
    let ways = samples!(Way:
        Way::Encrypted => [Way::Encrypted],
        Way::EncryptionKey => [Way::EncryptionKey],
        Way::Scsi => [Way::Scsi],
        Way::PreventDestroy => [Way::PreventDestroy],
        Way::Retire => [Way::Retire],
        Way::DeleteSnapshots => [Way::DeleteSnapshots],
        Way::Prepaid => [Way::Prepaid],
        Way::Image => [Way::Image],
        Way::Copy => [Way::Copy],
        Way::Server => [Way::Server],
    );
    let examples = [None, Some("ignore: [size]")];
    let all = samples!(Rather:
        Rather::Inside => [Rather::Inside],
        Rather::UnderKey => [Rather::UnderKey],
        Rather::InVolume => [Rather::InVolume],
        Rather::Is(_) => [Rather::Is("volume_type")],
        Rather::Here { .. } => examples.map(|example| Rather::Here { field: "ignore", example }),
        Rather::Write(_) => ways.into_iter().map(Rather::Write).collect::<Vec<_>>(),
        Rather::BssParam => [Rather::BssParam],
        Rather::SchedulerHints => [Rather::SchedulerHints],
        Rather::SaidByPrepaid => [Rather::SaidByPrepaid],
        Rather::NeverReplacedFirst => [Rather::NeverReplacedFirst],
        Rather::OnlyOwnFields => [Rather::OnlyOwnFields],
        Rather::Near(_) => [Rather::Near("size")],
        Rather::InMetadata(_) => [Rather::InMetadata("full_clone")],
        Rather::OneOf(_) => [Rather::OneOf(vec!["stack", "state"])],
    );
    all.into_iter().map(|rather| Unknown { what: Subject::Volume, name: excerpt(), rather }).collect()
}

fn missing() -> Vec<Missing> {
    samples!(Missing:
        Missing::Stack { .. } => [false, true].map(|several_files| Missing::Stack { several_files }),
        Missing::Cloud => [Missing::Cloud],
        Missing::Volumes => [Missing::Volumes],
        Missing::Project => [Missing::Project],
        Missing::Region => [Missing::Region],
        Missing::Zone(_) => [Missing::Zone(key())],
        Missing::VolumeType(_) => [Missing::VolumeType(key())],
        Missing::Size(_) => [Missing::Size(key())],
        Missing::PeriodType => [Missing::PeriodType],
        Missing::PeriodNumber => [Missing::PeriodNumber],
    )
}

fn cloud_faults() -> Vec<CloudFault> {
    samples!(CloudFault:
        CloudFault::CallWithoutToken => [CloudFault::CallWithoutToken],
        CloudFault::BesideSimulator { .. } => [CloudFault::BesideSimulator { field: "region" }],
        CloudFault::ProjectTwice => [CloudFault::ProjectTwice],
        CloudFault::OwnershipTag(_) => [CloudFault::OwnershipTag(Found::Boolean(Excerpt::of("true")))],
        CloudFault::SettleNoDuration(_) => [CloudFault::SettleNoDuration(text())],
        CloudFault::SettleOutOfRange(_) => [CloudFault::SettleOutOfRange(Excerpt::of("25h"))],
        CloudFault::RateLimit { .. } => [CloudFault::RateLimit { most: 100_000, found: text() }],
        CloudFault::CreateApi(_) => [CloudFault::CreateApi(text())],
    )
}

fn volume_faults() -> Vec<VolumeFault> {
    let near = [None, Some("size")];
    samples!(VolumeFault:
        VolumeFault::NotMapping { .. } => [text(), Found::Kind(Kind::Nothing)].map(|found| {
            VolumeFault::NotMapping { key: excerpt(), found }
        }),
        VolumeFault::NoDefault { .. } => [VolumeFault::NoDefault { field: "name" }],
        VolumeFault::RetireInDefaults => [VolumeFault::RetireInDefaults],
        VolumeFault::ExpiresInDefaults => [VolumeFault::ExpiresInDefaults],
        VolumeFault::NotIgnorable { .. } => near.map(|near| {
            VolumeFault::NotIgnorable { found: text(), near, legal: vec!["size", "tags"] }
        }),
        VolumeFault::NoZones => [VolumeFault::NoZones],
        VolumeFault::TooManyZones { .. } => [VolumeFault::TooManyZones { zones: 17, most: 16 }],
        VolumeFault::ZoneTwice { .. } => [VolumeFault::ZoneTwice { zone: excerpt(), first: place() }],
        VolumeFault::SharedOtherwise { .. } => {
            [VolumeFault::SharedOtherwise { shareable: true, multiattach: false }]
        },
        VolumeFault::MetadataNull { .. } => [VolumeFault::MetadataNull { key: excerpt() }],
        VolumeFault::MetadataKey { .. } => [None, Some("full_clone")].map(|near| {
            VolumeFault::MetadataKey { key: excerpt(), near }
        }),
        VolumeFault::TagsList => [VolumeFault::TagsList],
        VolumeFault::TagNull { .. } => [VolumeFault::TagNull { key: excerpt() }],
        VolumeFault::TagNotText { .. } => [VolumeFault::TagNotText { found: Kind::Mapping }],
    )
}

fn rule_faults() -> Vec<RuleFault> {
    let (volume, volume_type) = (key(), volume_type("GPSSD2"));
    let (volume, volume_type) = (|| volume.clone(), || volume_type.clone());
    let of_source = metadata_faults().into_iter().map(|fault| RuleFault::MetadataOfSource { volume: volume(), fault });
    samples!(RuleFault:
        RuleFault::OwnTag { .. } => [RuleFault::OwnTag { key: excerpt() }],
        RuleFault::OwnerValue { .. } => [RuleFault::OwnerValue { key: excerpt() }],
        RuleFault::TooManyTags { .. } => [9, 10].map(|room| RuleFault::TooManyTags { room, tags: 11 }),
        RuleFault::SeveralFromBackup { .. } => [RuleFault::SeveralFromBackup { count: 2 }],
        RuleFault::TwoSources { .. } => {
            [RuleFault::TwoSources { first: "backup_id", second: "imageRef" }]
        },
        RuleFault::NameOfSeveralTooLong { .. } => {
            [RuleFault::NameOfSeveralTooLong { count: 2, most: 250, bytes: 251, suffix: 5 }]
        },
        RuleFault::TypeMisspelt { .. } => {
            [RuleFault::TypeMisspelt { volume: volume(), volume_type: volume_type(), known: "GPSSD2" }]
        },
        RuleFault::ZoneNotAllowed { .. } => {
            let allowed = vec!["az-1".to_owned(), "az-2".to_owned()];
            [RuleFault::ZoneNotAllowed { zone: excerpt(), allowed, place: place() }]
        },
        RuleFault::TypeNotAllowed { .. } => {
            let allowed = vec!["SAS".to_owned(), "SSD".to_owned()];
            [RuleFault::TypeNotAllowed { volume_type: excerpt(), allowed, place: place() }]
        },
        RuleFault::RateNotChosen { .. } => {
            [RuleFault::RateNotChosen { volume: volume(), volume_type: volume_type(), rate: "iops" }]
        },
        RuleFault::RateNeeded { .. } => {
            [RuleFault::RateNeeded { volume: volume(), volume_type: volume_type(), rate: "iops" }]
        },
        RuleFault::TypeNotPrepaid { .. } => {
            [RuleFault::TypeNotPrepaid { volume: volume(), volume_type: volume_type() }]
        },
        RuleFault::PaidAsServer { .. } => {
            [RuleFault::PaidAsServer { volume: volume(), server: ServerId::new("s-1").unwrap() }]
        },
        RuleFault::SystemDiskShared { .. } => [RuleFault::SystemDiskShared { volume: volume() }],
        RuleFault::CallNotDocumented { .. } => [RuleFault::CallNotDocumented { volume: volume() }],
        RuleFault::KeyWithoutEncryption => [RuleFault::KeyWithoutEncryption],
        RuleFault::MetadataOfSource { .. } => of_source.collect::<Vec<_>>(),
    )
}

fn wrongs() -> Vec<Wrong> {
    let file = |fault| Wrong::File { fault, merge_marks: false };
    let marked = Wrong::File { fault: FileFault::NoKey, merge_marks: true };
    samples!(Wrong:
        Wrong::File { .. } => file_faults().into_iter().map(file).chain([marked]).collect::<Vec<_>>(),
        Wrong::Base(_) => base_faults().into_iter().map(Wrong::Base).collect::<Vec<_>>(),
        Wrong::Stack(_) => stack_faults().into_iter().map(Wrong::Stack).collect::<Vec<_>>(),
        Wrong::Move(_) => move_faults().into_iter().map(Wrong::Move).collect::<Vec<_>>(),
        Wrong::Import(_) => import_faults().into_iter().map(Wrong::Import).collect::<Vec<_>>(),
        Wrong::Known(_) => known_faults().into_iter().map(Wrong::Known).collect::<Vec<_>>(),
        Wrong::Value(_) => value_faults().into_iter().map(Wrong::Value).collect::<Vec<_>>(),
        Wrong::Invalid(_) => [Wrong::Invalid(Invalid::SizeOfData(9))],
        Wrong::Unknown(_) => unknowns().into_iter().map(Wrong::Unknown).collect::<Vec<_>>(),
        Wrong::Missing(_) => missing().into_iter().map(Wrong::Missing).collect::<Vec<_>>(),
        Wrong::Cloud(_) => cloud_faults().into_iter().map(Wrong::Cloud).collect::<Vec<_>>(),
        Wrong::Volume(_) => volume_faults().into_iter().map(Wrong::Volume).collect::<Vec<_>>(),
        Wrong::Rule(_) => rule_faults().into_iter().map(Wrong::Rule).collect::<Vec<_>>(),
        Wrong::MoreErrors(_) => [1, 2].map(Wrong::MoreErrors),
    )
}

fn remarks() -> Vec<Remark> {
    let slot = Slot::FIRST;
    samples!(Remark:
        Remark::NumberCut { .. } => [Subject::Size, Subject::Field("count")].map(|what| {
            Remark::NumberCut { what, written: number(), taken: 1 }
        }),
        Remark::VariableKept { .. } => [Remark::VariableKept { what: Subject::Field("name") }],
        Remark::ShareableDeprecated => [Remark::ShareableDeprecated],
        Remark::DescriptionLong { .. } => [Remark::DescriptionLong { most: 85, length: 86 }],
        Remark::NameLong { .. } => [Remark::NameLong { most: 64, length: 65 }],
        Remark::RegionNotKnown { .. } => [Remark::RegionNotKnown {
            region: Excerpt::of("cn-nroth-4"),
            like: Excerpt::of("cn-north-4"),
        }],
        Remark::ZoneNotOfRegion { .. } => [Remark::ZoneNotOfRegion {
            zone: Excerpt::of("cn-north-1a"),
            region: Excerpt::of("cn-north-4"),
            like: Excerpt::of("cn-north-4a"),
        }],
        Remark::TypeNotDocumented { .. } => [Remark::TypeNotDocumented {
            volume: key(),
            volume_type: volume_type("SSE"),
            like: volume_type("SSD"),
        }],
        Remark::NoSuchSlotRetired { .. } => [Remark::NoSuchSlotRetired { slot }],
        Remark::SlotRetiredTwice { .. } => [Remark::SlotRetiredTwice { slot }],
        Remark::KnownDriftOfNothing { .. } => {
            [Remark::KnownDriftOfNothing { address: "web[3]".parse().unwrap() }]
        },
        Remark::ImportNotDesired { .. } => [Remark::ImportNotDesired { to: "web[3]".parse().unwrap() }],
        Remark::MoreWarnings { .. } => [1, 2].map(|more| Remark::MoreWarnings { more }),
    )
}

#[test]
fn every_problem_of_a_manifest_is_told() {
    let mut text = String::new();
    let all = wrongs().into_iter().map(What::Wrong).chain(remarks().into_iter().map(What::Remark));
    for what in all {
        let reason = words::problem::reason(&what);
        writeln!(text, "{} {}: {reason}", what.severity(), what.code()).unwrap();
        if let Some(hint) = words::problem::hint(&what) {
            writeln!(text, "  {hint}").unwrap();
        }
        assert!(!reason.is_empty() && !reason.chars().any(char::is_control), "{what:?}");
    }
    let problem = |what, place| Problem { what, place, source_line: None, source_column: 1, width: 1 };
    let problems = [
        problem(What::Wrong(FileFault::NoFiles.into()), None),
        problem(What::Remark(Remark::ShareableDeprecated), Some(place())),
    ];
    writeln!(text, "{}", Problems(problems.into())).unwrap();
    is_kept("problems.txt", &text);
}

#[test]
fn every_code_is_one_of_small_letters_and_of_one_severity() {
    let errors: BTreeSet<&str> = wrongs().iter().map(Wrong::code).collect();
    let warnings: BTreeSet<&str> = remarks().iter().map(Remark::code).collect();
    assert!(errors.is_disjoint(&warnings), "{errors:?} {warnings:?}");
    for code in errors.union(&warnings) {
        assert!(code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'), "{code}");
    }
    assert_eq!(serde_json::to_string(&[Severity::Error, Severity::Warning]).unwrap(), r#"["error","warning"]"#);
}

#[test]
fn what_is_worth_a_look_is_read_as_it_is_written_under_its_code() {
    for remark in remarks() {
        let value = serde_json::to_value(&remark).unwrap();
        assert_eq!(value["problem"], remark.code());
        assert_eq!(serde_json::from_value::<Remark>(value).unwrap(), remark);
    }
    for what in subjects() {
        let text = serde_json::to_string(&what).unwrap();
        assert_eq!(serde_json::from_str::<Subject>(&text).unwrap(), what);
    }
    assert!(serde_json::from_str::<Subject>("\"no field\"").is_err());
}
