//! What is recorded: `state list` and `state show`.

use super::line::Line;
use super::table::{cut, table};
use crate::cli::style::{BOLD, Look, PLAIN, RED};
use crate::operation::Taint;
use crate::state::{Base, Recorded, Seen, State};
use crate::volume::{Address, CallId, VolumeId, VolumeSpec};
use crate::words::command::state::{self as words, Row};
use std::collections::BTreeSet;
use std::io;

/// Recorded volumes with their addresses, in the order to show them.
pub type Selected<'a> = Vec<(&'a Address, &'a Recorded)>;

/// The recorded volumes that are meant; all of them where nothing is asked for. Sorted by address.
pub fn select(state: &State, means: impl Fn(&Address) -> bool) -> Selected<'_> {
    state.volumes.iter().filter(|(address, _)| means(address)).collect()
}

/// A volume as `state list --format json` promises it.
#[derive(serde::Serialize)]
struct Listed<'a> {
    address: &'a Address,
    id: &'a VolumeId,
    name: &'a str,
    availability_zone: &'a str,
    volume_type: &'a str,
    size: u32,
    status: &'a str,
}

/// The list as a JSON array with a final newline.
pub fn list_json(volumes: &Selected<'_>) -> String {
    let listed: Vec<Listed<'_>> = volumes
        .iter()
        .map(|(address, volume)| Listed {
            address,
            id: &volume.id,
            name: &volume.seen.name,
            availability_zone: &volume.seen.availability_zone,
            volume_type: &volume.seen.volume_type,
            size: volume.seen.size,
            status: volume.seen.status.as_str(),
        })
        .collect();
    json(&listed)
}

/// The list as aligned columns, one volume a line.
pub fn list(volumes: &Selected<'_>) -> String {
    if volumes.is_empty() {
        return format!("{}\n", words::NONE);
    }
    let rows = volumes.iter().map(|(address, volume)| {
        let seen = &volume.seen;
        [
            address.to_string(),
            volume.id.to_string(),
            seen.volume_type.clone(),
            format!("{} GB", seen.size),
            seen.availability_zone.clone(),
            seen.status.to_string(),
            cut(&seen.name),
        ]
    });
    table(words::HEADS, 3, rows)
}

/// What manifest and cloud last agreed on, in the manifest's own words.
#[derive(serde::Serialize)]
struct Agreed<'a> {
    name: &'a str,
    #[serde(flatten)]
    spec: &'a VolumeSpec,
}

impl<'a> Agreed<'a> {
    fn of(base: &'a Base) -> Agreed<'a> {
        Agreed { name: &base.name, spec: &base.spec }
    }
}

/// Everything recorded of the volumes, as a JSON array with a final newline.
pub fn show_json(volumes: &Selected<'_>, protected: &BTreeSet<Address>) -> String {
    #[derive(serde::Serialize)]
    struct Shown<'a> {
        address: &'a Address,
        id: &'a VolumeId,
        #[serde(skip_serializing_if = "Option::is_none")]
        call: Option<&'a CallId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        tainted: Option<&'a Taint>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        protected: bool,
        seen: &'a Seen,
        base: Agreed<'a>,
    }
    let shown = volumes.iter().map(|(address, volume)| {
        // Taken apart in full: a new field has to be shown or left out on purpose.
        let Recorded { id, call, tainted, seen, base } = volume;
        let (call, tainted, protected) = (call.as_ref(), tainted.as_ref(), protected.contains(*address));
        Shown { address, id, call, tainted, protected, seen, base: Agreed::of(base) }
    });
    json(&shown.collect::<Vec<_>>())
}

/// Everything recorded of the volumes, one block each.
pub fn show(volumes: &Selected<'_>, protected: &BTreeSet<Address>, look: Look) -> String {
    if volumes.is_empty() {
        return format!("{}\n", words::NONE);
    }
    let mut text = String::new();
    for (at, (address, volume)) in volumes.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        block(address, volume, protected.contains(*address), look, &mut text);
    }
    text
}

