//! `evsctl doctor`: whether everything that plan and apply rest on is as it must be. It only reads, unless it is asked
//! for a probe.

mod calls;
mod judge;
mod probe;

use crate::cli::args::{DoctorArgs, Format};
use crate::cli::cloud::{self, Address, Effort};
use crate::cli::credentials::What;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::render::doctor::{self as render, Check, Circumstances};
use crate::cli::runtime::block_on;
use crate::cli::save::Saving;
use crate::cli::signal::{Signal, endure, signals};
use crate::cli::stack::Stack;
use crate::cli::ui::Ui;
use crate::manifest::{Project, Target};
use crate::state::{CloudId, State};
use crate::volume::CreateApi;
#[cfg(any(test, fuzzing))]
pub(in crate::cli) use probe::read_again;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Trouble is to be told here, not to be borne.
const EFFORT: Effort = Effort { parallelism: 4, patience: Duration::from_secs(5) };

/// Every check, in the order in which it is told.
const NAMES: [&str; 23] = [
    "manifest",
    "endpoint",
    "credentials",
    "project",
    "state",
    "connection",
    "clock",
    "list-volumes",
    "show-volume",
    "query-job",
    "read-zones",
    "read-types",
    "read-quotas",
    "read-tags",
    "write-volumes",
    "zones",
    "types",
    "quota",
    "client-tokens",
    "list-pages",
    "list-order",
    "list-tags",
    "answers",
];

pub(in crate::cli) fn run(ui: &Arc<Ui>, args: &DoctorArgs) -> Result<Exit, CliError> {
    // Before anything is sent.
    let asks = if args.probe { Some(probe::asks(args, ui)?) } else { None };
    let out = args.out.as_deref().map(|path| Saving::begin(path, "the report", &args.report.path)).transpose()?;
    let mut found = Findings::default();
    let mut sent = BTreeMap::new();
    let prepared = prepare(ui, &args.report.path, &mut found);
    let stop = CancellationToken::new();
    let (mut signal, mut about) = (None, None);
    let whys = match prepared {
        Ok(ready) => {
            let trial = match asks {
                Some(ask) => {
                    let trial = Trial::begin(ui, args, &ready, ask)?;
                    endure()?;
                    signal = Some(signals(stop.clone())?);
                    Some(trial)
                }
                None => None,
            };
            let whys = visit(ui, &ready, &mut found, &mut sent, trial.as_ref(), &stop)?;
            about = Some((ready.cloud, ready.stack.manifest.cloud.create_api));
            whys
        }
        Err(why) => (why, why),
    };
    let ended = match &signal {
        Some(signal) if stop.is_cancelled() => signal.exit(),
        _ => Exit::Success,
    };
    // From now on a signal ends what is only told.
    signal.iter().for_each(Signal::work_is_over);
    let mut checks = found.all(&NAMES, whys.0);
    if args.probe {
        checks.extend(found.all(&probe::NAMES, whys.1));
    }
    if let Some(out) = out {
        out.end(&render::report_json(circumstances(about.as_ref()), &checks, &sent))?;
    }
    match args.report.format {
        Format::Human => ui.data(&render::checks(&checks, &sent, ui.look())),
        Format::Json => ui.json(&render::checks_json(&checks, &sent)),
    }
    Ok(checks.iter().fold(ended, |exit, check| exit.strongest(check.exit)))
}

/// By what, when and where a report was made, as far as that is known.
fn circumstances(about: Option<&(CloudId, CreateApi)>) -> Circumstances<'_> {
    Circumstances {
        evsctl: env!("CARGO_PKG_VERSION"),
        time: jiff::Timestamp::now(),
        region: about.and_then(|(cloud, _)| cloud.region.as_deref()),
        endpoint: about.map(|(cloud, _)| cloud.endpoint.as_str()),
        create_api: about.map(|(_, api)| *api),
    }
}

/// What is done beside reading.
struct Trial {
    choice: probe::Choice,
    timeout: Duration,
}

