//! What `drift --accept` and `drift --know` say.

use crate::manifest::Place;
use crate::plan::{Drift, Drifted};
use crate::words::drift;
use crate::words::field;
use crate::words::told::Told;
use jiff::civil::Date;
use std::path::{Path, PathBuf};

/// That one manifest is edited at a time.
pub const ONE_PATH: &str = "--accept and --know edit one manifest: name one PATH";

/// That a stream cannot be edited.
pub fn stream() -> Told {
    Told::new("a manifest that is read from a stream cannot be edited")
        .hint("name the file or the folder of the manifest")
}

/// That nothing of it has drifted.
pub fn no_drift(pattern: &str, field: Option<&str>) -> Told {
    let what = field.map_or_else(String::new, |field| format!("`{field}` of "));
    Told::new(format!("no drift of {what}{pattern}: there is nothing to write"))
        .hint("`evsctl drift PATH` shows all drift")
}

/// That somebody else has changed the manifest meanwhile.
pub fn changed(path: &Path) -> Told {
    Told::new(format!("{} was changed while evsctl looked at the cloud; nothing was written", path.display()))
        .hint("run the command again: it reads the manifest anew")
}

/// That a link leads out of the stack's folder.
pub fn leads_out(path: &Path) -> Told {
    Told::new(format!("{} is a link out of the stack's folder, and is not written", path.display()))
        .hint("name the PATH in which the file itself lies")
}

/// That a file cannot be written; the cause follows.
pub fn cannot_write(path: &Path) -> Told {
    Told::new(format!("cannot write the manifest {}", path.display()))
        .hint("run it where the folder can be written, or make the shown difference by hand")
}

/// That what is known until that day is drift at once.
pub fn over(until: Date, today: Date) -> Told {
    Told::new(format!(
        "--until {until}: that day has begun ({today}), so it would be drift at once; nothing was written"
    ))
    .hint("name a later day, as in 2027-01-31")
}

/// Which files were written before one that could not be.
pub fn written_before(paths: &[PathBuf]) -> String {
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    format!("written already: {}; run the command again for the rest", paths.join(", "))
}

/// What stands above the two texts of a file.
pub fn diff_heads(file: &str) -> [String; 2] {
    [format!("--- {file}"), format!("+++ {file}, edited")]
}

/// What is asked before the manifest is written.
pub const QUESTION: &str = "Write this into the manifest?";

/// That the answer was a no.
pub const NO: &str = "the answer was not 'yes'; nothing was written";

/// That a part of what was asked for cannot be done.
pub const NOTHING_WRITTEN: &str = "nothing was written, of the other drift neither: leave out what cannot be written";

fn change(drift: &Drift) -> String {
    match &drift.change {
        Drifted::Field { field, recorded, observed } => {
            let [from, to] = [recorded, observed]
                .map(|value| field::present(*field, value.as_ref()).unwrap_or_else(|| field::NOTHING.to_owned()));
            format!("{}: {from} -> {to}", field.word())
        }
        Drifted::Status { status } => format!("status: {status}"),
        Drifted::Unmarked { .. } | Drifted::MarkedOtherwise { .. } => "ownership tag".to_owned(),
        Drifted::Gone | Drifted::Recycled { .. } => drift::place_of(&drift.change),
    }
}

/// That the manifest asks for what the cloud shows.
pub fn accepted(drift: &Drift, place: &Place) -> String {
    format!("accepted {}: {} ({}:{})", drift.address, change(drift), place.file, place.line)
}

/// That the manifest knows of drift until a day.
pub fn known(drift: &Drift, until: Date, place: &Place) -> String {
    format!("known until {until}: {}: {} ({}:{})", drift.address, change(drift), place.file, place.line)
}
