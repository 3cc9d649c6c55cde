//! What people and other programs write, as it is read, for the proof in `fuzzing`.

use super::cloud;
use super::command::doctor::read_again;
pub(crate) use super::credentials::fuzzing::{command, hcloud, metadata, sdk};
use super::credentials::{Named, Service};
use super::error::CliError;
pub(crate) use super::options::value::fuzzing::{duration, values};
use crate::evs::Error;

/// An error of the API, as a command tells it.
pub(crate) fn api_error(error: &Error) -> CliError {
    CliError::from(error.clone()).behind(crate::words::cloud::cannot(crate::words::cloud::Deed::LookAt))
}

/// The endpoint's address where no variable is set.
pub(crate) fn address(region: Option<&str>, endpoint: Option<&url::Url>) -> Result<url::Url, CliError> {
    cloud::address_without_variables(region, endpoint)
}

/// IAM's address beside that endpoint.
pub(crate) fn iam_address(endpoint: &url::Url) -> Result<url::Url, CliError> {
    Service::Iam.address(&Named { variable: "HW_AUTH_URL", address: None }, endpoint)
}

/// The record of a doctor's probe, written again.
pub(crate) fn probe_record(text: &str) -> Result<String, String> {
    read_again(text)
}
