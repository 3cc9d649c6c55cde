//! Why a step failed.

use crate::apply::why::{Cause, NotCleaned, NotDeleted, NotDone};
use crate::words::evidence::{misfits, not_own};
use crate::words::failure::NEVER_SHOWED;
use crate::words::refusal;

/// Why a step failed, without the code of the failure.
pub fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Call(error) => error.code_and_reason().1,
        Cause::Failed(failure) => failure.reason.to_string(),
        Cause::NotAsAsked(unlike) => format!("not as asked: {}", misfits(unlike)),
        Cause::NeverShowed => NEVER_SHOWED.to_owned(),
        Cause::Unmade => "the job ended without these volumes".to_owned(),
        Cause::NotCleaned(why) => not_cleaned(why),
        Cause::NotDeleted(why) => not_deleted(why),
        Cause::NotDone(NotDone::Gone) => "it is not there any more".to_owned(),
        Cause::NotDone(NotDone::AsBefore) => "its job is over, and it is as it was before; plan again".to_owned(),
    }
}

fn not_deleted(why: &NotDeleted) -> String {
    let why = match why {
        NotDeleted::Shows(why) => refusal::shown(why),
        NotDeleted::Snapshot(id) => {
            format!("it has snapshot {id}, which the plan did not list and which would go with it")
        }
        NotDeleted::Prepaid => "it is prepaid (EVS.1035)".to_owned(),
        NotDeleted::Unmarked => "it does not carry the ownership tag of the call that made it any more".to_owned(),
        NotDeleted::Unrecorded => "it is not recorded any more".to_owned(),
    };
    format!("right before it was to be deleted: {why}; nothing was sent, plan again")
}

fn not_cleaned(why: &NotCleaned) -> String {
    match why {
        NotCleaned::Back(status) => format!("it was gone when that was planned, and is {status} now; plan again"),
        NotCleaned::Snapshot(id) => {
            format!("it has the snapshot {id} by now, which would be deleted with it: it may hold data")
        }
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
