//! Disables core dumps, because process memory holds secrets.

/// Disables core dumps for this process and those that it starts. Where the system does not allow that, only this
/// precaution is lost.
pub(super) fn disable() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    // The kernel ignores the limit where it hands the dump to a program. This flag also keeps other processes of the
    // same user from reading the memory.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