impl Trial {
    /// Says what is going to be made, and has it consented to.
    fn begin(ui: &Ui, args: &DoctorArgs, ready: &Ready, ask: bool) -> Result<Trial, CliError> {
        let manifest = &ready.stack.manifest;
        let choice = probe::Choice::of(args, manifest)?;
        probe::consent(ui, &choice, manifest, &ready.cloud, args.timeout, ask)?;
        Ok(Trial { choice, timeout: args.timeout })
    }
}

/// What was found so far.
#[derive(Debug, Default)]
struct Findings(Vec<Check>);

impl Findings {
    fn add(&mut self, check: Check) {
        self.0.push(check);
    }

    /// Adds one that knows more than what was found before.
    fn put(&mut self, check: Check) {
        self.0.retain(|known| known.name != check.name);
        self.0.push(check);
    }

    /// Adds what kept a check from being made as its failure.
    fn error(&mut self, name: &'static str, error: &CliError, next: &str) {
        let seen = std::iter::once(&error.message).chain(&error.causes).cloned().collect::<Vec<_>>().join(": ");
        let next = if error.hints.is_empty() { next.to_owned() } else { error.hints.join("; ") };
        let exit = if error.exit == Exit::Denied { Exit::Denied } else { Exit::Error };
        self.add(Check::fail(name, seen, next, exit));
    }

    /// The checks of these names, each once; those that were not made are skipped for that reason.
    fn all(&self, names: &[&'static str], why: &str) -> Vec<Check> {
        let found = |name| self.0.iter().find(|check| check.name == name).cloned();
        names.iter().map(|name| found(*name).unwrap_or_else(|| Check::skipped(name, why))).collect()
    }
}

/// What a visit of the cloud needs.
struct Ready {
    stack: Stack,
    cloud: CloudId,
    /// Words for the credentials, and whether requests are signed with them.
    shown: String,
    signs: bool,
    state: Option<State>,
    /// Whether the state reads and is this cloud's.
    sound: bool,
}

/// Everything that needs no request to EVS. Where it cannot go on, says why.
fn prepare(ui: &Ui, path: &Path, found: &mut Findings) -> Result<Ready, &'static str> {
    let stack = Stack::load(ui, path).map_err(|error| {
        found.error("manifest", &error, "evsctl validate tells every problem with its line");
        "the manifest does not read"
    })?;
    let manifest = &stack.manifest;
    let volumes: usize = manifest.volumes.values().map(|volume| volume.slots().count()).sum();
    found.add(Check::ok(
        "manifest",
        format!("stack {} asks for {}", manifest.stack, crate::cli::render::count(volumes as u64, "volume")),
    ));
    let address = cloud::address_of(manifest).map_err(|error| {
        found.error("endpoint", &error, "name the endpoint of the region's EVS service");
        "the endpoint is not allowed"
    })?;
    let (cloud, shown, signs) = match (address, &manifest.cloud.target) {
        (Address::At(url), Target::Endpoint { region, project, .. }) => {
            found.add(Check::ok("endpoint", format!("{} is allowed", url.as_str().trim_end_matches('/'))));
            let credentials = cloud::found(&url).map_err(|error| {
                found.error("credentials", &error, "set credentials in the environment");
                "there are no credentials"
            })?;
            let signs = matches!(
                credentials.as_ref().map(|it| &it.what),
                Some(What::Keys(_) | What::Agency | What::Command(_) | What::Identity(_))
            );
            let shown = credentials.map_or_else(
                || "none, and none are needed on loopback".to_owned(),
                |it| format!("{} from {}", it.what.word(), it.place),
            );
            let project_id = match project {
                Project::Id(id) => Ok(id.clone()),
                Project::Name(name) => cloud::project_named(name, &url),
            };
            let project_id = project_id.map_err(|error| {
                // Only IAM was asked: whom it turns away has no good credentials.
                let denied = error.exit == Exit::Denied;
                let name = if denied { "credentials" } else { "project" };
                found.error(name, &error, "evsctl auth status says which credentials are used");
                if denied { "the credentials are not accepted" } else { "the project is not known" }
            })?;
            cloud::same_project(&project_id).map_err(|error| {
                found.error("project", &error, "make both mean one project");
                "the project is not certain"
            })?;
            found.add(Check::ok(
                "project",
                match project {
                    Project::Id(id) => format!("{id}, as the manifest gives it"),
                    Project::Name(name) => format!("{project_id}, looked up by its name {name}"),
                },
            ));
            (cloud::named(region.clone(), &url, project_id), shown, signs)
        }
        _ => {
            found.add(Check::ok("endpoint", "the embedded cloud"));
            let cloud = cloud::identify(manifest).map_err(|error| {
                found.error("project", &error, "name the project by its id");
                "the project is not known"
            })?;
            found.add(Check::ok("project", "the embedded cloud's only one"));
            (cloud, "none, and none are needed for the embedded cloud".to_owned(), false)
        }
    };
    stack.warn_of_others(ui, &cloud);
    let read = stack.read_state(ui).and_then(|state| cloud::same(state.as_ref(), &cloud).map(|()| state));
    let (state, sound) = match read {
        Ok(state) => {
            let seen = match &state {
                None => "nothing is recorded yet".to_owned(),
                Some(state) => format!(
                    "serial {}, {} recorded",
                    state.serial,
                    crate::cli::render::count(state.volumes.len() as u64, "volume")
                ),
            };
            found.add(Check::ok("state", seen));
            (state, true)
        }
        Err(error) => {
            found.error("state", &error, "put the recorded state back, from Git or from the copies beside it");
            (None, false)
        }
    };
    Ok(Ready { stack, cloud, shown, signs, state, sound })
}

