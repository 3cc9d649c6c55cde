//! How a volume is paid that is not paid by use: for a time, in advance, by an order.

use super::Invalid;

/// For how long a prepaid volume is bought: 1 to 9 months, or 1 year (EVS API reference, `bssParam`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    unit: PeriodUnit,
    number: u32,
}

/// What a period is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodUnit {
    /// Months, 1 to 9 of them.
    Month,
    /// Years, of which there is one.
    Year,
}

impl PeriodUnit {
    /// The API's word.
    pub fn word(self) -> &'static str {
        match self {
            PeriodUnit::Month => "month",
            PeriodUnit::Year => "year",
        }
    }

    /// The most of them that can be bought at once.
    pub fn most(self) -> u32 {
        match self {
            PeriodUnit::Month => 9,
            PeriodUnit::Year => 1,
        }
    }
}

impl Period {
    /// So many months or years.
    ///
    /// # Errors
    /// None of them, or more than can be bought at once.
    pub fn new(unit: PeriodUnit, number: u32) -> Result<Period, Invalid> {
        if (1..=unit.most()).contains(&number) {
            return Ok(Period { unit, number });
        }
        Err(match unit {
            PeriodUnit::Month => Invalid::Months(number),
            PeriodUnit::Year => Invalid::Years(number),
        })
    }

    /// What it is counted in.
    pub fn unit(self) -> PeriodUnit {
        self.unit
    }

    /// How many of them.
    pub fn number(self) -> u32 {
        self.number
    }

    /// As in `3 months`: a part of a frozen text, whatever people are told.
    pub(super) fn frozen(self) -> String {
        let plural = if self.number == 1 { "" } else { "s" };
        format!("{} {}{plural}", self.number, self.unit.word())
    }
}

/// That a volume is paid in advance, and how: the create call then makes an order, and nothing is made before that
/// is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "PrepaidFields", into = "PrepaidFields")]
pub struct Prepaid {
    /// For how long.
    pub period: Period,
    /// Whether it is renewed by itself at the end.
    pub auto_renew: bool,
    /// Whether the order pays itself from the account's balance. Without it somebody pays in the billing console.
    pub auto_pay: bool,
}

/// The saved form, named as in a manifest; what is not so is left out.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct PrepaidFields {
    period_type: PeriodUnit,
    period_num: u32,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    auto_renew: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    auto_pay: bool,
}

impl TryFrom<PrepaidFields> for Prepaid {
    type Error = Invalid;

    fn try_from(fields: PrepaidFields) -> Result<Prepaid, Invalid> {
        let PrepaidFields { period_type, period_num, auto_renew, auto_pay } = fields;
        Ok(Prepaid { period: Period::new(period_type, period_num)?, auto_renew, auto_pay })
    }
}

impl From<Prepaid> for PrepaidFields {
    fn from(prepaid: Prepaid) -> PrepaidFields {
        let Prepaid { period, auto_renew, auto_pay } = prepaid;
        PrepaidFields { period_type: period.unit, period_num: period.number, auto_renew, auto_pay }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_bought_exists() {
        use PeriodUnit::{Month, Year};
        for (unit, number, legal) in [
            (Month, 0, false),
            (Month, 1, true),
            (Month, 9, true),
            (Month, 10, false),
            (Year, 1, true),
            (Year, 2, false),
        ] {
            assert_eq!(Period::new(unit, number).is_ok(), legal, "{unit:?} {number}");
        }
        let told = |unit, number| Period::new(unit, number).unwrap().frozen();
        assert_eq!(
            (told(Month, 1), told(Month, 3), told(Year, 1)),
            ("1 month".into(), "3 months".into(), "1 year".into())
        );
    }

    #[test]
    fn the_saved_form_reads_back_and_nonsense_does_not() {
        for text in [
            r#"{"period_type":"month","period_num":3}"#,
            r#"{"period_type":"year","period_num":1,"auto_renew":true,"auto_pay":true}"#,
        ] {
            let prepaid: Prepaid = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&prepaid).unwrap(), text);
        }
        for text in [
            r#"{"period_type":"month"}"#,
            r#"{"period_num":3}"#,
            r#"{"period_type":"year","period_num":2}"#,
            r#"{"period_type":"week","period_num":1}"#,
        ] {
            assert!(serde_json::from_str::<Prepaid>(text).is_err(), "{text}");
        }
    }
}
