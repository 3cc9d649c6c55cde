//! `prepaid`: that a volume is paid in advance. A mapping of its own, so that no half of it can be said.

use super::fields::PREPAID;
use super::found::Subject;
use super::node::Node;
use super::report::Report;
use super::unknown::unknown;
use super::values::{Given, boolean, choice, integer, mapping};
use super::wrong::Missing;
use crate::volume::{Period, PeriodUnit, Prepaid};

/// Reads the section, with all that is wrong with it.
pub(super) fn decode(node: Node<'_>, report: &mut Report<'_>) -> Option<Prepaid> {
    const UNITS: [PeriodUnit; 2] = [PeriodUnit::Month, PeriodUnit::Year];
    let at = node.at;
    let (mut unit, mut number, mut auto_renew, mut auto_pay) =
        (Given::Absent, Given::Absent, Given::Absent, Given::Absent);
    let before = report.errors();
    for (name, node) in mapping(node, Subject::Field("prepaid"), report)? {
        match name.text.as_ref() {
            "period_type" => {
                let words = UNITS.map(|unit| (unit.word(), unit));
                unit = Given::read(node, |node| choice(&node, Subject::Field("period_type"), &words, report));
            }
            "period_num" => {
                // Which of these there are of its unit is looked at when both are known.
                let legal = 1..=UNITS.map(PeriodUnit::most).into_iter().max().unwrap_or(1);
                number = Given::read(node, |node| integer(&node, Subject::Field("period_num"), legal, false, report));
            }
            "auto_renew" => auto_renew = Given::read(node, |node| boolean(&node, Subject::Field("auto_renew"), report)),
            "auto_pay" => auto_pay = Given::read(node, |node| boolean(&node, Subject::Field("auto_pay"), report)),
            _ => {
                let _ = unknown(&name, &node, Subject::Field("prepaid"), &PREPAID, report);
            }
        }
    }
    if matches!(unit, Given::Absent | Given::Null) {
        report.error(at, Missing::PeriodType);
    }
    if matches!(number, Given::Absent | Given::Null) {
        report.error(at, Missing::PeriodNumber);
    }
    let (unit, number_at, number) = match (unit.get(), number.get()) {
        (Some((unit, _)), Some((number, number_at))) => (*unit, number_at, *number),
        _ => return None,
    };
    let period = match Period::new(unit, number) {
        Ok(period) => period,
        Err(invalid) => {
            report.error(number_at, invalid);
            return None;
        }
    };
    let said = |field: Given<bool>| field.into_value().unwrap_or_default();
    let prepaid = Prepaid { period, auto_renew: said(auto_renew), auto_pay: said(auto_pay) };
    (report.errors() == before).then_some(prepaid)
}
