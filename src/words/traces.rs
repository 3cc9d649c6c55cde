//! Traces that are exported.

/// Why nothing is exported, as the environment asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoExport {
    /// What the variable of that name says is no address.
    NoAddress(&'static str),
    /// What the variable of that name says is an address of another scheme.
    OtherScheme(&'static str),
    /// A variable asks for a protocol that is not spoken here.
    OtherProtocol {
        /// Its name.
        variable: &'static str,
        /// What it says.
        protocol: String,
    },
    /// What the variable of that name says, or what belongs to it, cannot be used.
    Unusable(&'static str),
    /// The system or a library does not allow it; in its words.
    Failed(String),
}

/// Nothing is exported: what of the environment makes no sense. Addresses are not repeated.
pub fn no_export(why: &NoExport) -> String {
    let why = match why {
        NoExport::NoAddress(variable) => format!("{variable} is no address"),
        NoExport::OtherScheme(variable) => format!("{variable} begins with neither http:// nor https://"),
        NoExport::OtherProtocol { variable, protocol } => {
            format!("{variable} is {protocol:?}, and only \"http/protobuf\" is spoken here")
        }
        NoExport::Unusable(variable) => format!("{variable} or what belongs to it cannot be used"),
        NoExport::Failed(words) => words.clone(),
    };
    format!("no traces are exported: {why}")
}

/// What went wrong with a collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It has not taken the traces within so many seconds.
    NotTaken(u64),
    /// The export was given up.
    GivenUp,
    /// It answered with that HTTP status.
    Answered(u16),
    /// It has not answered in time.
    NoAnswer,
    /// There is no connection to it.
    NoConnection,
    /// It gave no whole answer.
    NoWholeAnswer,
}

/// What went wrong with a collector.
pub fn trouble(trouble: Trouble) -> String {
    let text = match trouble {
        Trouble::NotTaken(seconds) => return format!("it has not taken them within {seconds} s"),
        Trouble::Answered(status) => return format!("it answered {status}"),
        Trouble::GivenUp => "it was given up",
        Trouble::NoAnswer => "it has not answered in time",
        Trouble::NoConnection => "there is no connection to it",
        Trouble::NoWholeAnswer => "it gave no whole answer",
    };
    text.to_owned()
}

/// The traces did not all reach the collector at that host and port.
pub fn not_all(place: &str, why: Trouble) -> String {
    format!("the traces did not all reach the collector at {place}: {}; nothing else is affected", trouble(why))
}
