//! What a probe makes, and who consents to it.

use super::record::{Intent, SIZE};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::safe::plain;
use crate::cli::ui::Ui;
use crate::manifest::{Manifest, Target};
use crate::state::CloudId;
use crate::volume::{CreateApi, Invalid, VolumeSpec, VolumeType, Zone};
use std::time::Duration;

/// The volume of one probe.
#[derive(Debug, Clone)]
pub(in super::super) struct Choice {
    id: String,
    zone: Zone,
    volume_type: VolumeType,
    enterprise_project_id: Option<String>,
    api: CreateApi,
}

impl Choice {
    /// Zone, type and enterprise project are those of the manifest's first volume whose type asks for no rates, unless
    /// flags say otherwise; the form of the create call is the manifest's.
    ///
    /// # Errors
    /// Where neither says it, and where such a volume cannot be had without more.
    pub(in super::super) fn of(
        zone: Option<&str>,
        volume_type: Option<&str>,
        manifest: &Manifest,
    ) -> Result<Choice, CliError> {
        let plain = |spec: &&VolumeSpec| VolumeSpec::chosen_rates(&spec.volume_type) == (false, false);
        let first = manifest.volumes.values().map(|volume| &*volume.spec).find(plain);
        let wrong = |flag: &str, invalid: &Invalid| CliError::new(Exit::Error, format!("{flag}: {invalid}"));
        let lacks = |flag: &str| {
            let message = "the manifest has no volume to take zone and type of the probe's from";
            CliError::new(Exit::Error, message).hint(format!("give {flag}"))
        };
        let zone = match zone {
            Some(zone) => Zone::new(zone).map_err(|invalid| wrong("--zone", &invalid))?,
            None => first.map(|spec| spec.zone.clone()).ok_or_else(|| lacks("--zone"))?,
        };
        let volume_type = match volume_type {
            Some(name) => VolumeType::new(name).map_err(|invalid| wrong("--volume-type", &invalid))?,
            None => first.map(|spec| spec.volume_type.clone()).ok_or_else(|| lacks("--volume-type"))?,
        };
        if VolumeSpec::chosen_rates(&volume_type) != (false, false) {
            let message = format!("a volume of type {volume_type} has a rate to choose, which a probe does not");
            return Err(CliError::new(Exit::Error, message).hint("give --volume-type with another type"));
        }
        let [a, b, c, d, e, f, g, h, ..] = *uuid::Uuid::new_v4().as_bytes();
        Ok(Choice {
            id: format!("{:016x}", u64::from_be_bytes([a, b, c, d, e, f, g, h])),
            zone,
            volume_type,
            enterprise_project_id: first.and_then(|spec| spec.enterprise_project_id.as_ref()).map(ToString::to_string),
            api: manifest.cloud.create_api,
        })
    }

    pub(super) fn intent(&self, cloud: &CloudId) -> Intent {
        Intent {
            id: self.id.clone(),
            token: uuid::Uuid::new_v4(),
            zone: self.zone.to_string(),
            volume_type: self.volume_type.to_string(),
            enterprise_project_id: self.enterprise_project_id.clone(),
            api: self.api,
            cloud: cloud.clone(),
            metadata: true,
        }
    }
}

/// Whether somebody is asked.
///
/// # Errors
/// Where nobody can be, and `--yes` does not stand for it. Nothing was sent by then.
pub(in super::super) fn asks(yes: bool, ui: &Ui) -> Result<bool, CliError> {
    if yes {
        return Ok(false);
    }
    if ui.settings().stdin_is_terminal {
        return Ok(true);
    }
    Err(CliError::new(Exit::Refused, "nobody can be asked: there is no terminal; nothing was sent")
        .hint("give --yes: a probe makes one volume and deletes it"))
}

/// Says what is going to be made, and asks.
///
/// # Errors
/// When the answer is not yes.
pub(in super::super) fn consent(
    ui: &Ui,
    choice: &Choice,
    manifest: &Manifest,
    cloud: &CloudId,
    timeout: Duration,
    ask: bool,
) -> Result<(), CliError> {
    let costs = match manifest.cloud.target {
        Target::Simulator => "the embedded cloud makes it, so it costs nothing",
        Target::Endpoint { .. } => "it costs what such a volume costs for that time",
    };
    let longest = jiff::SignedDuration::try_from(timeout.saturating_mul(2)).unwrap_or(jiff::SignedDuration::MAX);
    ui.talk(&plain(&format!(
        "the probe makes one volume and deletes it: evsctl-probe-{}, {SIZE} GB {} in {}, in project {} at {}; it lives \
         for some minutes, {longest:#} at the most where the cloud does its part, and {costs}; a volume that an \
         earlier probe of this stack left is deleted first",
        choice.id, choice.volume_type, choice.zone, cloud.project_id, cloud.endpoint
    )));
    if ask && !ui.ask("Make it?") {
        return Err(CliError::new(Exit::Refused, "the answer was no; nothing was made"));
    }
    Ok(())
}
