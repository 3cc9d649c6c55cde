//! What an endpoint answers: a success, or a refusal in the envelope of its API family.

use serde::Serialize;

/// A success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// HTTP status.
    pub(super) status: u16,
    /// JSON; empty where the reference says that there is no body.
    pub(super) body: Vec<u8>,
}

/// A refusal: a code of the error table, its status and its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
}

/// Which error envelope an endpoint speaks (evs-api, errors: envelopes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// `{"error":{"message","code"}}`.
    Custom,
    /// `{"badRequest":{"message","code":400}}` and its relatives.
    Cinder,
}

impl Reply {
    /// A JSON body.
    pub(super) fn json(status: u16, body: &impl Serialize) -> Reply {
        Reply { status, body: serde_json::to_vec(body).unwrap_or_default() }
    }

    /// No body.
    pub(super) fn empty(status: u16) -> Reply {
        Reply { status, body: Vec::new() }
    }
}

/// The codes that the embedded cloud uses, each with its status and published message, in its spelling. The statuses of EVS.2226
/// to EVS.2229 are a choice: no document names them.
const TABLE: &[(&str, u16, &str)] = &[
    ("EVS.0001", 400, "invalid tenant id!"),
    ("EVS.1001", 400, "null volume!"),
    ("EVS.1002", 400, "invalid volume id!"),
    ("EVS.1003", 400, "invalid volume name!"),
    ("EVS.1004", 400, "invalid volume description!"),
    ("EVS.1005", 400, "size of metadata is too large!"),
    ("EVS.1006", 400, "invalid backup id!"),
    ("EVS.1007", 400, "volume name and description can not both be empty!"),
    ("EVS.1008", 400, "null createVolumeReq!"),
    ("EVS.1009", 400, "invalid volumeForCreate!"),
    ("EVS.1010", 400, "invalid volume size!"),
    ("EVS.1011", 400, "null extendVolumeReq!"),
    ("EVS.1014", 400, "volume can not be extended!"),
    ("EVS.1015", 400, "new volume Size must be greater than old Size!"),
    ("EVS.1016", 400, "Invalid input received: May specify only one of imageRef, snapshot_id, backup_id!"),
    ("EVS.1018", 400, "Type conversion error , parameter type is unexpected"),
    ("EVS.1020", 400, "invalid volume type!"),
    ("EVS.1021", 400, "the quantity of volume is invalid!"),
    ("EVS.1022", 400, "the size param is less than backup size!"),
    ("EVS.1023", 400, "invalid filter limit!"),
    ("EVS.1024", 400, "invalid filter marker!"),
    ("EVS.1025", 400, "url encoding failed!"),
    ("EVS.1031", 400, "invalid resources status!"),
    ("EVS.1032", 400, "invalid resources ID!"),
    ("EVS.1034", 400, "volume count exceeded volume count quota!"),
    ("EVS.1035", 400, "periodic volume can not be deleted!"),
    ("EVS.1036", 400, "invalid availability zone!"),
    ("EVS.1039", 400, "invalid sort_key!"),
    ("EVS.1040", 400, "invalid sort_dir!"),
    ("EVS.1041", 400, "invalid filter availablity-zone!"),
    ("EVS.1042", 400, "volume gigabytes exceeded volume gigabytes quota!"),
    (
        "EVS.1043",
        400,
        "encrypt and cmk and passthrougth in metadata is not support when create volume from snapshot or image!",
    ),
    ("EVS.1044", 400, "backup status must be available when create a volume from it!"),
    ("EVS.1045", 400, "backupDetail returned by FSP is null!"),
    (
        "EVS.1046",
        400,
        "volume status must be available, error,  error_extending, error_restoring, error_rollbacking when delete volume!",
    ),
    ("EVS.1047", 400, "snapshot status must be available or error when delete snapshot!"),
    ("EVS.1049", 400, "available-zone is not equal to backup available-zone!"),
    ("EVS.1051", 400, "can not batch create volume from backup!"),
    ("EVS.1052", 400, "invalid http body!"),
    ("EVS.1054", 400, "invalid shareable parameter!"),
    ("EVS.1057", 400, "invalid hw:passthrough in metadata!"),
    ("EVS.1058", 400, "invalid metadata filter!"),
    ("EVS.1061", 400, "The Volume Tags is Exceed Max Limit Num."),
    ("EVS.1062", 400, "invalid tag!"),
    ("EVS.1063", 400, "invalid full_clone in metadata!"),
    ("EVS.1064", 400, "volume status must be available or in-use when extending!"),
    ("EVS.1065", 400, "multiattach volume status must be available when extending!"),
    ("EVS.1066", 400, "status of ECS or BMS does not support volume online extension!"),
    ("EVS.1070", 400, "invalid request."),
    ("EVS.2019", 500, "snapshot is error_deleting!"),
    ("EVS.2020", 500, "volume is error_deleting!"),
    ("EVS.2041", 400, "The encrypt Param is invalid!"),
    ("EVS.2043", 400, "The status of snapshot is not available or backing-up."),
    ("EVS.2045", 400, "invalid snapshot_id!"),
    ("EVS.2046", 400, "invalid imageRef!"),
    ("EVS.2047", 400, "the metadata Param is not allowed to be updated!"),
    ("EVS.2053", 400, "The az information from request is invalid!"),
    ("EVS.2054", 400, "Cannot create volume from snapshot as the az is invalid!"),
    ("EVS.2059", 400, "invalid enterpriseProjectID"),
    ("EVS.2068", 400, "operation failed because of volume be locked"),
    ("EVS.2070", 400, "VolumeTypes are not supported !"),
    ("EVS.2083", 400, "AZ and volume type must not be empty or null!"),
    ("EVS.2084", 400, "resource size must greater than zero!"),
    ("EVS.2087", 400, "retype failed. please make sure that type is supported and the new one is higher then origin"),
    ("EVS.2088", 400, "The EVS disk does not support retype."),
    ("EVS.2089", 400, "operation failed because the volume is belong to SDRS"),
    ("EVS.2094", 400, "system image is not support to create  Multiattach/shareable volume !"),
    ("EVS.2108", 400, "Request body is invalid."),
    ("EVS.2130", 400, "Volume is backing-up, forbidden deleting!"),
    ("EVS.2131", 400, "Query server info from ecs fail"),
    ("EVS.2134", 400, "call ecs api - attach volume fail."),
    ("EVS.2142", 400, "invalid filter limit, can not greater than 1000."),
    ("EVS.2147", 400, "invalid bssParam."),
    ("EVS.2218", 400, "invalid X-Client-Token in header"),
    ("EVS.2219", 400, "url/project id/body conflict with X-Client-Token"),
    ("EVS.2220", 400, "idempotent request over 8 hours from the first reqeust."),
    ("EVS.2221", 400, "idempotent request wait timeout, because of another same request is processing."),
    ("EVS.2222", 400, "idempotent request query resource error."),
    ("EVS.2223", 400, "idempotent request is not supprted yet."),
    ("EVS.2226", 400, "volume have mutil attachements, must contain server id in body."),
    ("EVS.2227", 400, "volume status must be in-use when volume operate under server."),
    ("EVS.2228", 400, "input volume ids must not be over 60."),
    ("EVS.2229", 400, "input server id not found at ECS."),
    ("EVS.5400", 400, "Malformed request body."),
    ("EVS.2409", 409, "snapshot is busy"),
    ("EVS.5403", 403, "Policy check failed."),
    ("EVS.5404", 404, "Resource(Volume, Snapshot, Backup .etc) cound not be found."),
    ("EVS.5413", 413, "Insufficient volume quota."),
    ("EVS.5500", 500, "Internal server error."),
    ("EVS.5503", 503, "Service unavailable."),
    ("Common.0011", 400, "query job fail."),
    ("Common.0018", 400, "Invalid token in the header"),
];

