//! Why a change does not fit what is recorded.

use crate::state::FoldError;
use std::fmt;

impl fmt::Display for FoldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FoldError::IntendedTwice { call } => write!(f, "call {call} is intended twice"),
            FoldError::SentAfterAccepted { call } => write!(f, "call {call} is sent again after it was accepted"),
            FoldError::NotOpen { call } => write!(f, "call {call} is not open"),
            FoldError::Taken { address, recorded, id } => {
                write!(f, "{address} is already volume {recorded}, not {id}")
            }
            FoldError::NotThere { address, id } => write!(f, "{address} is not volume {id}"),
            FoldError::NotRecorded { address } => write!(f, "{address} is not recorded"),
        }
    }
}
