//! Everything that only the whole program can show: the real binary, the real client, and the embedded
//! cloud over HTTP. No API is mocked, and no test waits for time to be right: it waits for what it needs.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on shall fail")]

mod apply;
mod approved;
mod auth;
mod bases;
mod begun;
mod between;
mod canary;
mod chance;
mod clients;
mod consent;
mod crash;
mod cut_short;
mod dated;
mod delete;
mod descriptors;
mod docs;
mod doctor;
mod doubt;
mod drift;
#[cfg(feature = "otel")]
mod echo;
mod examples;
mod expires;
mod extend;
mod failures;
mod faulted;
mod files;
mod formats;
mod forms;
mod gitops;
mod heads;
mod histories;
mod import;
mod keyless;
mod landed;
mod layers;
mod leftovers;
mod limits;
mod lists;
mod load;
mod locks;
mod lost;
mod lying;
mod manifest;
mod memory;
mod moves;
mod names;
mod orders;
mod orphans;
mod otc;
mod output;
mod places;
mod plan_file;
mod preflight;
mod probe;
mod properties;
mod protect;
mod recycle;
mod renamed_stack;
mod retag;
mod saved;
mod scenarios;
mod security;
mod side_by_side;
mod signals;
mod state;
mod streams;
mod styles;
mod support;
mod surface;
mod taken_over;
mod talking;
#[cfg(target_os = "linux")]
mod terminal;
mod tls;
mod torn;
mod torture;
#[cfg(feature = "otel")]
mod traces;
mod unsettled;
mod wire;
mod words;
mod zones;
