//! What the data file says, from its first line to the last one that is whole.

use crate::simulator::event::Event;
use crate::simulator::model::Cloud;
use std::io::{self, BufRead, BufReader, Read};

/// The first line.
pub(super) const HEADER: &str = "{\"evsctl_simulator\":1}\n";
/// The longest line that is read. A request has 12 MiB at the most, of which each byte may be written as six, and an event
/// holds little more.
const LONGEST: u64 = 128 << 20;

/// What was found when the file was read.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::simulator) struct Found {
    /// Bytes of the file.
    pub(super) length: u64,
    /// Bytes of it that read well.
    pub(super) sound: u64,
}

fn spoilt(line: usize, why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("line {line}: {why}"))
}

/// Makes the changes that the file holds.
pub(in crate::simulator) fn replay(file: impl Read, cloud: &mut Cloud) -> io::Result<Found> {
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut found = Found::default();
    let (mut line, mut number) = (Vec::new(), 0);
    // A line that does not read is forgiven only if no other follows.
    let mut broken: Option<io::Error> = None;
    loop {
        line.clear();
        let length = (&mut reader).take(LONGEST).read_until(b'\n', &mut line)?;
        if length == 0 {
            return Ok(found);
        }
        if let Some(error) = broken {
            return Err(error);
        }
        number += 1;
        if length as u64 == LONGEST && !line.ends_with(b"\n") {
            return Err(spoilt(number, "it is longer than 128 MiB, which no event is"));
        }
        found.length += length as u64;
        if number == 1 {
            if line != HEADER.as_bytes() {
                if line.ends_with(b"\n") || !HEADER.as_bytes().starts_with(&line) {
                    return Err(spoilt(1, "this is not the data of a simulator of this version"));
                }
                return Ok(found);
            }
            found.sound = found.length;
            continue;
        }
        match serde_json::from_slice::<Event>(&line) {
            Ok(event) if !event.is_possible() => broken = Some(spoilt(number, "nothing happens at such a time")),
            Ok(event) if line.ends_with(b"\n") => {
                cloud.apply(&event);
                found.sound = found.length;
                broken = None;
            }
            Ok(_) => broken = Some(spoilt(number, "it has no end")),
            Err(error) => broken = Some(spoilt(number, &error.to_string())),
        }
    }
}