/// Everything that is asked of EVS. Says why what was not looked at was not: without a probe, and by it.
fn visit(
    ui: &Arc<Ui>,
    ready: &Ready,
    found: &mut Findings,
    sent: &mut BTreeMap<String, u64>,
    trial: Option<&Trial>,
    stop: &CancellationToken,
) -> Result<(&'static str, &'static str), CliError> {
    block_on(async {
        let manifest = &ready.stack.manifest;
        let connected =
            cloud::connect(manifest, &ready.cloud, &ready.stack.store, EFFORT, CancellationToken::new()).await;
        let link = match connected {
            Ok(link) => link,
            Err(error) => {
                found.error("connection", &error, "run the same command again");
                return Ok::<_, CliError>(("there is no connection", "there is no connection"));
            }
        };
        link.tell(ui.clone());
        let client = &link.client;
        let reading = async {
            match calls::listed(client, ready, found).await {
                Ok(pages) => {
                    calls::rest(client, ready, pages.as_ref(), found).await;
                    let probing = pages.is_some().then_some(()).ok_or("without the list no volume can be found again");
                    ("the call that would show it failed", probing)
                }
                Err(why) => (why, Err(why)),
            }
        };
        let (why, probing) = tokio::select! {
            read = reading => read,
            () = stop.cancelled() => ("it was interrupted", Err("it was interrupted")),
        };
        let probe_why = match (trial, probing) {
            (Some(trial), Ok(())) => {
                let terms = probe::Terms {
                    ui,
                    client,
                    cloud: &ready.cloud,
                    choice: &trial.choice,
                    doubts: cloud::doubts(manifest, None)?,
                    timeout: trial.timeout,
                    stop: stop.clone(),
                };
                probe::run(terms, &ready.stack.store, found).await
            }
            (_, Err(why)) => why,
            (None, Ok(())) => "no probe was asked for",
        };
        let manner = client.manner();
        found.add(judge::clock(manner.ahead, ready.signs));
        found.add(judge::answers(manner));
        *sent = client.counts();
        Ok((why, probe_why))
    })
}
