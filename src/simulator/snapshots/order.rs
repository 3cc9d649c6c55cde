//! The order of Cinder's lists of snapshots: `sort_key` and `sort_dir`, as the vendor documents them, or `sort`, as OpenStack
//! does. Equals stand in the order of their ages, the newest first.

use super::shown::Shown;
use crate::simulator::call::Call;
use crate::simulator::reply::Refusal;
use std::cmp::Ordering;

/// What is sorted by, the first key first, and whether each descends.
#[derive(Debug)]
pub(in crate::simulator) struct Order(Vec<(Key, bool)>);

/// Which keys there are is a choice: those of lists of volumes, and what else all snapshots have.
#[derive(Debug, Clone, Copy)]
enum Key {
    Id,
    Name,
    Status,
    Size,
    Volume,
    Created,
}

/// What a snapshot is sorted by: all of one key are of one kind.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Text(String),
    Number(u32),
    /// Its place where the newest is the first.
    Place(usize),
}

impl Order {
    /// Reads the query.
    ///
    /// # Errors
    /// EVS.1039 for a key that is none, and where `sort` stands beside the other two; EVS.1040 for a direction that is none.
    pub(in crate::simulator) fn read(call: &Call) -> Result<Order, Refusal> {
        let (sort, key, direction) = (call.given("sort"), call.given("sort_key"), call.given("sort_dir"));
        let Some(sort) = sort else {
            return Ok(Order(vec![(Key::read(key.unwrap_or("created_at"))?, descends(direction)?)]));
        };
        if key.is_some() || direction.is_some() {
            return Err(Refusal::saying("EVS.1039", "sort cannot be used with sort_key and sort_dir."));
        }
        let part = |part: &str| {
            let (key, direction) = part.split_once(':').map_or((part, None), |(key, it)| (key, Some(it.trim())));
            Ok((Key::read(key.trim())?, descends(direction)?))
        };
        sort.split(',').map(part).collect::<Result<_, _>>().map(Order)
    }

    /// The snapshots, which come the newest first, in this order.
    pub(in crate::simulator) fn sorted<'a>(&self, all: Vec<Shown<'a>>) -> Vec<Shown<'a>> {
        if let [(Key::Created, descends)] = self.0[..] {
            return if descends { all } else { all.into_iter().rev().collect() };
        }
        let ranks = |place, of: Shown<'_>| self.0.iter().map(|(key, _)| key.rank(place, of)).collect::<Vec<_>>();
        let mut rows: Vec<_> = all.into_iter().enumerate().map(|(place, of)| (ranks(place, of), of)).collect();
        rows.sort_by(|(one, _), (other, _)| {
            let by_key = one
                .iter()
                .zip(other)
                .zip(&self.0)
                .map(|((one, other), (_, descends))| if *descends { other.cmp(one) } else { one.cmp(other) });
            by_key.fold(Ordering::Equal, Ordering::then)
        });
        rows.into_iter().map(|(_, of)| of).collect()
    }
}

fn descends(direction: Option<&str>) -> Result<bool, Refusal> {
    match direction {
        None | Some("desc") => Ok(true),
        Some("asc") => Ok(false),
        Some(_) => Err(Refusal::of("EVS.1040")),
    }
}

impl Key {
    fn read(word: &str) -> Result<Key, Refusal> {
        Ok(match word {
            "id" => Key::Id,
            // Under the second of these names clients of Cinder send it.
            "name" | "display_name" => Key::Name,
            "status" => Key::Status,
            "size" => Key::Size,
            "volume_id" => Key::Volume,
            "created_at" => Key::Created,
            _ => return Err(Refusal::of("EVS.1039")),
        })
    }

    fn rank(self, place: usize, of: Shown<'_>) -> Rank {
        match self {
            Key::Id => Rank::Text(of.id()),
            Key::Name => Rank::Text(of.name().to_owned()),
            Key::Status => Rank::Text(of.status().to_owned()),
            Key::Size => Rank::Number(of.size()),
            Key::Volume => Rank::Text(of.volume_id()),
            // Descending by time is ascending by place.
            Key::Created => Rank::Place(usize::MAX - place),
        }
    }
}
