//! What a probe makes, and who consents to it.

use super::record::Intent;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::safe::plain;
use crate::cli::ui::Ui;
use crate::manifest::{Manifest, Target};
use crate::state::CloudId;
use crate::volume::{CreateApi, Invalid, VolumeSpec, VolumeType, Zone};
use crate::words::doctor::talk;
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
        let first = manifest.volumes.values().map(|volume| &**volume.specs.common()).find(plain);
        let wrong = |flag: &str, invalid: &Invalid| CliError::new(Exit::Error, format!("{flag}: {invalid}"));
        let lacks = |flag: &str| CliError::new(Exit::Error, talk::no_model()).hint(talk::no_model_hint(flag));
        let zone = match zone {
            Some(zone) => Zone::new(zone).map_err(|invalid| wrong("--zone", &invalid))?,
            None => first.map(|spec| spec.zone.clone()).ok_or_else(|| lacks("--zone"))?,
        };
        let volume_type = match volume_type {
            Some(name) => VolumeType::new(name).map_err(|invalid| wrong("--volume-type", &invalid))?,
            None => first.map(|spec| spec.volume_type.clone()).ok_or_else(|| lacks("--volume-type"))?,
        };
        if VolumeSpec::chosen_rates(&volume_type) != (false, false) {
            let error = CliError::new(Exit::Error, talk::rate_to_choose(&volume_type));
            return Err(error.hint(talk::rate_to_choose_hint()));
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
    Err(CliError::new(Exit::Refused, talk::nobody_to_ask()).hint(talk::nobody_to_ask_hint()))
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
    let terms = talk::Terms {
        project_id: &cloud.project_id,
        endpoint: &cloud.endpoint,
        embedded: matches!(manifest.cloud.target, Target::Simulator),
        timeout,
    };
    ui.talk(&plain(&talk::announcement(&choice.intent(cloud).volume(), terms)));
    if ask && !ui.ask(talk::question()) {
        return Err(CliError::new(Exit::Refused, talk::declined()));
    }
    Ok(())
}
