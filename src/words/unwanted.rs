//! Why volumes are not asked for.

use super::number::either;
use crate::plan::Unwanted;
use jiff::civil::Date;

/// Why that many recorded volumes are not asked for.
pub(super) fn unwanted(why: Option<Unwanted>, n: usize) -> String {
    match why {
        Some(Unwanted::Expired(day)) => format!("{} {}", either(n, "it", "they"), expired(day)),
        Some(Unwanted::Count(count)) => lowered(count),
        why => {
            let [one, several] = of_one_and_several(why);
            either(n, one, several).to_owned()
        }
    }
}

/// That there are fewer than there were.
pub(super) fn lowered(count: u32) -> String {
    format!("`count` is {count} now")
}

/// That their key expired on that day.
pub(super) fn expired(day: Date) -> String {
    format!("expired on {day}")
}

/// The same in words that hold neither number nor day.
pub(super) fn of_one_and_several(why: Option<Unwanted>) -> [&'static str; 2] {
    match why {
        Some(Unwanted::KeyGone) => ["its key is gone from the manifest", "the manifest has no key for them any more"],
        Some(Unwanted::Retired) => ["its slot is retired", "their slots are retired"],
        Some(Unwanted::Destroyed | Unwanted::DestroyedKeyGone) => {
            ["`evsctl destroy` takes it away", "`evsctl destroy` takes them away"]
        }
        Some(Unwanted::Count(_) | Unwanted::Expired(_)) | None => {
            ["it is not asked for any more", "they are not asked for any more"]
        }
    }
}
