//! What the v2.1 create call has beside `volume`: how it is paid, which server it is for, where it is placed
//! (evs-api 3.8). The codes of what is wrong with the latter two are a choice, the reference has none for them.

use super::body::{object_of, text};
use super::catalogue::Catalogue;
use super::check::{Billing, Order};
use super::reply::Refusal;
use crate::volume::{Period, PeriodUnit};
use serde_json::{Map, Value};

/// Reads it, checks it, and writes it into the order.
///
/// # Errors
/// EVS.2134 for a server that is not there, EVS.1032 for a pool that is not, EVS.2147 for billing that cannot be.
pub(super) fn check_beside(
    whole: &Map<String, Value>,
    catalogue: &Catalogue,
    order: &mut Order,
) -> Result<(), Refusal> {
    let server = match text(whole, "server_id")?.filter(|it| !it.is_empty()) {
        None => None,
        Some(id) => Some(catalogue.servers.iter().find(|it| it.id == id).ok_or_else(|| Refusal::of("EVS.2134"))?),
    };
    check_hints(whole, catalogue, order)?;
    let (prepaid, pays_itself) = check_billing(whole)?;
    // The charging mode follows the server.
    let prepaid = server.map_or(prepaid, |it| it.prepaid);
    // Types whose IOPS are chosen are pay-per-use only.
    if prepaid && order.spec.iops.is_some() {
        return Err(Refusal::of("EVS.2147"));
    }
    order.spec.server_id = server.map(|it| it.id.clone());
    order.billing = match (prepaid, pays_itself) {
        (false, _) => Billing::PerUse,
        (true, true) => Billing::Paid,
        (true, false) => Billing::Unpaid,
    };
    Ok(())
}

/// Reads in which dedicated pool it is placed, which the v2 call and that of Cinder have too.
///
/// # Errors
/// EVS.1032 for a pool that is not there.
pub(super) fn check_hints(whole: &Map<String, Value>, catalogue: &Catalogue, order: &mut Order) -> Result<(), Refusal> {
    if let Some(hints) = object_of(whole, "OS-SCH-HNT:scheduler_hints")?
        && let Some(id) = text(hints, "dedicated_storage_id")?.filter(|it| !it.is_empty())
    {
        if !catalogue.dedicated_storages.iter().any(|it| it.id == id) {
            return Err(Refusal::of("EVS.1032"));
        }
        order.spec.dedicated_storage_id = Some(id);
    }
    Ok(())
}

/// Whether it is paid in advance, and whether by itself.
fn check_billing(whole: &Map<String, Value>) -> Result<(bool, bool), Refusal> {
    let invalid = || Refusal::of("EVS.2147");
    let Some(fields) = object_of(whole, "bssParam").map_err(|_| invalid())? else { return Ok((false, false)) };
    let prepaid = match text(fields, "chargingMode")?.as_deref() {
        None | Some("postPaid") => false,
        Some("prePaid") => true,
        Some(_) => return Err(invalid()),
    };
    if prepaid {
        let unit = match text(fields, "periodType")?.as_deref() {
            Some("month") => PeriodUnit::Month,
            Some("year") => PeriodUnit::Year,
            _ => return Err(invalid()),
        };
        let number = fields.get("periodNum").and_then(Value::as_u64).and_then(|it| u32::try_from(it).ok());
        Period::new(unit, number.unwrap_or_default()).map_err(|_| invalid())?;
    }
    let said = |name: &str| match text(fields, name)?.as_deref() {
        Some("true") => Ok(true),
        None | Some("false") => Ok(false),
        Some(_) => Err(invalid()),
    };
    said("isAutoRenew")?;
    Ok((prepaid, said("isAutoPay")?))
}
