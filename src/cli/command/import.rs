//! `evsctl import`: entries of a manifest for volumes that exist. It writes text, and nothing else.

mod terraform;
mod written;

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::{Format, value};
use crate::cli::planning::{Listed, list};
use crate::cli::render::import as render;
use crate::cli::safe::plain;
use crate::cli::save::Saving;
use crate::cli::stack::{Stack, is_stream, read_files};
use crate::cli::ui::Ui;
use crate::import::terraform::{Removal, Volumes, removal};
use crate::import::{By, Choice, Draft, Entry, Known, Left, Reason, TagPattern, Unmatched, draft};
use crate::manifest::{SourceFile, parse_head};
use crate::observed::ObservedVolume;
use crate::plan::{Inputs, Selection};
use crate::volume::VolumeId;
use crate::words::command::import as words;
use crate::words::command::rebuild::requests;
use crate::words::files::Output;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use written::{Target, Written};

/// The flags that narrow a choice. What goes with a Terraform state alone conflicts with them by itself: clap does not ask for
/// the flag that an argument requires where that flag conflicts with another one that is there.
const NARROWING: [&str; 4] = ["id", "name", "tag", "zone"];

/// `evsctl import`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  evsctl import prod --name 'kafka-*' --zone cn-north-4a
  evsctl import prod --tag team=data --output prod/data.yaml
  evsctl import prod --all --output -
  evsctl import prod --from-terraform terraform.tfstate --removed-blocks removed.tf")]
#[command(after_long_help = "\
Several flags narrow the choice together; several values of one flag widen it. The project is listed once,
and no volume is read by itself. Volumes that are alike and named as `count` names them share an entry.
What is left out is listed with the reason: volumes of Kubernetes, of other stacks, those that are being
deleted or have failed, and those that no manifest can describe.

Neither the cloud nor the recorded state changes. `evsctl plan` shows what the next apply records and marks.")]
pub(in crate::cli) struct ImportArgs {
    /// The manifest: a YAML file, or a folder of them. It has at least a head, and `volumes: {}`.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) path: PathBuf,
    /// Takes the volume of that id.
    #[arg(long, value_name = "ID", value_parser = value::volume_id)]
    id: Vec<VolumeId>,
    /// Takes the volumes of that name; `*` stands for any text.
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,
    /// Takes the volumes that carry that tag; `*` stands for any text.
    #[arg(long, value_name = "KEY[=VALUE]", value_parser = value::tag)]
    tag: Vec<TagPattern>,
    /// Takes the volumes in that zone.
    #[arg(long, value_name = "ZONE")]
    zone: Vec<String>,
    /// Takes every volume of the project.
    #[arg(long, conflicts_with_all = NARROWING)]
    all: bool,
    /// Takes the volumes of a Terraform or OpenTofu state, format 4.
    #[arg(long, value_name = "FILE", conflicts_with_all = NARROWING, conflicts_with = "all")]
    from_terraform: Option<PathBuf>,
    /// Believes the Terraform state, without asking the cloud.
    #[arg(long, requires = "from_terraform", conflicts_with_all = NARROWING, conflicts_with = "all")]
    offline: bool,
    /// Writes what Terraform is to forget to FILE: `removed` blocks.
    #[arg(
        long,
        value_name = "FILE",
        requires = "from_terraform",
        conflicts_with_all = NARROWING,
        conflicts_with = "all"
    )]
    removed_blocks: Option<PathBuf>,
    /// Writes the entries to FILE in place of the manifest; `-` is stdout.
    ///
    /// FILE may become another file of the stack's folder.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How to write what was done.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

/// Makes sure that what the flags write is written over nothing that is needed, and through no link.
fn nothing_in_the_way(args: &ImportArgs) -> Result<(), CliError> {
    let stdout = Path::new("-");
    let output = args.output.as_deref().filter(|path| *path != stdout);
    let same = |one: &Path, other: &Path| match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    };
    for file in [output, args.removed_blocks.as_deref()].into_iter().flatten() {
        let refused = |why| Err(CliError::told(Exit::Error, words::in_the_way(file, why)));
        if file.is_symlink() {
            return refused(words::InTheWay::Link);
        }
        if args.from_terraform.as_deref().is_some_and(|state| same(state, file)) {
            return refused(words::InTheWay::Input);
        }
        let bytes = if file.is_file() { std::fs::read(file).unwrap_or_default() } else { Vec::new() };
        if parse_head(&[SourceFile::own(file.display().to_string(), bytes)]).is_ok() {
            return refused(words::InTheWay::Manifest);
        }
    }
    match (output, args.removed_blocks.as_deref()) {
        (Some(output), Some(blocks)) if same(output, blocks) => {
            Err(CliError::told(Exit::Error, words::in_the_way(output, words::InTheWay::Twice)))
        }
        _ => Ok(()),
    }
}

