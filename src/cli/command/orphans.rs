//! `evsctl orphans`: volumes that carry this stack's tag and that nothing records.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::PlaceArgs;
use crate::cli::options::{Format, ReportArgs};
use crate::cli::planning::{list, tag_of};
use crate::cli::render::orphans as render;
use crate::cli::stack::Records;
use crate::cli::ui::Ui;
use crate::observed::ObservedVolume;
use crate::operation::Owner;
use crate::plan::{self, Origin, Orphan};
use crate::words::command::orphans as words;
use std::sync::Arc;

pub(in crate::cli) fn run(ui: &Arc<Ui>, args: &ReportArgs) -> Result<Exit, CliError> {
    let records = Records::load(ui, &args.path, &PlaceArgs::default())?;
    let head = records.head()?;
    tag_of(head)?;
    let state = records.read_state(ui)?;
    let cloud = records.cloud()?;
    cloud.check_state(state.as_ref())?;
    let volumes = list(ui, (head, &records.store), &cloud)?.volumes;
    let found = plan::orphans(head, state.as_ref(), &volumes);
    let (open, orphans): (Vec<Orphan<'_>>, Vec<Orphan<'_>>) =
        found.into_iter().partition(|orphan| matches!(orphan.origin, Origin::Open(_)));
    if state.is_none() {
        ui.talk(&words::no_state(&records.stack, &args.path));
    }
    if !open.is_empty() {
        ui.talk(&words::in_doubt(open.len() as u64));
    }
    let is_tagged = |volume: &&ObservedVolume| volume.tags.values().any(|value| Owner::read(value).is_some());
    let given_up = state.iter().flat_map(|state| &state.released).filter_map(|id| volumes.get(id)).filter(is_tagged);
    match given_up.count() as u64 {
        0 => {}
        given_up => ui.talk(&words::given_up(given_up)),
    }
    match args.format {
        Format::Human => ui.data(&render::orphans(&orphans)),
        Format::Json => ui.json(&render::orphans_json(&orphans)),
    }
    Ok(Exit::Success)
}
