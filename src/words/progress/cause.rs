//! Why a step failed.

use crate::apply::why::{Cause, NotCleaned};
use crate::words::evidence::{misfits, not_own};
use crate::words::failure::NEVER_SHOWED;

/// Why a step failed, without the code of the failure.
pub fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Call(error) => error.code_and_reason().1,
        Cause::Failed(failure) => failure.reason.to_string(),
        Cause::NotAsAsked(unlike) => format!("not as asked: {}", misfits(unlike)),
        Cause::NeverShowed => NEVER_SHOWED.to_owned(),
        Cause::Unmade => "the job ended without these volumes".to_owned(),
        Cause::NotCleaned(why) => not_cleaned(why),
    }
}

fn not_cleaned(why: &NotCleaned) -> String {
    match why {
        NotCleaned::Back(status) => format!("it was gone when that was planned, and is {status} now; plan again"),
        NotCleaned::WasUsed => "an earlier run saw it usable or attached: it may hold data".to_owned(),
        NotCleaned::Usable(status) => {
            format!("it is {status} now; only a volume that was never usable is cleaned away")
        }
        NotCleaned::Attached => "it is attached to a server now; nothing that is attached is deleted".to_owned(),
        NotCleaned::NotBroken(status) => {
            format!("it is {status} now; only a volume in status error is cleaned away")
        }
        NotCleaned::Prepaid => "it is prepaid (EVS.1035), and evsctl deletes nothing that is: unsubscribe it in the \
                                billing console"
            .to_owned(),
        NotCleaned::Unrecorded => "it is not what the recorded call left: it is not recorded any more".to_owned(),
        NotCleaned::NotLeft(why) => format!("it is not what the recorded call left: {}", not_own(why, 1)),
        NotCleaned::Listed => {
            "the list shows it, and a read of it by its id says that it is not there; plan again, and \
                               look in the console if that stays so"
                .to_owned()
        }
        NotCleaned::ListCut => "a read of it by its id says that it is not there, and the list is shorter than its \
                                answers say; plan again"
            .to_owned(),
    }
}
