//! What the command line says of its surroundings: credentials, clouds, files, the process, traces and arguments.

use super::is_kept;
use evsctl::evs::TokenFlaw;
use evsctl::state::CloudId;
use evsctl::store::Holder;
use evsctl::volume::StackName;
use evsctl::words::credentials::{Bearer, Beside, Exposed, FileFlaw, NoAddress, Place, Sort};
use evsctl::words::{self, Told, cloud, credentials, files, process, stack, traces, values};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// The sentences of one topic.
#[derive(Default)]
struct Sheet(String);

impl Sheet {
    fn line(&mut self, text: impl AsRef<str>) {
        writeln!(self.0, "{}", text.as_ref()).unwrap();
    }

    fn told(&mut self, told: Told) {
        let words::Told { message, hint } = told;
        self.line(message);
        hint.into_iter().for_each(|hint| self.line(format!("  {hint}")));
    }
}

fn name(text: &str) -> StackName {
    StackName::new(text).unwrap()
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn sorts() -> Vec<Sort> {
    samples!(Sort:
        Sort::Token => [Sort::Token],
        Sort::TemporaryKey => [Sort::TemporaryKey],
        Sort::Key => [Sort::Key],
        Sort::Password => [Sort::Password],
        Sort::IdentityToken => [Sort::IdentityToken],
        Sort::Command => [Sort::Command],
        Sort::Agency => [Sort::Agency],
    )
}

fn places() -> Vec<Place<'static>> {
    samples!(Place<'static>:
        Place::Environment(_) => [Place::Environment(&["HW_ACCESS_KEY", "HW_SECRET_KEY"])],
        Place::Profile(..) => [Place::Profile(Path::new("/home/ada/.hcloud/config.json"), "prod")],
        Place::Command(_) => [Place::Command("vault")],
        Place::Metadata => [Place::Metadata],
    )
}

fn flaws() -> Vec<FileFlaw> {
    let profile = || text("prod");
    samples!(FileFlaw:
        FileFlaw::Unread(_) => [FileFlaw::Unread(text("(the system's words)"))],
        FileFlaw::NotHcloud => [FileFlaw::NotHcloud],
        FileFlaw::NoProfile(_) => [FileFlaw::NoProfile(profile())],
        FileFlaw::NoAccess(_) => [FileFlaw::NoAccess(profile())],
        FileFlaw::NoSecret(_) => [FileFlaw::NoSecret(profile())],
        FileFlaw::Encrypted(_) => [FileFlaw::Encrypted(profile())],
        FileFlaw::NoAk => [FileFlaw::NoAk],
        FileFlaw::NoSk => [FileFlaw::NoSk],
        FileFlaw::Expired(..) => [FileFlaw::Expired(text("prod"), jiff::Timestamp::UNIX_EPOCH)],
        FileFlaw::NotClouds => [FileFlaw::NotClouds],
        FileFlaw::NoCloud(_) => [FileFlaw::NoCloud(text("otc"))],
        FileFlaw::NoAuth(..) => [FileFlaw::NoAuth(text("otc"), "password")],
        FileFlaw::OtherAuth(_) => [FileFlaw::OtherAuth(text("otc"))],
    )
}

fn bearers() -> Vec<Bearer> {
    samples!(Bearer:
        Bearer::Password => [Bearer::Password],
        Bearer::IdentityToken => [Bearer::IdentityToken],
    )
}

fn addresses() -> Vec<(Beside, NoAddress)> {
    let services = samples!(Beside: Beside::Iam => [Beside::Iam], Beside::Sts => [Beside::Sts]);
    let reasons = samples!(NoAddress:
        NoAddress::None => [NoAddress::None],
        NoAddress::Unread => [NoAddress::Unread],
        NoAddress::NotPlain => [NoAddress::NotPlain],
        NoAddress::Clear => [NoAddress::Clear],
        NoAddress::NotTold => [NoAddress::NotTold],
    );
    services.into_iter().flat_map(|service| reasons.iter().map(move |why| (service, *why))).collect()
}

