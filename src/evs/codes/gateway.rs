//! The gateway's codes (EVS API reference, "Gateway codes"). Their statuses are exact and say what they mean.

use super::code::Class::{self, Defect, Failure, NotFound, Permission, Retry};
use super::code::Code;
use super::id::Gateway::{self, *};
use super::id::Id;

const fn row(id: Gateway, code: &'static str, statuses: &'static [u16], class: Class) -> Code {
    super::code::row(Id::Gateway(id), code, statuses, class).by_status()
}

pub(super) const CODES: &[Code] = &[
    row(Apigw0101, "APIGW.0101", &[404], NotFound),
    row(Apigw0103, "APIGW.0103", &[404], NotFound),
    row(Apigw0104, "APIGW.0104", &[400], Failure),
    row(Apigw0105, "APIGW.0105", &[400], Failure),
    row(Apigw0106, "APIGW.0106", &[400], Failure),
    row(Apigw0201, "APIGW.0201", &[400, 413, 414, 494, 502, 504], Defect),
    row(Apigw0301, "APIGW.0301", &[401], Permission),
    row(Apigw0302, "APIGW.0302", &[403], Permission),
    row(Apigw0303, "APIGW.0303", &[401], Permission),
    row(Apigw0304, "APIGW.0304", &[403], Permission),
    row(Apigw0305, "APIGW.0305", &[401], Permission),
    row(Apigw0306, "APIGW.0306", &[403], Permission),
    row(Apigw0307, "APIGW.0307", &[401], Permission),
    row(Apigw0308, "APIGW.0308", &[429], Retry),
    row(Apigw0310, "APIGW.0310", &[403], Permission),
    row(Apigw0311, "APIGW.0311", &[401], Permission),
    row(Apigw0401, "APIGW.0401", &[403], Permission),
    row(Apigw0402, "APIGW.0402", &[403], Permission),
    row(Apigw0404, "APIGW.0404", &[403], Permission),
    row(Apigw0501, "APIGW.0501", &[405], Failure),
    row(Apigw0502, "APIGW.0502", &[405], Failure),
    row(Apigw0601, "APIGW.0601", &[500], Failure),
    row(Apigw0602, "APIGW.0602", &[400], Defect),
    row(Apigw0605, "APIGW.0605", &[500], Failure),
    row(Apigw0606, "APIGW.0606", &[500], Failure),
    row(Apigw0607, "APIGW.0607", &[400], Defect),
    row(Apigw0608, "APIGW.0608", &[500], Failure),
    row(Apigw0609, "APIGW.0609", &[500], Failure),
    row(Apigw0610, "APIGW.0610", &[502], Retry),
    row(Apigw0611, "APIGW.0611", &[500], Failure),
    row(Apigw0612, "APIGW.0612", &[500], Failure),
    row(Apigw0613, "APIGW.0613", &[503], Retry),
    row(Apigw0705, "APIGW.0705", &[500], Failure),
    row(Apigw0801, "APIGW.0801", &[403], Permission),
    row(Apigw0802, "APIGW.0802", &[403], Permission),
];