impl Refusal {
    /// The refusal of that code, with its published message.
    pub(super) fn of(code: &'static str) -> Refusal {
        let (status, message) =
            TABLE.iter().find(|row| row.0 == code).map_or((400, "invalid request."), |row| (row.1, row.2));
        Refusal { status, code, message: message.to_owned() }
    }

    /// The refusal of that code, with a message of its own.
    pub(super) fn saying(code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { message: message.into(), ..Refusal::of(code) }
    }

    /// That there is no volume of that id.
    pub(super) fn no_volume(id: impl std::fmt::Display) -> Refusal {
        Refusal::saying("EVS.5404", format!("Volume {id} could not be found."))
    }

    /// The same, as Cinder has it: a status of its own for a quota that does not suffice.
    pub(super) fn over_limit(self) -> Refusal {
        match self.code {
            "EVS.1034" | "EVS.1042" => Refusal::of("EVS.5413"),
            _ => self,
        }
    }

    /// The answer, in the envelope of the family.
    pub(super) fn reply(&self, family: Family) -> Reply {
        let body = match family {
            Family::Custom => serde_json::json!({"error": {"message": self.message, "code": self.code}}),
            Family::Cinder => {
                let envelope = match self.status {
                    403 => "forbidden",
                    404 => "itemNotFound",
                    409 => "conflictingRequest",
                    413 => "overLimit",
                    500.. => "computeFault",
                    _ => "badRequest",
                };
                let mut told = serde_json::json!({"message": self.message, "code": self.status});
                if self.status == 413 {
                    // Cinder's own says when to come again: at once, since only what is freed helps.
                    told["retryAfter"] = serde_json::json!("0");
                }
                serde_json::json!({ envelope: told })
            }
        };
        Reply::json(self.status, &body)
    }
}

/// An answer of the gateway, which stands before the service: `{"error_msg","error_code","request_id"}`.
pub(super) fn gateway(status: u16, code: &str, message: &str, request_id: &str) -> Reply {
    Reply::json(status, &serde_json::json!({"error_msg": message, "error_code": code, "request_id": request_id}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_has_its_envelope() {
        let refusal = Refusal::of("EVS.5404");
        let text = |family| String::from_utf8(refusal.reply(family).body).unwrap();
        assert!(text(Family::Custom).starts_with(r#"{"error":{"message":"Resource(Volume"#));
        assert!(text(Family::Custom).ends_with(r#""code":"EVS.5404"}}"#));
        assert!(
            text(Family::Cinder).starts_with(r#"{"itemNotFound":{"#)
                && text(Family::Cinder).ends_with(r#""code":404}}"#)
        );
    }

    #[test]
    fn each_code_stands_once() {
        let mut codes: Vec<&str> = TABLE.iter().map(|row| row.0).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), TABLE.len());
    }

    #[test]
    fn every_code_that_it_answers_with_is_explained() {
        for (code, status, _) in TABLE {
            let known = crate::evs::codes::find(code).unwrap();
            assert!(known.statuses.contains(status), "{code} {status}");
        }
    }
}
