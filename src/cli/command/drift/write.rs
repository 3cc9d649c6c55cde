//! `evsctl drift --accept` and `--know`: drift is written into the manifest, as what it asks for or as what it knows of.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::{PlanFormat, value};
use crate::cli::planning::chosen;
use crate::cli::render::textdiff;
use crate::cli::rewrite::Rewrite;
use crate::cli::safe::plain;
use crate::cli::stack::is_stream;
use crate::cli::ui::Ui;
use crate::edit::{Change, Editor, NotEdited, known};
use crate::manifest::{KnownDrift, Place, SourceFile};
use crate::plan::{Drift, Drifted, Pattern, Plan, Selection};
use crate::state::State;
use crate::volume::{Address, Key};
use crate::words;
use crate::words::command::{accept, next_plan};
use jiff::civil::Date;
use serde_json::json;
use std::path::{Path, PathBuf};

/// What is written about drift.
#[derive(Debug, Clone, Copy)]
enum Written<'a> {
    /// What the cloud shows, as what the manifest asks for.
    Value,
    /// That it is known, why, and until which day.
    Known(&'a str, Date),
}

/// What is written of one line of drift, and where.
struct Line<'d> {
    drift: &'d Drift,
    place: Place,
}

/// What is written into the manifest.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct WriteArgs {
    /// Writes what the cloud shows of these volumes into the manifest.
    ///
    /// May be given several times. ADDR is spelt as for `plan --target`. Comments, order and quotes stay; where a value comes
    /// from `defaults`, an anchor or a merge key, the new one is written at the volume. The difference is shown and, on a
    /// terminal, asked about.
    #[arg(long, value_name = "ADDR", group = "written", conflicts_with = "know")]
    accept: Vec<Pattern>,
    /// Writes into the manifest that the drift of these volumes is known.
    ///
    /// May be given several times. ADDR is spelt as for `plan --target`. Needs --until and --reason.
    #[arg(long, value_name = "ADDR", group = "written", requires_all = ["until", "reason"])]
    know: Vec<Pattern>,
    /// With --know: the day (UTC) from which on it is drift again, as in 2027-01-31.
    #[arg(long, value_name = "DAY", value_parser = value::day, requires = "know")]
    until: Option<Date>,
    /// With --know: why it is left so.
    #[arg(long, value_name = "TEXT", value_parser = value::reason, requires = "know")]
    reason: Option<String>,
    /// With --accept or --know: this field alone.
    #[arg(long, value_name = "FIELD", value_parser = value::field(), requires = "written")]
    field: Option<String>,
    /// With --accept or --know: writes without asking.
    #[arg(long, requires = "written")]
    yes: bool,
}

impl WriteArgs {
    /// Whether anything is.
    pub(super) fn is_asked(&self) -> bool {
        !self.accept.is_empty() || !self.know.is_empty()
    }

    /// Makes sure that the day of what is known is still to come.
    pub(super) fn check(&self, today: Date) -> Result<(), CliError> {
        match self.until {
            Some(until) if until <= today => Err(CliError::told(Exit::Error, accept::over(until, today))),
            _ => Ok(()),
        }
    }

    fn written(&self) -> Written<'_> {
        match (self.reason.as_deref(), self.until) {
            (Some(reason), Some(until)) if !self.know.is_empty() => Written::Known(reason, until),
            _ => Written::Value,
        }
    }
}

/// A manifest as it was read before its drift was looked for.
pub(super) struct Read<'p> {
    /// The PATH as it is typed.
    pub(super) path: &'p Path,
    /// The folder of the files.
    pub(super) folder: PathBuf,
    /// The files.
    pub(super) files: Vec<SourceFile>,
}

/// The only PATH, of a manifest that can be edited.
pub(super) fn only_path(paths: &[PathBuf]) -> Result<&Path, CliError> {
    match paths {
        [path] if is_stream(path) => Err(CliError::told(Exit::Error, accept::stream())),
        [path] => Ok(path),
        _ => Err(CliError::new(Exit::Error, accept::ONE_PATH)),
    }
}

/// Edits the manifest of a stack whose drift a plan tells.
pub(super) fn run(
    ui: &Ui,
    args: &WriteArgs,
    format: PlanFormat,
    read: Read<'_>,
    (plan, state): (&Plan, Option<&State>),
) -> Result<Exit, CliError> {
    let Read { path, folder, files } = read;
    let written = args.written();
    let patterns = if args.know.is_empty() { &args.accept } else { &args.know };
    let changed = || CliError::told(Exit::Error, accept::changed(path));
    let mut editor = Editor::new(files.clone()).map_err(|_| changed())?;
    if editor.manifest().digest != plan.basis.manifest {
        return Err(changed());
    }
    chosen(Selection::new(patterns.clone(), Vec::new()), editor.manifest(), state)?;
    let drift = select(patterns, args.field.as_deref(), plan)?;
    let is_named = |key: &Key| patterns.iter().any(|pattern| pattern.to_string() == key.as_str());
    let lines = edit(&mut editor, &drift, written, is_named).map_err(|all| refused(ui, &all))?;

    for after in editor.edited() {
        let Some(before) = files.iter().find(|before| before.name == after.name) else { continue };
        let [old, new] = [before, after].map(|file| String::from_utf8_lossy(&file.bytes));
        let [above, below] = accept::diff_heads(&after.name);
        let difference = textdiff::unified_below([&above, &below], &old, &new, ui.look().color);
        // Beside a document it is talk.
        if format == PlanFormat::Human { ui.data(&difference) } else { ui.talk(&difference) }
    }
    let is_agreed = args.yes || !ui.settings().stdin_is_terminal || ui.ask(accept::QUESTION);
    if !is_agreed {
        return Err(CliError::new(Exit::Refused, accept::NO));
    }
    Rewrite::prepare(&folder, &files, editor.edited())?.carry_out()?;
    tell(ui, format, path, &lines, written);
    Ok(Exit::Success)
}