#[test]
fn everything_about_credentials_is_told() {
    let mut sheet = Sheet::default();
    sorts().into_iter().for_each(|sort| sheet.line(credentials::sort(sort)));
    places().into_iter().for_each(|place| sheet.line(credentials::place(place)));
    sheet.told(credentials::none());
    sheet.told(credentials::partial("HW_ACCESS_KEY", &["HW_SECRET_KEY"]));
    sheet.told(credentials::partial("HUAWEICLOUD_OIDC_PROVIDER_URN", &["A", "B"]));
    let path = Path::new("/home/ada/.hcloud/config.json");
    flaws().iter().for_each(|flaw| sheet.told(credentials::unusable(path, flaw)));
    sheet.told(credentials::unusable_token(Path::new("/run/token"), &TokenFlaw::Empty));
    sheet.told(credentials::no_duration("HUAWEICLOUD_OIDC_DURATION_SECONDS", 900, 43200));
    for bearer in bearers() {
        for itself in [true, false] {
            let place = Place::Environment(&["HW_USER_NAME"]);
            let (here, variable) = ("http://127.0.0.1:81", "HW_AUTH_URL");
            sheet.told(credentials::exposed(&Exposed { bearer, itself, here, place, variable }));
        }
    }
    for (service, why) in addresses() {
        sheet.told(credentials::no_address(service, "http://iam.example", why, "HW_AUTH_URL"));
    }
    sheet.told(credentials::no_clouds("otc"));
    sheet.told(credentials::no_authorities(Path::new("ca.pem"), credentials::NO_CERTIFICATE));
    sheet.told(credentials::unconnectable("(the library's words)"));
    is_kept("credentials.txt", &sheet.0);
}

fn deeds() -> Vec<cloud::Deed<'static>> {
    use cloud::Deed;
    samples!(Deed<'static>:
        Deed::LookUp(_) => [Deed::LookUp("prod")],
        Deed::LookAt => [Deed::LookAt],
        Deed::List => [Deed::List],
    )
}

fn steps() -> Vec<cloud::Next> {
    use cloud::Next;
    samples!(Next:
        Next::Exchange => [Next::Exchange],
        Next::Certificate => [Next::Certificate],
        Next::Rights => [Next::Rights],
        Next::Slower => [Next::Slower],
    )
}

fn projects() -> Vec<cloud::NoProject> {
    use cloud::NoProject;
    samples!(NoProject:
        NoProject::NotAsked => [NoProject::NotAsked],
        NoProject::None => [NoProject::None],
        NoProject::Several(_) => [NoProject::Several(2)],
    )
}

fn endpoints() -> Vec<cloud::NoEndpoint<'static>> {
    use cloud::NoEndpoint;
    samples!(NoEndpoint<'static>:
        NoEndpoint::Unnamed => [NoEndpoint::Unnamed],
        NoEndpoint::OtherDomain { .. } => [NoEndpoint::OtherDomain { domain: "otc.t-systems.com", region: "cn-north-4" }],
        NoEndpoint::Unread(_) => [NoEndpoint::Unread("https://evs.a b")],
        NoEndpoint::LinkLocal(_) => [NoEndpoint::LinkLocal("http://169.254.169.254/")],
        NoEndpoint::NotAllowed(_) => [NoEndpoint::NotAllowed("https://evs.example/")],
        NoEndpoint::Clear(_) => [NoEndpoint::Clear("http://evs.cn-north-4.myhuaweicloud.com/")],
    )
}

#[test]
fn everything_about_a_cloud_is_told() {
    let mut sheet = Sheet::default();
    deeds().into_iter().for_each(|deed| sheet.line(cloud::cannot(deed)));
    sheet.line(cloud::repeating("GET /", Duration::from_millis(1500), "(why)"));
    steps().into_iter().for_each(|next| sheet.line(cloud::next(next)));
    let of = |project: &str| CloudId { region: None, endpoint: text("https://evs.example"), project_id: text(project) };
    sheet.told(cloud::other_cloud(&name("shop"), &of("p-1"), &of("p-2")));
    let near = |port: &str| CloudId { endpoint: text(&format!("http://127.0.0.1:{port}")), ..of("p-1") };
    sheet.told(cloud::other_cloud(&name("shop"), &near("8080"), &near("8081")));
    sheet.line(cloud::embedded());
    sheet.line(cloud::no_service("ims", "https://volumes.example"));
    sheet.line(cloud::no_answer_within(Duration::from_secs(30)));
    sheet.told(cloud::other_project("HW_PROJECT_ID", "p-1", "p-2"));
    projects().into_iter().for_each(|why| sheet.told(cloud::no_project("prod", why)));
    endpoints().into_iter().for_each(|why| sheet.told(cloud::no_endpoint(why)));
    is_kept("cloud.txt", &sheet.0);
}