/// The volumes to decide about, those that are left from the beginning, and what it took to know them.
struct Chosen {
    volumes: BTreeMap<VolumeId, ObservedVolume>,
    left: Vec<Left>,
    calls: BTreeMap<String, u64>,
}

pub(in crate::cli) fn run(ui: &Arc<Ui>, args: &ImportArgs) -> Result<Exit, CliError> {
    let ImportArgs { id, name, tag, zone, all, from_terraform, .. } = args;
    let chooses = *all || !(id.is_empty() && name.is_empty() && tag.is_empty() && zone.is_empty());
    if !chooses && from_terraform.is_none() {
        return Err(CliError::told(Exit::Error, words::nothing_chosen()));
    }
    let is_there = is_stream(&args.path) || args.path.try_exists().unwrap_or(true);
    if !is_there || (args.path.is_dir() && read_files(&args.path)?.1.is_empty()) {
        return Err(CliError::told(Exit::Error, words::no_manifest(&args.path)));
    }
    let target = Target::of(args.output.as_deref(), args.format)?;
    target.check(&args.path)?;
    nothing_in_the_way(args)?;
    let stack = Stack::load(ui, &args.path)?;
    let blocks = args.removed_blocks.as_deref();
    let saving = blocks.map(|path| Saving::begin(path, Output::RemovedBlocks, &args.path)).transpose()?;
    let terraform = from_terraform.as_deref().map(terraform::read).transpose()?;
    let state = stack.read_state(ui)?;
    let mut asked = None;
    let Chosen { volumes, left, calls } = match &terraform {
        Some(terraform) if args.offline => offline(terraform),
        _ => {
            let cloud = stack.cloud()?;
            cloud.check_state(state.as_ref())?;
            asked = Some(cloud.id.clone());
            let listed = list(ui, (&stack.manifest, &stack.store), &cloud)?;
            match &terraform {
                Some(terraform) => of_terraform(terraform, listed),
                None => {
                    let (ids, names) = (id.iter().cloned().collect(), name.clone());
                    let ownership = stack.manifest.cloud.ownership_tag.clone();
                    let choice = Choice { ids, names, tags: tag.clone(), zones: zone.clone(), ownership };
                    chosen(&choice, listed).map_err(|nobody| nobody.told(ui, args.format))?
                }
            }
        }
    };
    let known = Known { files: &stack.files, manifest: &stack.manifest, state: state.as_ref() };
    let mut draft = draft(known, volumes.values());
    if let Some(cloud) = &asked {
        let (selection, as_of) = (Selection::default(), stack.as_of);
        let (desired, recorded) = (&stack.manifest, state.as_ref());
        draft.compare(volumes, Inputs { desired, cloud, recorded, observed: None, selection: &selection, as_of });
    }
    name_in_terraform(&mut draft, terraform.as_ref());
    draft.left.extend(left);
    let written = target.write(ui, known, &draft, &args.path)?;
    let removal = terraform.as_ref().map(|terraform| {
        let taken: BTreeSet<&VolumeId> = draft.entries.iter().flat_map(|entry| entry.volumes.values()).collect();
        removal(terraform, &taken)
    });
    if let (Some(saving), Some(removal)) = (saving, &removal) {
        saving.end(&render::removed(removal))?;
    }
    match args.format {
        Format::Json => ui.json(&render::document(&draft, &written.files(), &[], removal.as_ref(), &calls)),
        Format::Human => {
            let is_marked = stack.manifest.cloud.ownership_tag.key().is_some();
            tell(ui, args, (&draft, &written), (terraform.as_ref(), removal.as_ref()), &calls, is_marked);
        }
    }
    Ok(Exit::Success)
}

/// A choice that means no volume, or an id that the project does not have: nothing is done about the rest.
struct Nobody {
    unmatched: Vec<Unmatched>,
    /// How many volumes the project has.
    volumes: usize,
    calls: BTreeMap<String, u64>,
}

impl Nobody {
    /// The error, with the document that is written in JSON all the same.
    fn told(self, ui: &Ui, format: Format) -> CliError {
        let Nobody { unmatched, volumes, calls } = self;
        let ids = unmatched.iter().filter(|it| it.by == By::Id);
        let left = ids.map(|it| Left {
            id: Some(it.value.clone()),
            name: String::new(),
            terraform: None,
            reason: Reason::NotInCloud,
        });
        let draft = Draft::nothing(left.collect());
        if format == Format::Json {
            ui.json(&render::document(&draft, &[], &unmatched, None, &calls));
        }
        CliError::told(Exit::Error, words::matches_none(&unmatched, volumes))
    }
}

