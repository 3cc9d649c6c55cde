//! Why a request is repeated, or waited for.

use crate::apply::why::Again;
use crate::words::doubt::shown;

/// Why a request is repeated, or waited for.
pub fn again(why: &Again) -> String {
    match why {
        Again::Met(kind) => kind.to_string(),
        Again::InDoubt { call, shown: last, targets, waits } => {
            let until = if *waits { "until its absence is proved" } else { "for a minute" };
            let shown = last.as_ref().map(|last| shown(last, *targets)).unwrap_or_default();
            format!("create call {call} may have been done ({shown}); its volumes are looked for {until}")
        }
        Again::Anew { last, next } => {
            format!("create call {last} surely never happened; its volumes are made anew by call {next}")
        }
    }
}