fn not_read() -> Vec<stack::NotRead> {
    use stack::{NotRead, Special};
    let special = samples!(Special:
        Special::Pipe => [Special::Pipe],
        Special::Socket => [Special::Socket],
        Special::Device => [Special::Device],
        Special::Other => [Special::Other],
    );
    samples!(NotRead:
        NotRead::Unread => [NotRead::Unread],
        NotRead::Unlisted => [NotRead::Unlisted],
        NotRead::TooLarge(_) => [NotRead::TooLarge(64)],
        NotRead::LeadsOut => [NotRead::LeadsOut],
        NotRead::LeavesWorkTree => [NotRead::LeavesWorkTree],
        NotRead::Special(_) => special.into_iter().map(NotRead::Special).collect::<Vec<_>>(),
    )
}

fn no_base() -> Vec<stack::NoBase> {
    use stack::NoBase;
    samples!(NoBase:
        NoBase::Unread => [NoBase::Unread],
        NoBase::NotYamlFile => [NoBase::NotYamlFile],
        NoBase::OutsideWorkTree => [NoBase::OutsideWorkTree],
        NoBase::OutsideParent => [NoBase::OutsideParent],
        NoBase::Hidden => [NoBase::Hidden],
        NoBase::NoFile => [NoBase::NoFile],
        NoBase::TooLarge(_) => [NoBase::TooLarge(64)],
    )
}

#[test]
fn everything_about_a_stack_on_disk_is_told() {
    let mut sheet = Sheet::default();
    let (ignores, journal) = (Path::new("state/.gitignore"), Path::new("state/shop.journal"));
    sheet.line(stack::journal_hidden(3, ignores, "*.journal", journal));
    sheet.line(stack::changing(&Holder {
        who: text("ada"),
        host: text("runner"),
        pid: 4711,
        since: "2026-11-28T10:00:00Z".parse().unwrap(),
        run: None,
        operation: text("apply"),
    }));
    sheet.line(stack::invalid());
    sheet.line(stack::of_path(Path::new("prod")));
    sheet.line(stack::NOT_VOLUMES);
    sheet.line(stack::NO_VOLUMES);
    not_read().into_iter().for_each(|why| sheet.told(stack::not_read(Path::new("stack/volumes.yaml"), why)));
    let place = evsctl::manifest::Place { file: "stack/volumes.yaml".into(), line: 2, column: 8 };
    let base = Path::new("stack/../common.yaml");
    no_base().into_iter().for_each(|why| sheet.told(stack::base_not_read(&place, base, why)));
    sheet.line(stack::path_left_out("destroy", "'web[1]'"));
    sheet.told(stack::means_none("web*", &name("shop"), None));
    sheet.told(stack::means_none("wbe", &name("shop"), Some("web[1..3]")));
    sheet.told(stack::untagged());
    is_kept("stack.txt", &sheet.0);
}

#[test]
fn everything_about_files_that_a_flag_names_is_told() {
    use files::{Guarded, NotAFile, Output};
    let mut sheet = Sheet::default();
    let path = Path::new("out.json");
    let outputs = samples!(Output:
        Output::Plan => [Output::Plan],
        Output::Report => [Output::Report],
        Output::Entries => [Output::Entries],
        Output::RemovedBlocks => [Output::RemovedBlocks],
    );
    for what in outputs {
        sheet.line(files::not_written(what, path));
    }
    let guarded = samples!(Guarded:
        Guarded::Manifest => [Guarded::Manifest],
        Guarded::PartOfManifest => [Guarded::PartOfManifest],
        Guarded::State => [Guarded::State],
        Guarded::PlanInUse => [Guarded::PlanInUse],
    );
    guarded.into_iter().for_each(|why| sheet.told(files::guarded(Output::Plan, path, why)));
    let others = samples!(NotAFile:
        NotAFile::Folder => [NotAFile::Folder],
        NotAFile::Disk => [NotAFile::Disk],
        NotAFile::Socket => [NotAFile::Socket],
        NotAFile::Device => [NotAFile::Device],
        NotAFile::TooLarge(_) => [NotAFile::TooLarge(256)],
    );
    others.into_iter().for_each(|what| sheet.line(files::not_a_file(what)));
    sheet.line(files::plan_not_read(path));
    sheet.told(files::no_plan(path));
    is_kept("files.txt", &sheet.0);
}