/// The drift that is meant, known or not; each pattern means some of it.
fn select<'f>(patterns: &[Pattern], field: Option<&str>, plan: &'f Plan) -> Result<Vec<&'f Drift>, CliError> {
    let all: Vec<&Drift> = plan.drift.iter().chain(plan.known_drift.iter().map(|known| &known.drift)).collect();
    let is_meant = |drift: &Drift, pattern: &Pattern| {
        pattern.matches(&drift.address) && field.is_none_or(|field| field == word(&drift.change))
    };
    if let Some(idle) = patterns.iter().find(|pattern| !all.iter().any(|drift| is_meant(drift, pattern))) {
        return Err(CliError::told(Exit::Error, accept::no_drift(&idle.to_string(), field)));
    }
    Ok(all.into_iter().filter(|drift| patterns.iter().any(|pattern| is_meant(drift, pattern))).collect())
}

/// The word of the field that drifted.
fn word(change: &Drifted) -> &'static str {
    match change {
        Drifted::Field { field, .. } => field.word(),
        Drifted::Status { .. } => words::drift::STATUS,
        Drifted::Unmarked { .. } | Drifted::MarkedOtherwise { .. } | Drifted::Gone | Drifted::Recycled { .. } => "",
    }
}

/// Edits the text, all of it or nothing.
fn edit<'d>(
    editor: &mut Editor,
    drift: &[&'d Drift],
    written: Written<'_>,
    is_named: impl Fn(&Key) -> bool,
) -> Result<Vec<Line<'d>>, Vec<NotEdited>> {
    let drifted = || drift.iter().copied();
    let places: Vec<(PlaceOf, Place)> = match written {
        Written::Value => {
            let changes = Change::of(drifted(), editor.manifest())?;
            let written = editor.set(&changes)?;
            changes.into_iter().map(PlaceOf::Value).zip(written).collect()
        }
        Written::Known(reason, until) => {
            let items = known(drifted(), (reason, until), editor.manifest(), is_named)?;
            let written = editor.know(&items)?;
            items.into_iter().map(PlaceOf::Known).zip(written).collect()
        }
    };
    let line = |drift: &'d Drift| {
        let of = places.iter().find(|(of, _)| of.is_about(&drift.address, &drift.change));
        of.map(|(_, place)| Line { drift, place: place.clone() })
    };
    Ok(drifted().filter_map(line).collect())
}

/// What stands at a place of the edited text.
enum PlaceOf {
    Value(Change),
    Known(KnownDrift),
}

impl PlaceOf {
    fn is_about(&self, address: &Address, change: &Drifted) -> bool {
        match self {
            PlaceOf::Value(Change { key, setting }) => {
                *key == address.key && matches!(change, Drifted::Field { field, .. } if setting.field() == *field)
            }
            PlaceOf::Known(item) => item.what.means(address) && item.field.word() == word(change),
        }
    }
}

/// Tells all that cannot be edited, and gives the last of it.
fn refused(ui: &Ui, all: &[NotEdited]) -> CliError {
    let mut errors = all.iter().map(|why| CliError::told(Exit::Refused, words::edit::not_edited(why)));
    let last = errors.next_back();
    for error in errors {
        ui.error(&error);
    }
    last.unwrap_or_else(|| CliError::new(Exit::Refused, accept::NOTHING_WRITTEN)).hint(accept::NOTHING_WRITTEN)
}

/// Tells what was written.
fn tell(ui: &Ui, format: PlanFormat, path: &Path, lines: &[Line<'_>], written: Written<'_>) {
    if format == PlanFormat::Json {
        let lines: Vec<serde_json::Value> = lines.iter().map(|line| json_of(line, written)).collect();
        let document = match written {
            Written::Value => json!({ "accepted": lines }),
            Written::Known(..) => json!({ "known": lines }),
        };
        return ui.json(&format!("{document:#}\n"));
    }
    for Line { drift, place } in lines {
        let line = match written {
            Written::Value => accept::accepted(drift, place),
            Written::Known(_, until) => accept::known(drift, until, place),
        };
        // The values are the cloud's.
        ui.talk(&plain(&line));
    }
    ui.talk(&next_plan(path));
}

fn json_of(Line { drift, place }: &Line<'_>, written: Written<'_>) -> serde_json::Value {
    let (from, to) = match &drift.change {
        Drifted::Field { recorded, observed, .. } => (json!(recorded), json!(observed)),
        Drifted::Status { status } => (json!(null), json!(status.as_str())),
        Drifted::Unmarked { .. } | Drifted::MarkedOtherwise { .. } | Drifted::Gone | Drifted::Recycled { .. } => {
            (json!(null), json!(null))
        }
    };
    let (address, field) = (&drift.address, word(&drift.change));
    let (file, line) = (&*place.file, place.line);
    match written {
        Written::Value => {
            json!({ "address": address, "field": field, "from": from, "to": to, "file": file, "line": line })
        }
        Written::Known(reason, until) => json!({
            "address": address, "field": field, "value": to, "reason": reason, "until": until.to_string(), "file": file,
            "line": line,
        }),
    }
}
