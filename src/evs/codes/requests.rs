//! The service's codes below EVS.2000 (EVS API reference, "EVS codes"): most say what is wrong with a request.

use super::code::Class::{self, Defect, Failure, Permission, Quota, State};
use super::code::Code;
use super::id::Id;
use super::id::Request::{self, *};
use crate::evs::meaning::Meaning;

const fn row(id: Request, code: &'static str, statuses: &'static [u16], class: Class) -> Code {
    super::code::row(Id::Request(id), code, statuses, class)
}

pub(super) const CODES: &[Code] = &[
    row(Evs0001, "EVS.0001", &[400], Permission),
    row(Evs0002, "EVS.0002", &[400], Permission),
    row(Evs0003, "EVS.0003", &[403], Permission),
    row(Evs1001, "EVS.1001", &[400], Defect),
    row(Evs1002, "EVS.1002", &[400], Defect),
    row(Evs1003, "EVS.1003", &[400], Defect),
    row(Evs1004, "EVS.1004", &[400], Defect),
    row(Evs1005, "EVS.1005", &[400], Defect),
    row(Evs1006, "EVS.1006", &[400], Defect),
    row(Evs1007, "EVS.1007", &[400], Defect),
    row(Evs1008, "EVS.1008", &[400], Defect),
    row(Evs1009, "EVS.1009", &[400], Defect),
    row(Evs1010, "EVS.1010", &[400], Defect),
    row(Evs1011, "EVS.1011", &[400], Defect),
    // No credentials mend this one: what is meant is the volume.
    row(Evs1012, "EVS.1012", &[400], Permission).by_status(),
    row(Evs1013, "EVS.1013", &[400], Defect),
    row(Evs1014, "EVS.1014", &[400], State),
    row(Evs1015, "EVS.1015", &[400], Defect),
    row(Evs1016, "EVS.1016", &[400], Defect),
    row(Evs1017, "EVS.1017", &[400], Defect),
    row(Evs1018, "EVS.1018", &[400], Defect),
    row(Evs1020, "EVS.1020", &[400], Defect),
    row(Evs1021, "EVS.1021", &[400], Defect),
    row(Evs1022, "EVS.1022", &[400], Defect),
    row(Evs1023, "EVS.1023", &[400], Defect),
    row(Evs1024, "EVS.1024", &[400], Defect),
    row(Evs1025, "EVS.1025", &[400], Defect),
    row(Evs1027, "EVS.1027", &[403], Permission),
    row(Evs1031, "EVS.1031", &[400], Defect),
    row(Evs1032, "EVS.1032", &[400], Defect),
    row(Evs1033, "EVS.1033", &[400], Failure),
    row(Evs1034, "EVS.1034", &[400], Quota),
    row(Evs1035, "EVS.1035", &[400], State),
    row(Evs1036, "EVS.1036", &[400], Defect),
    row(Evs1039, "EVS.1039", &[400], Defect),
    row(Evs1040, "EVS.1040", &[400], Defect),
    row(Evs1041, "EVS.1041", &[400], Defect),
    row(Evs1042, "EVS.1042", &[400], Quota),
    row(Evs1043, "EVS.1043", &[400], Defect),
    row(Evs1044, "EVS.1044", &[400], State),
    row(Evs1045, "EVS.1045", &[400], Failure),
    row(Evs1046, "EVS.1046", &[400], State),
    row(Evs1047, "EVS.1047", &[400], State),
    row(Evs1048, "EVS.1048", &[400], State),
    row(Evs1049, "EVS.1049", &[400], Defect),
    row(Evs1051, "EVS.1051", &[400], Defect),
    row(Evs1052, "EVS.1052", &[400], Defect),
    row(Evs1053, "EVS.1053", &[400], Defect),
    row(Evs1054, "EVS.1054", &[400], Defect),
    row(Evs1057, "EVS.1057", &[400], Defect),
    row(Evs1058, "EVS.1058", &[400], Defect),
    row(Evs1061, "EVS.1061", &[400], Defect),
    row(Evs1062, "EVS.1062", &[400], Defect),
    row(Evs1063, "EVS.1063", &[400], Defect),
    row(Evs1064, "EVS.1064", &[400], State),
    row(Evs1065, "EVS.1065", &[400], State),
    row(Evs1066, "EVS.1066", &[400], State),
    row(Evs1067, "EVS.1067", &[400], Failure),
    // The order may exist all the same, and none is made twice.
    row(Evs1068, "EVS.1068", &[400], Failure).means(Meaning::Trouble),
    row(Evs1070, "EVS.1070", &[400], Defect),
];