fn block(address: &Address, volume: &Recorded, is_protected: bool, look: Look, to: &mut String) {
    // Taken apart in full: a new field has to be shown or left out on purpose.
    let Recorded { id, call, tainted, seen, base } = volume;
    let mut head = Line::new();
    head.push(BOLD, &address.to_string());
    if let Some(taint) = tainted {
        head.push(PLAIN, "  ").push(RED, &words::tainted(taint));
    }
    head.write_wrapped(look, 2, to);
    let mut row = |row: Row, value: &str| {
        let mut line = Line::new();
        line.push(PLAIN, &format!("  {:<13}", words::label(row))).push(PLAIN, value).write_wrapped(look, 15, to);
    };
    row(Row::Id, id.as_str());
    row(Row::Name, &seen.name);
    if let Some(description) = &seen.description {
        row(Row::Description, description);
    }
    row(Row::Status, seen.status.as_str());
    row(Row::Size, &format!("{} GB", seen.size));
    row(Row::Type, &seen.volume_type);
    row(Row::Zone, &seen.availability_zone);
    if is_protected {
        row(Row::Protected, words::PROTECTED);
    }
    if let Some(call) = call {
        row(Row::MadeBy, &words::made_by(call));
    }
    row(Row::AgreedOn, &spaced(&Agreed::of(base)));
}

/// JSON on one line that breaks between its words.
fn spaced(value: &impl serde::Serialize) -> String {
    struct Spaced;
    impl serde_json::ser::Formatter for Spaced {
        fn begin_object_key<W: ?Sized + io::Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
            if first { Ok(()) } else { to.write_all(b", ") }
        }
        fn begin_object_value<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
            to.write_all(b": ")
        }
    }
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Spaced);
    match value.serialize(&mut serializer) {
        Ok(()) => String::from_utf8(bytes).unwrap_or_default(),
        Err(_) => String::new(),
    }
}

pub(super) fn json(value: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::super::fixture::recorded;
    use super::*;

    fn volumes() -> Vec<(Address, Recorded)> {
        vec![
            ("a[1]".parse().unwrap(), recorded("b104b8db-1", "卷", 40)),
            ("kafka-data[12]".parse().unwrap(), recorded("b104b8db-2", "kafka\u{1b}", 800)),
        ]
    }

    fn selected(volumes: &[(Address, Recorded)]) -> Selected<'_> {
        volumes.iter().map(|(address, volume)| (address, volume)).collect()
    }

    #[test]
    fn the_list_is_a_table() {
        let volumes = volumes();
        assert_eq!(
            list(&selected(&volumes)),
            "\
ADDRESS         ID          TYPE    SIZE  ZONE         STATUS     NAME
a[1]            b104b8db-1  SSD    40 GB  cn-north-4a  available  卷
kafka-data[12]  b104b8db-2  SSD   800 GB  cn-north-4a  available  kafka\\u{1b}
"
        );
        assert_eq!(list(&Vec::new()), "no volumes are recorded\n");
    }

    #[test]
    fn the_list_as_json_keeps_its_promise() {
        let volumes = volumes();
        let text = list_json(&selected(&volumes[..1]));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            value.to_string(),
            r#"[{"address":"a[1]","id":"b104b8db-1","name":"卷","availability_zone":"cn-north-4a","volume_type":"SSD","size":40,"status":"available"}]"#
        );
        assert_eq!(list_json(&Vec::new()), "[]\n");
    }

    #[test]
    fn a_volume_is_shown_in_full() {
        let (volumes, protected) = (volumes(), ["a[1]".parse().unwrap()].into());
        assert_eq!(
            show(&selected(&volumes[..1]), &protected, Look { width: 80, color: false }),
            "\
a[1]
  id           b104b8db-1
  name         卷
  status       available
  size         40 GB
  type         SSD
  zone         cn-north-4a
  protected    yes
  made by      call abcdefghij
  agreed on    {\"name\": \"卷\", \"availability_zone\": \"cn-north-4a\",
               \"volume_type\": \"SSD\", \"size\": 40}
"
        );
        let json = show_json(&selected(&volumes), &protected);
        assert!(json.starts_with("[\n  {\n    \"address\": \"a[1]\",\n    \"id\""));
        assert_eq!(json.matches("\"protected\": true").count(), 1, "{json}");
    }
}