#[test]
fn everything_about_the_process_itself_is_told() {
    use process::Part;
    let mut sheet = Sheet::default();
    sheet.told(process::no_descriptors());
    let holder = Holder {
        who: text("ada"),
        host: text("runner"),
        pid: 4711,
        since: jiff::Timestamp::UNIX_EPOCH,
        run: None,
        operation: text("apply"),
    };
    sheet.line(process::waits_for(&holder, std::time::Duration::from_secs(30)));
    sheet.line(evsctl::words::cloud::nobody_listens("127.0.0.1:8080"));
    sheet.line(evsctl::words::doctor::several(22));
    let parts = samples!(Part:
        Part::Signals => [Part::Signals],
        Part::Runtime => [Part::Runtime],
        Part::Stdout => [Part::Stdout],
    );
    parts.into_iter().for_each(|part| sheet.line(process::cannot(part)));
    sheet.line(process::none_for_signals());
    sheet.line(process::question("Do it?"));
    sheet.line(process::only_yes());
    sheet.line(process::somebody());
    sheet.line(process::some_machine());
    is_kept("process.txt", &sheet.0);
}

#[test]
fn everything_about_traces_is_told() {
    use traces::{NoExport, Trouble};
    const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
    let mut sheet = Sheet::default();
    let other = || NoExport::OtherProtocol { variable: "OTEL_EXPORTER_OTLP_PROTOCOL", protocol: text("grpc") };
    let reasons = samples!(NoExport:
        NoExport::NoAddress(_) => [NoExport::NoAddress(ENDPOINT)],
        NoExport::OtherScheme(_) => [NoExport::OtherScheme(ENDPOINT)],
        NoExport::OtherProtocol { .. } => [other()],
        NoExport::Unusable(_) => [NoExport::Unusable(ENDPOINT)],
        NoExport::Failed(_) => [NoExport::Failed(text("(the system's words)"))],
    );
    reasons.iter().for_each(|why| sheet.line(traces::no_export(why)));
    let troubles = samples!(Trouble:
        Trouble::NotTaken(_) => [Trouble::NotTaken(2)],
        Trouble::GivenUp => [Trouble::GivenUp],
        Trouble::Answered(_) => [Trouble::Answered(503)],
        Trouble::NoAnswer => [Trouble::NoAnswer],
        Trouble::NoConnection => [Trouble::NoConnection],
        Trouble::NoWholeAnswer => [Trouble::NoWholeAnswer],
    );
    troubles.into_iter().for_each(|why| sheet.line(traces::not_all("127.0.0.1:4318", why)));
    is_kept("traces.txt", &sheet.0);
}

#[test]
fn the_form_of_every_value_is_told() {
    use values::NoValue;
    let mut sheet = Sheet::default();
    let forms = samples!(NoValue:
        NoValue::Duration => [NoValue::Duration],
        NoValue::Negative => [NoValue::Negative],
        NoValue::TooLong => [NoValue::TooLong],
        NoValue::Rate => [NoValue::Rate],
        NoValue::Volumes => [NoValue::Volumes],
        NoValue::Day => [NoValue::Day],
        NoValue::Reason => [NoValue::Reason],
        NoValue::Tag => [NoValue::Tag],
        NoValue::VolumeId => [NoValue::VolumeId],
        NoValue::Digest => [NoValue::Digest],
        NoValue::Lineage => [NoValue::Lineage],
        NoValue::Call => [NoValue::Call],
        NoValue::KeyOrAddress => [NoValue::KeyOrAddress],
        NoValue::Stack => [NoValue::Stack],
        NoValue::Lease => [NoValue::Lease],
    );
    forms.into_iter().for_each(|of| sheet.line(values::form(of)));
    is_kept("values.txt", &sheet.0);
}
