//! Desired: what a Git repository says the volumes shall be.
//!
//! [`parse`] turns the text of one stack's files into a [`Manifest`] and reports every problem that
//! can be known without asking the cloud, all at once, each with its place. It opens no file.

mod addresses;
mod base;
mod cloud;
mod decode;
mod defaults;
mod fields;
mod found;
mod imports;
mod known;
mod lifecycle;
mod limits;
mod model;
mod moves;
mod names;
mod node;
mod place;
mod prepaid;
mod problem;
mod remark;
mod report;
mod rules;
mod scalar;
mod schema;
mod source;
mod specs;
mod tree;
mod unknown;
mod values;
mod volume;
mod wrong;
mod zones;

pub use base::bases;
pub use defaults::Defaults;
pub use found::{Found, Kind, Subject};
pub use model::{
    Base, Cloud, DesiredVolume, Import, KnownDrift, KnownField, KnownValue, Lifecycle, Limit, Limits, Manifest, Move,
    Naming, OnShrink, Places, Project, RateLimit, Release, Role, SourceFile, Stated, Target,
};
pub use place::Place;
pub use problem::{Problem, Problems, Severity, What};
pub use remark::Remark;
pub use schema::schema;
pub(crate) use source::harmless;
pub use specs::Specs;
pub use values::day;
pub use wrong::{
    BaseFault, CloudFault, EndpointFault, FileFault, ImportFault, KnownFault, Missing, MoveFault, Rather, RuleFault,
    StackFault, Unfit, Unknown, ValueFault, VolumeFault, Way, Written, Wrong, YamlCause,
};

/// Reads one stack. `files` are its own and the bases that [`bases`] names.
///
/// # Errors
/// Every problem found, sorted by file and place; never just the first.
pub fn parse(files: &[SourceFile]) -> Result<Manifest, Problems> {
    decode::decode(files, decode::Part::Whole)
}

/// Reads the head of a stack alone: its name, where its state lives, and its cloud. What it gives asks for no volumes and must
/// not be planned from; it is for commands that need none, and works whatever else is wrong.
///
/// # Errors
/// Every problem of the head, and a file that is no YAML.
pub fn parse_head(files: &[SourceFile]) -> Result<Manifest, Problems> {
    decode::decode(files, decode::Part::Head)
}

#[cfg(test)]
mod tests;
