//! Why an answer makes no sense.

use crate::evs::Nonsense;
use std::fmt;

impl fmt::Display for Nonsense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Nonsense::Unread(words) => f.write_str(words),
            Nonsense::TooLong(most) => write!(f, "it has more than {most} bytes"),
            Nonsense::OtherJob { found, asked } => write!(f, "it is about job {found}, not about {asked}"),
            Nonsense::OtherVolume { found, asked } => write!(f, "it is about volume {found}, not about {asked}"),
            Nonsense::OtherSource { found, asked } => write!(f, "it is about {found}, not about {asked}"),
            Nonsense::NoStatus => f.write_str("the job has no status"),
            Nonsense::NoReceipt => f.write_str("it names neither a job nor an order"),
            Nonsense::ShortList { counted: 1, shown } => write!(f, "it says that there is 1 volume and shows {shown}"),
            Nonsense::ShortList { counted, shown } => {
                write!(f, "it says that there are {counted} volumes and shows {shown}")
            }
            Nonsense::ShortSnapshots { counted: 1, shown } => {
                write!(f, "it says that there is 1 snapshot and shows {shown}")
            }
            Nonsense::ShortSnapshots { counted, shown } => {
                write!(f, "it says that there are {counted} snapshots and shows {shown}")
            }
            Nonsense::TwoVolumes => f.write_str("it shows two volumes under one id"),
            Nonsense::NothingNew => f.write_str("a full page of it brings nothing new"),
            Nonsense::SamePage => f.write_str("one of its pages begins as another did, whatever place is asked for"),
            Nonsense::Endless => f.write_str("its pages do not end"),
            Nonsense::MostMemory(mib) => {
                write!(f, "its items take more than {mib} MiB of memory, as those of no project do")
            }
            Nonsense::LongTexts(id) => write!(f, "volume {id} has longer texts than any volume may have"),
            Nonsense::NoToken => f.write_str("there is no token in it"),
            Nonsense::OddToken => f.write_str("its token holds characters that no header may hold"),
            Nonsense::NoEnd => f.write_str("its end is no time"),
            Nonsense::NoKeys { line, column } => {
                write!(f, "there are no keys in it (line {line} column {column})")
            }
        }
    }
}
