//! `evsctl doctor`: whether everything that plan and apply rest on is as it must be. It only reads, unless it is asked
//! for a probe.

mod calls;
mod findings;
mod judge;
mod prepare;
mod probe;

use crate::cli::cloud::Effort;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::{Format, ReportArgs, value};
use crate::cli::render::doctor::{self as render, Circumstances};
use crate::cli::runtime::block_on;
use crate::cli::save::Saving;
use crate::cli::signal::{Signal, endure, signals};
use crate::cli::ui::Ui;
use crate::doctor::{Check, Fault, Finding, Skipped, Stage, Verdict};
use crate::state::CloudId;
use crate::volume::CreateApi;
use crate::words::files::Output;
use findings::Findings;
use prepare::{Ready, prepare};
#[cfg(any(test, fuzzing))]
pub(in crate::cli) use probe::read_again;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Trouble is to be told here, not to be borne.
const EFFORT: Effort = Effort { parallelism: 4, patience: Duration::from_secs(5) };

/// `evsctl doctor`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  evsctl doctor prod
  evsctl doctor prod --format json
  evsctl doctor prod --probe --out probe.json

Exits with 0 where nothing failed, with 6 where credentials or a permission did, else with 1. With --probe also with 4
where nobody consented, and with 7 where its volume could not be seen to be gone.")]
pub(in crate::cli) struct DoctorArgs {
    /// Which stack, and how to write it.
    #[command(flatten)]
    pub(in crate::cli) report: ReportArgs,
    /// Also makes one volume of 10 GB and deletes it, and measures what no document tells.
    ///
    /// It costs what such a volume costs for some minutes. It asks first; without a terminal --yes is needed, else
    /// exit 4, and nothing is sent. What an earlier probe left is removed first.
    #[arg(long)]
    pub(in crate::cli) probe: bool,
    /// Does not ask.
    #[arg(long, requires = "probe")]
    pub(in crate::cli) yes: bool,
    /// Makes the volume in this zone; without it, where the manifest's first volume is.
    #[arg(long, value_name = "ZONE", requires = "probe")]
    pub(in crate::cli) zone: Option<String>,
    /// Makes a volume of this type; without it, of that of the manifest's first volume.
    #[arg(long, value_name = "TYPE", requires = "probe")]
    pub(in crate::cli) volume_type: Option<String>,
    /// Waits that long for the volume to be made, and as long for it to be gone.
    #[arg(long, value_name = "DUR", value_parser = value::duration, default_value = "15m", requires = "probe")]
    pub(in crate::cli) timeout: Duration,
    /// Writes the report to FILE as well, as JSON. It holds no secret.
    #[arg(long, value_name = "FILE", requires = "probe")]
    pub(in crate::cli) out: Option<PathBuf>,
}

pub(in crate::cli) fn run(ui: &Arc<Ui>, args: &DoctorArgs) -> Result<Exit, CliError> {
    // Before anything is sent.
    let asks = if args.probe { Some(probe::asks(args.yes, ui)?) } else { None };
    let out = args.out.as_deref().map(|path| Saving::begin(path, Output::Report, &args.report.path)).transpose()?;
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
                    signal = Some(signals(stop.clone(), || {})?);
                    Some(trial)
                }
                None => None,
            };
            let whys = visit(ui, &ready, &mut found, &mut sent, trial.as_ref(), &stop)?;
            about = Some((ready.cloud.id, ready.stack.manifest.cloud.create_api));
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
    let mut all = found.all(&Check::READING, whys.0);
    if args.probe {
        all.extend(found.all(&Check::PROBING, whys.1));
    }
    if let Some(out) = out {
        out.end(&render::report_json(circumstances(about.as_ref()), &all, &sent))?;
    }
    match args.report.format {
        Format::Human => ui.data(&render::checks(&all, &sent, ui.look())),
        Format::Json => ui.json(&render::checks_json(&all, &sent)),
    }
    Ok(all.iter().fold(ended, |exit, finding| exit.strongest(exit_of(finding))))
}

/// How the process ends for a finding alone.
fn exit_of(finding: &Finding) -> Exit {
    match finding.verdict() {
        Verdict::Ok | Verdict::Warn | Verdict::Skipped => Exit::Success,
        Verdict::Fail(Fault::Wrong) => Exit::Error,
        Verdict::Fail(Fault::Denied) => Exit::Denied,
        Verdict::Fail(Fault::Refused) => Exit::Refused,
        Verdict::Fail(Fault::Locked) => Exit::Locked,
        Verdict::Fail(Fault::Unfinished) => Exit::NotConverged,
    }
}

/// By what, when and where a report was made, as far as that is known.
fn circumstances(about: Option<&(CloudId, CreateApi)>) -> Circumstances<'_> {
    Circumstances {
        evsctl: env!("CARGO_PKG_VERSION"),
        time: crate::words::second(jiff::Timestamp::now()),
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
        let choice = probe::Choice::of(args.zone.as_deref(), args.volume_type.as_deref(), manifest)?;
        probe::consent(ui, &choice, manifest, &ready.cloud.id, args.timeout, ask)?;
        Ok(Trial { choice, timeout: args.timeout })
    }
}

/// Everything that is asked of EVS. Says why what was not looked at was not: without a probe, and by it.
fn visit(
    ui: &Arc<Ui>,
    ready: &Ready,
    found: &mut Findings,
    sent: &mut BTreeMap<String, u64>,
    trial: Option<&Trial>,
    stop: &CancellationToken,
) -> Result<(Skipped, Skipped), CliError> {
    block_on(async {
        let manifest = &ready.stack.manifest;
        let connected = ready.cloud.connect(ui, manifest, &ready.stack.store, EFFORT, CancellationToken::new()).await;
        let link = match connected {
            Ok(link) => link,
            Err(error) => {
                found.error(Stage::Connection, &error);
                return Ok::<_, CliError>((Skipped::NoConnection, Skipped::NoConnection));
            }
        };
        let client = &link.client;
        let reading = async {
            match calls::listed(client, ready, found).await {
                Ok(audit) => {
                    calls::rest(client, ready, audit.as_ref(), found).await;
                    let probing = audit.is_some().then_some(()).ok_or(Skipped::NoList);
                    (Skipped::CallFailed, probing)
                }
                Err(why) => (why, Err(why)),
            }
        };
        let (why, probing) = tokio::select! {
            read = reading => read,
            () = stop.cancelled() => (Skipped::Interrupted, Err(Skipped::Interrupted)),
        };
        let probe_why = match (trial, probing) {
            (Some(trial), Ok(())) => {
                let terms = probe::Terms {
                    ui,
                    client,
                    cloud: &ready.cloud.id,
                    choice: &trial.choice,
                    doubts: ready.cloud.doubts(manifest.cloud.settle, None)?,
                    timeout: trial.timeout,
                    stop: stop.clone(),
                };
                probe::run(terms, &ready.stack.store, found).await
            }
            (_, Err(why)) => why,
            (None, Ok(())) => Skipped::NoProbe,
        };
        let conformance = client.conformance();
        found.add(judge::clock(conformance.ahead, ready.signs));
        found.add(judge::answers(conformance));
        *sent = client.counts();
        Ok((why, probe_why))
    })
}
