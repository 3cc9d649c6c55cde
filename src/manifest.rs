//! Desired: what a Git repository says the volumes shall be.
//!
//! [`parse`] turns the text of one stack's files into a [`Manifest`] and reports every problem that
//! can be known without asking the cloud, all at once, each with its place. It opens no file.

mod cloud;
mod decode;
mod fields;
mod lifecycle;
mod model;
mod names;
mod node;
mod prepaid;
mod problem;
mod report;
mod rules;
mod scalar;
mod schema;
mod source;
mod tree;
mod unknown;
mod values;
mod volume;

pub use model::{
    Cloud, DesiredVolume, Lifecycle, Manifest, Naming, OnShrink, Project, RateLimit, SourceFile, Stated, Target,
};
pub use problem::{Place, Problem, Problems, Severity};
pub use schema::schema;

/// Reads one stack.
///
/// # Errors
/// Every problem found, sorted by file and place; never just the first.
pub fn parse(files: &[SourceFile]) -> Result<Manifest, Problems> {
    decode::decode(files)
}

#[cfg(test)]
mod tests;
