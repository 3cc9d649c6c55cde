//! No picture of this process's memory, which holds secrets, is ever left on a disk.

/// Turns core dumps off, for this process and those that it starts. Where the system does not allow that, nothing is
/// lost but the precaution.
pub(super) fn leave_no_dump() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    // A dump that goes to a program instead of a file does not ask for the limit. Others of the same user cannot look
    // into it then, either.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
