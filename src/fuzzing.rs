//! Every reader of foreign bytes, and what always holds of it: the body of the fuzz targets in `tests/fuzz`, which
//! the tests run over the same corpus.
//!
//! The release has none of it: it is compiled for tests, and where cargo-fuzz sets `cfg(fuzzing)`. A Cargo feature
//! would be open to anybody who depends on this crate, and would have to be kept for them.

mod answers;
mod cloud;
mod damage;
mod files;
mod texts;
mod told;

#[cfg(test)]
mod tests;

/// A reader, by the name of its fuzz target, and what is made sure of for some bytes.
pub type Reader = (&'static str, fn(&[u8]));

/// All of them.
pub const READERS: [Reader; 41] = [
    // What lies on the disk.
    ("manifest", files::manifest),
    ("snapshot", files::snapshot),
    ("journal", files::journal),
    ("plan", files::plan),
    ("lock", files::lock),
    ("probe_record", files::probe_record),
    ("terraform_state", files::terraform_state),
    // What the service answers.
    ("created", answers::created),
    ("started", answers::started),
    ("job", answers::job),
    ("volume", answers::volume),
    ("volumes", answers::volumes),
    ("snapshots", answers::snapshots),
    ("recycled", answers::recycled),
    ("one_snapshot", answers::one_snapshot),
    ("images", answers::images),
    ("backup", answers::backup),
    ("zones", answers::zones),
    ("types", answers::types),
    ("quotas", answers::quotas),
    ("tag_keys", answers::tag_keys),
    ("refusal", answers::refusal),
    ("headers", answers::headers),
    ("iam_token", answers::iam_token),
    ("iam_projects", answers::iam_projects),
    ("sts_keys", answers::sts_keys),
    ("iam_keys", answers::iam_keys),
    ("echo", answers::echo),
    // Where credentials come from.
    ("command", texts::command),
    ("metadata", texts::metadata),
    ("hcloud", texts::hcloud),
    ("sdk", texts::sdk),
    // What people write on the command line, and in a manifest about its cloud.
    ("arguments", texts::arguments),
    ("endpoint", texts::endpoint),
    // What the embedded cloud is asked and told.
    ("signature", cloud::signature),
    ("sim_requests", cloud::requests),
    ("sim_login", cloud::login),
    ("sim_faults", cloud::faults),
    ("sim_data", cloud::data),
    ("sim_accounts", cloud::accounts),
    ("sim_catalogue", cloud::catalogue),
];

/// Hands the bytes to the reader of that name.
///
/// # Panics
/// When something does not hold that always must, and where there is no such reader.
pub fn check(name: &str, bytes: &[u8]) {
    let found = READERS.iter().find(|(known, _)| *known == name);
    assert!(found.is_some(), "there is no reader {name:?}");
    if let Some((_, check)) = found {
        check(bytes);
    }
}
