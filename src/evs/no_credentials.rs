//! Why a request can show nothing of who sends it: a part that fits no header, a source that gives nothing.

/// A part of what a request shows of who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A token.
    Token,
    /// The date of a signature.
    Date,
    /// The project's id.
    Project,
    /// The token of a session.
    SecurityToken,
    /// The id of an access key.
    AccessKey,
    /// The id of an identity provider.
    Provider,
}

/// Why a source of credentials gave none. Nothing of what it said is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoCredentials {
    /// The file of an identity token is of no use.
    Token(TokenFlaw),
    /// No command is named.
    NoCommand,
    /// A command did.
    Command {
        /// Its name.
        name: String,
        /// What it did.
        flaw: CommandFlaw,
    },
    /// No client for the metadata service can be made, or no whole answer of it came; in the words of the library below.
    Metadata(String),
    /// There is no metadata service here; in the words of the library below.
    NoMetadata(String),
    /// The metadata service gives no keys, but this HTTP status.
    NoKeys(String),
    /// The metadata service's keys make no sense.
    OddKeys,
}

/// Why the file of an identity token is of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenFlaw {
    /// It cannot be opened; in the words of the system.
    Unopened(String),
    /// It is no regular file.
    NotAFile,
    /// It is not text.
    NotText,
    /// It has more bytes than that.
    TooLong(u64),
    /// It is empty.
    Empty,
}

/// Why a command gave no credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandFlaw {
    /// It has not ended within so many seconds.
    NotEnded(u64),
    /// It cannot be run; in the words of the system.
    NotRun(String),
    /// It failed; its status in the words of the system.
    Failed(String),
    /// It did not write the JSON object that is expected.
    NotJson,
    /// It gave neither a token nor both parts of an access key.
    NoSecret,
}
