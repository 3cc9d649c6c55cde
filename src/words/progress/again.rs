//! Why a request is repeated, or waited for.

use super::verb::verb_word;
use crate::apply::why::Again;
use crate::plan::Verb;
use crate::words::doubt::shown;

/// Why a request is repeated, or waited for.
pub fn again(why: &Again) -> String {
    match why {
        Again::Met(kind) => kind.to_string(),
        Again::InDoubt { call, verb, shown: last, targets, waits } => {
            let shown = last.as_ref().map(|last| shown(last, *verb, *targets)).unwrap_or_default();
            let (looked, proved) = match verb {
                Verb::Extend | Verb::Delete => ("looked at", "until it is proved that it was not"),
                _ => ("looked for", "until its absence is proved"),
            };
            let until = if *waits { proved } else { "for a minute" };
            format!("{} call {call} may have been done ({shown}); its volumes are {looked} {until}", verb_word(*verb))
        }
        Again::Anew { last, next } => {
            format!("create call {last} surely never happened; its volumes are made anew by call {next}")
        }
    }
}