/// The volumes of the project that are meant.
fn chosen(choice: &Choice, Listed { mut volumes, calls }: Listed) -> Result<Chosen, Nobody> {
    let unmatched = choice.unmatched(volumes.values());
    let count = volumes.len();
    volumes.retain(|_, volume| choice.means(volume));
    if volumes.is_empty() || unmatched.iter().any(|it| it.by == By::Id) {
        return Err(Nobody { unmatched, volumes: count, calls });
    }
    Ok(Chosen { volumes, left: Vec::new(), calls })
}

/// The volumes of a Terraform state as the cloud shows them.
fn of_terraform(terraform: &Volumes, Listed { mut volumes, calls }: Listed) -> Chosen {
    let mut left = terraform.left.clone();
    let missing = terraform.instances.iter().filter(|instance| !volumes.contains_key(&instance.volume.id));
    left.extend(missing.map(|instance| Left {
        id: Some(instance.volume.id.to_string()),
        name: instance.volume.name.clone(),
        terraform: Some(instance.address.clone()),
        reason: Reason::NotInCloud,
    }));
    let ids: BTreeSet<&VolumeId> = terraform.instances.iter().map(|instance| &instance.volume.id).collect();
    volumes.retain(|id, _| ids.contains(id));
    Chosen { volumes, left, calls }
}

/// The volumes of a Terraform state as it describes them.
fn offline(terraform: &Volumes) -> Chosen {
    let volumes = terraform.instances.iter().map(|it| (it.volume.id.clone(), it.volume.clone()));
    Chosen { volumes: volumes.collect(), left: terraform.left.clone(), calls: BTreeMap::new() }
}

/// Says of what is left which address it has in a Terraform state.
fn name_in_terraform(draft: &mut Draft, terraform: Option<&Volumes>) {
    let instances = terraform.into_iter().flat_map(|terraform| &terraform.instances);
    let addresses: BTreeMap<&str, &String> = instances.map(|it| (it.volume.id.as_str(), &it.address)).collect();
    for left in &mut draft.left {
        let address = left.id.as_deref().and_then(|id| addresses.get(id));
        left.terraform = address.map(|address| (*address).clone());
    }
}

fn tell(
    ui: &Ui,
    args: &ImportArgs,
    (draft, written): (&Draft, &Written),
    (terraform, removal): (Option<&Volumes>, Option<&Removal>),
    calls: &BTreeMap<String, u64>,
    is_marked: bool,
) {
    // Entries that go to stdout stand alone there.
    let is_aside = matches!(written, Written::Stdout);
    let tell = |text: &str| if is_aside { ui.talk(text) } else { ui.data(text) };
    // Files and resources are called as other people like.
    let line = |text: &str| tell(&format!("{}\n", plain(text)));
    let summary = render::human(draft);
    if !summary.is_empty() {
        tell(&summary);
    }
    let (entries, volumes) = (draft.entries.len() as u64, draft.volumes() as u64);
    let files: Vec<&Path> = match written {
        Written::Files(files) => files.iter().map(PathBuf::as_path).collect(),
        Written::Stdout | Written::Nothing => Vec::new(),
    };
    let wrote = match written {
        Written::Files(_) => words::Wrote::Files(&files),
        Written::Stdout => words::Wrote::Stdout,
        Written::Nothing => words::Wrote::Nothing,
    };
    line(&words::wrote(entries, volumes, wrote));
    let bare: Vec<&Entry> = draft.unmarked().collect();
    let bare_volumes: usize = bare.iter().map(|entry| entry.volumes.len()).sum();
    if !bare.is_empty() {
        let addresses: Vec<String> = bare.iter().map(|entry| render::slots(entry)).collect();
        ui.warn(&words::unmarked(&addresses, bare_volumes));
    }
    if !calls.is_empty() {
        line(&requests(calls));
    }
    if let Some(Volumes { data_sources, no_volumes, .. }) = terraform
        && data_sources + no_volumes > 0
    {
        line(&words::not_looked_at(*data_sources as u64, *no_volumes as u64));
    }
    if volumes == 0 {
        return;
    }
    if let Some(removal) = removal {
        match &args.removed_blocks {
            Some(path) => line(&words::wrote_blocks(path)),
            None => tell(&format!("\n{}\n", render::removed(removal))),
        }
        ui.talk(&words::two_programs(draft.volumes()));
    }
    let marks = match (is_marked, bare_volumes as u64) {
        (true, 0) => words::Marks::All,
        (true, bare) if bare < volumes => words::Marks::AllBut(bare),
        _ => words::Marks::None,
    };
    ui.talk(&match written {
        Written::Stdout => words::next_of_text(&args.path),
        _ => words::next(&args.path, marks),
    });
}
