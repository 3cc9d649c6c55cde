//! The exit codes, which scripts may rely on.

/// How the process ends. The order is that of strength: where several hold, the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing to complain about: for apply, converged and proved by a last look.
    Success,
    /// There is something to do; only with `--detailed-exitcode`.
    Changes,
    /// Jobs still run, or an error cut the run short after something was recorded or sent: what `apply` names resumes.
    NotConverged,
    /// Some steps failed.
    StepsFailed,
    /// Refused: by the plan, for want of consent, by the answer no, by a stale plan or another cloud.
    Refused,
    /// An error before anything was done: manifest, usage, input or output, the cloud said no.
    Error,
    /// Another run holds the lock.
    Locked,
    /// Credentials or a permission are missing.
    Denied,
    /// Ended by Ctrl-C; safe to run again.
    Interrupted,
    /// Ended by SIGTERM; safe to run again.
    Terminated,
}

impl Exit {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Exit::Success => 0,
            Exit::Error => 1,
            Exit::Changes => 2,
            Exit::StepsFailed => 3,
            Exit::Refused => 4,
            Exit::Locked => 5,
            Exit::Denied => 6,
            Exit::NotConverged => 7,
            Exit::Interrupted => 130,
            Exit::Terminated => 143,
        }
    }

    /// The one that counts where both hold.
    #[must_use]
    pub fn strongest(self, other: Exit) -> Exit {
        self.max(other)
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> std::process::ExitCode {
        std::process::ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_order_counts() {
        use Exit::*;
        let order =
            [Terminated, Interrupted, Denied, Locked, Error, Refused, StepsFailed, NotConverged, Changes, Success];
        assert_eq!(order.map(Exit::code), [143, 130, 6, 5, 1, 4, 3, 7, 2, 0]);
        for (place, stronger) in order.into_iter().enumerate() {
            for weaker in order.into_iter().skip(place) {
                assert_eq!(stronger.strongest(weaker), stronger);
                assert_eq!(weaker.strongest(stronger), stronger);
            }
        }
    }
}
