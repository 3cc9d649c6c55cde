//! Manifests edited: each form that a value can have, and manifests that are put together at random.

mod forms;
mod known;
mod random;
mod refused;
mod together;

use super::{Change, Editor, NotEdited, Setting};
use crate::manifest::{Place, SourceFile};
use crate::volume::{Description, Key, SizeGb, VolumeName};

const HEAD: &str = "stack: s\ncloud: {simulator: true}\ndefaults: {availability_zone: az, volume_type: SSD}\n";

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile::own(name, text.as_bytes())
}

fn change(key: &str, setting: Setting) -> Change {
    Change { key: Key::new(key).unwrap(), setting }
}

fn size(gb: u32) -> Setting {
    Setting::Size(SizeGb::new(gb).unwrap())
}

fn description(text: &str) -> Setting {
    Setting::Description((!text.is_empty()).then(|| Description::new(text).unwrap()))
}

fn name(text: &str) -> Setting {
    Setting::Name(VolumeName::new(text).unwrap())
}

fn tag(key: &str, value: Option<&str>) -> Setting {
    Setting::Tag { key: key.to_owned(), value: value.map(str::to_owned) }
}

/// One file with another value for the key `web`.
#[track_caller]
fn edit(text: &str, setting: Setting) -> Result<(String, Place), NotEdited> {
    let mut editor =
        Editor::new(vec![file("evsctl.yaml", text)]).unwrap_or_else(|problems| panic!("{problems}\n{text}"));
    let place = editor.set(&[change("web", setting)]).map_err(|mut all| all.remove(0))?.remove(0);
    let edited: Vec<&SourceFile> = editor.edited().collect();
    assert_eq!(edited.len(), 1);
    Ok((String::from_utf8(edited[0].bytes.clone()).unwrap(), place))
}
