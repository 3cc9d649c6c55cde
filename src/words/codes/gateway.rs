//! What the gateway's codes say. Where the reference has one meaning for several codes, they have one here.

use super::steps::{AGAIN, OURS, SUPPORT, TOKEN};
use crate::evs::codes::Gateway::{self, *};

/// What happened.
pub(super) fn says(code: Gateway) -> &'static str {
    match code {
        Apigw0101 => "no such call is offered at this address",
        Apigw0103 => "the gateway does not find the service behind it",
        Apigw0104 | Apigw0105 | Apigw0106 => "a plug-in, a way or a rule of the gateway is set up wrongly",
        Apigw0201 => "the request is malformed or too large; as a 5xx, the service is away",
        Apigw0301 => "IAM did not accept the token, the key or the signature",
        Apigw0302 | Apigw0304 | Apigw0306 | Apigw0310 => {
            "the user or application has no right here, or the project is another"
        }
        Apigw0303 | Apigw0305 | Apigw0311 => "the application's credentials are wrong, or a clock is",
        Apigw0307 => "the token has to be renewed",
        Apigw0308 => "too many requests within a time; this one was not carried out",
        Apigw0401 | Apigw0402 | Apigw0404 => "this address or account is blocked",
        Apigw0501 | Apigw0502 => "the call is closed, or its allowance is used up",
        Apigw0601 | Apigw0605 | Apigw0606 | Apigw0608 | Apigw0609 | Apigw0611 | Apigw0612 => {
            "something broke inside the gateway"
        }
        Apigw0602 | Apigw0607 => "the gateway takes a parameter for wrong",
        Apigw0610 => "the gateway cannot reach the service",
        Apigw0613 => "the gateway shields the service from too many requests",
        Apigw0705 => "the gateway could not compute a signature",
        Apigw0801 => "the call is blocked in this region",
        Apigw0802 => "the account is restricted",
    }
}

/// What to do about it.
pub(super) fn next(code: Gateway) -> &'static str {
    match code {
        Apigw0101 | Apigw0103 => "check region, endpoint and project of `cloud` in the manifest",
        Apigw0104 | Apigw0105 | Apigw0106 | Apigw0501 | Apigw0502 => SUPPORT,
        Apigw0201 => "after a 5xx run the command again; else report it, with the request id",
        Apigw0301 | Apigw0303 | Apigw0305 | Apigw0307 | Apigw0311 => TOKEN,
        Apigw0302 | Apigw0304 | Apigw0306 | Apigw0310 => {
            "have the right granted, and check the project's id in the manifest"
        }
        Apigw0308 => "nothing where it passes; else give apply a lower --parallelism",
        Apigw0401 | Apigw0402 | Apigw0404 | Apigw0801 | Apigw0802 => {
            "ask whoever looks after the account why it is blocked"
        }
        Apigw0601 | Apigw0605 | Apigw0606 | Apigw0608 | Apigw0609 | Apigw0610 | Apigw0611 | Apigw0612 | Apigw0613
        | Apigw0705 => AGAIN,
        Apigw0602 | Apigw0607 => OURS,
    }
}
