use super::*;
use proptest::prelude::*;
use vectors::{ACCESS, SECRET, VECTORS, Vector};

mod vectors;

fn request(vector: &'static Vector) -> Request<'static> {
    let rest = vector.url.split_once("://").unwrap().1;
    let path = &rest[rest.find('/').unwrap()..];
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    Request { method: vector.method, path, query, headers: vector.headers, body: vector.body.as_bytes() }
}

#[test]
fn every_vector_of_the_vendors_signer_comes_out_the_same() {
    for vector in &VECTORS {
        let request = request(vector);
        let names: Vec<&str> = vector.headers.iter().map(|(name, _)| *name).collect();
        let canonical = request.canonical(&names);
        assert_eq!(hex(&Sha256::digest(&canonical)), vector.digest, "{}:\n{canonical}", vector.what);
        assert_eq!(request.authorization(ACCESS, SECRET.as_bytes()), vector.authorization, "{}", vector.what);
    }
}

#[test]
fn a_signature_holds_for_its_request_and_secret_alone() {
    for vector in &VECTORS {
        let request = request(vector);
        let claim = Claim::read(vector.authorization).unwrap();
        assert_eq!(claim.access, ACCESS);
        assert!(claim.holds(&request, SECRET.as_bytes()), "{}", vector.what);
        assert!(!claim.holds(&request, b"another"), "{}", vector.what);
        assert!(!claim.holds(&Request { method: "PATCH", ..request }, SECRET.as_bytes()), "{}", vector.what);
        assert!(!claim.holds(&Request { path: "/v2", ..request }, SECRET.as_bytes()), "{}", vector.what);
        assert!(!claim.holds(&Request { query: "q=1", ..request }, SECRET.as_bytes()), "{}", vector.what);
        assert!(!claim.holds(&Request { body: b"{}", ..request }, SECRET.as_bytes()), "{}", vector.what);
        assert!(!claim.holds(&Request { headers: &[], ..request }, SECRET.as_bytes()), "{}", vector.what);
    }
}

#[test]
fn headers_that_are_not_signed_are_of_no_account() {
    let vector = &VECTORS[6];
    let more: Vec<(&str, &str)> =
        vector.headers.iter().copied().chain([("x-project-id", "p"), ("user-agent", "x")]).collect();
    let claim = Claim::read(vector.authorization).unwrap();
    assert!(claim.holds(&Request { headers: &more, ..request(vector) }, SECRET.as_bytes()));
}

#[test]
fn what_signs_no_date_or_no_host_holds_for_nothing() {
    let headers = [("content-type", "application/json"), ("x-sdk-date", "20240102T030405Z")];
    let request = Request { method: "GET", path: "/", query: "", headers: &headers, body: b"" };
    let authorization = request.authorization(ACCESS, SECRET.as_bytes());
    assert!(!Claim::read(&authorization).unwrap().holds(&request, SECRET.as_bytes()), "any host could replay it");
}

#[test]
fn other_headers_are_no_claims() {
    for text in [
        "",
        "Basic abc",
        "SDK-HMAC-SHA256",
        "SDK-HMAC-SHA256 Access=a, SignedHeaders=host;x-sdk-date",
        "SDK-HMAC-SHA256 Access=a, SignedHeaders=host, Signature=zz",
        "SDK-HMAC-SHA256 Access=a, SignedHeaders=host, Signature=abc",
        "SDK-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=ab",
        "SDK-HMAC-SM3 Access=a, SignedHeaders=host, Signature=ab",
    ] {
        assert_eq!(Claim::read(text), None, "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(
        authorization in "(SDK-HMAC-SHA256 )?.{0,60}", path in ".{0,40}", query in ".{0,40}", secret in ".{0,80}",
    ) {
        let headers = [("host", "h"), (DATE, "20240102T030405Z")];
        let request = Request { method: "GET", path: &path, query: &query, headers: &headers, body: b"b" };
        if let Some(claim) = Claim::read(&authorization) {
            prop_assert!(!claim.holds(&request, secret.as_bytes()));
        }
        let signed = request.authorization("a", secret.as_bytes());
        prop_assert!(Claim::read(&signed).unwrap().holds(&request, secret.as_bytes()));
    }

    #[test]
    fn a_parameter_that_was_encoded_reads_back(text in ".{0,40}") {
        prop_assert_eq!(decode(&encoded(&text)), text.as_bytes());
        prop_assert_eq!(canonical_query(&format!("q={}", encoded(&text))), format!("q={}", encoded(&text)));
    }
}
