//! The signing vectors (EVS API reference, "Signing test vectors"): made by the vendor's own signer with keys that exist
//! nowhere.

/// One request, and what its signing gives.
pub(super) struct Vector {
    pub(super) what: &'static str,
    pub(super) method: &'static str,
    pub(super) url: &'static str,
    pub(super) headers: &'static [(&'static str, &'static str)],
    pub(super) body: &'static str,
    pub(super) digest: &'static str,
    pub(super) authorization: &'static str,
}

pub(super) const ACCESS: &str = "EVSCTLTESTAK00000001";
pub(super) const SECRET: &str = "evsctlTestSecretKey0000000000000000000001";

pub(super) const VECTORS: [Vector; 8] = [
    Vector {
        what: "GET list with query",
        method: "GET",
        url: "https://evs.cn-north-4.myhuaweicloud.com/v2/0123456789abcdef0123456789abcdef/cloudvolumes/detail?limit=50&name=my%20vol%2B1&offset=100&status=available",
        headers: &[
            ("content-type", "application/json"),
            ("host", "evs.cn-north-4.myhuaweicloud.com"),
            ("x-project-id", "0123456789abcdef0123456789abcdef"),
            ("x-sdk-date", "20240102T030405Z"),
        ],
        body: r#""#,
        digest: "04a30134c174aa184195c33886c4384569ce7979053ab0befe050607a9c8c4db",
        authorization: "SDK-HMAC-SHA256 Access=EVSCTLTESTAK00000001, SignedHeaders=content-type;host;x-project-id;x-sdk-date, Signature=0b50654ae855d78220ed59b8d9aea3abe68b55cdec221316d0332938c284a330",
    },
    Vector {
        what: "POST v3 create, JSON body (ASCII)",
        method: "POST",
        url: "https://evs.cn-north-4.myhuaweicloud.com/v3/0123456789abcdef0123456789abcdef/cloudvolumes",
        headers: &[
            ("content-type", "application/json"),
            ("host", "evs.cn-north-4.myhuaweicloud.com"),
            ("x-project-id", "0123456789abcdef0123456789abcdef"),
            ("x-sdk-date", "20240102T030405Z"),
        ],
        body: r#"{"volume":{"availability_zone":"cn-north-4a","count":2,"name":"volume","size":40,"volume_type":"SSD"}}"#,
        digest: "cb8d7074fb42915a7449ee05f80270f3f4d730ed82c1fd7dc003e664a5d5cc11",
        authorization: "SDK-HMAC-SHA256 Access=EVSCTLTESTAK00000001, SignedHeaders=content-type;host;x-project-id;x-sdk-date, Signature=1310747cb99bf5534ade4cf79bfde5a19c0d6af613d7f786b870351d7d3cf4fb",
    },
    Vector {
        what: "POST create, JSON body with UTF-8 and idempotency header",
        method: "POST",
        url: "https://evs.cn-north-4.myhuaweicloud.com/v3/0123456789abcdef0123456789abcdef/cloudvolumes",
        headers: &[
            ("content-type", "application/json;charset=UTF-8"),
            ("host", "evs.cn-north-4.myhuaweicloud.com"),
            ("x-client-token", "7a1bb31b-ccad-4beb-9340-3a0de70cadb4"),
            ("x-project-id", "0123456789abcdef0123456789abcdef"),
            ("x-sdk-date", "20240630T235959Z"),
        ],
        body: r#"{"volume":{"availability_zone":"cn-north-4a","description":"数据盘","name":"卷-1","size":10,"volume_type":"SAS","tags":{"环境":"prod"}}}"#,
        digest: "b581d68d9495cc6eb77d39e9d3eb6e06f5abb554559ad6febbe327c51cd6dba4",
        authorization: "SDK-HMAC-SHA256 Access=EVSCTLTESTAK00000001, SignedHeaders=content-type;host;x-client-token;x-project-id;x-sdk-date, Signature=6647581d70391e6b1b8f94f716d926b9f61a1c4acb1d5b2b3ad9c240d2fd4be7",
    },
    Vector {
        what: "path with special characters",
        method: "PUT",
        url: "https://evs.cn-north-4.myhuaweicloud.com/v3/0123456789abcdef0123456789abcdef/volumes/5aa119a8-d25b-45a7-8d1b-88e127885635/metadata/hw%3Apass%20through%2Bx~y",
        headers: &[
            ("content-type", "application/json"),
            ("host", "evs.cn-north-4.myhuaweicloud.com"),
            ("x-project-id", "0123456789abcdef0123456789abcdef"),
            ("x-sdk-date", "20240102T030405Z"),
        ],
        body: r#"{"meta":{"hw:pass through+x~y":"true"}}"#,
        digest: "13d4cc165ffa97bda99830590e8c7df855bc86f491aecf249266ab9cf54e8440",
        authorization: "SDK-HMAC-SHA256 Access=EVSCTLTESTAK00000001, SignedHeaders=content-type;host;x-project-id;x-sdk-date, Signature=0556a4aec1bb6cb5c9a3ed1de9ef16394a658dbd4c558f21db93515d4100bc04",
    },
    Vector {
        what: "temporary credentials (security token), DELETE, no body",
        method: "DELETE",
        url: "https://evs.cn-north-4.myhuaweicloud.com/v2/0123456789abcdef0123456789abcdef/cloudvolumes/b104b8db-170d-441b-897a-3c8ba9c5a214",
        headers: &[
            ("content-type", "application/json"),
            ("host", "evs.cn-north-4.myhuaweicloud.com"),
            ("x-project-id", "0123456789abcdef0123456789abcdef"),
            ("x-sdk-date", "20241231T000000Z"),
            ("x-security-token", "gQpjbi1ub3J0aC00FAKETOKEN+/=="),
        ],
        body: r#""#,
        digest: "cca06f98a26bb555397ca033be80dfeac1ee74015bdb7c5736e98d25c30dd012",
        authorization: "SDK-HMAC-SHA256 Access=EVSCTLTESTAK00000001, SignedHeaders=content-type;host;x-project-id;x-sdk-date;x-security-token, Signature=a9c834746685698c35b50c556e97e506f6e23dc32319ee2e74d84bb2bcf7ab7a",
    },
    Vector {
        what: "query encoding and sorting",
        method: "GET",
        url: "https://evs.cn-north-4.myhuaweicloud.com/v2/0123456789abcdef0123456789abcdef/cloudvolumes/detail?Z=1&a=2&ids=%5B%27a-1%27%2C%27b-2%27%5D&metadata=%7B%22hw%3Apassthrough%22%3Atrue%7D&name=%E7%9B%98%2A~%2F",
        headers: &[
            ("content-type", "application/json"),
            ("host", "evs.cn-north-4.myhuaweicloud.com"),
            ("x-project-id", "0123456789abcdef0123456789abcdef"),
            ("x-sdk-date", "20240102T030405Z"),
        ],
        body: r#""#,
        digest: "fabbc5ced0a540685a40cce9425ab1942b442e77ab16f76445f4b3eddf41d88a",
        authorization: "SDK-HMAC-SHA256 Access=EVSCTLTESTAK00000001, SignedHeaders=content-type;host;x-project-id;x-sdk-date, Signature=3f9d9f2ee41c4c4fe0915165a0382b04345b031cc1bb5ed0fb780574121a4d7a",
    },
    Vector {
        what: "minimal headers, no project header, job query",
        method: "GET",
        url: "https://evs.cn-north-4.myhuaweicloud.com/v1/0123456789abcdef0123456789abcdef/jobs/70a599e0-31e7-49b7-b260-868f441e862b",
        headers: &[("host", "evs.cn-north-4.myhuaweicloud.com"), ("x-sdk-date", "20240102T030405Z")],
        body: r#""#,
        digest: "b3a0c48328949a3898d5973b3162192f4896f27136430e842a0ba0b64c3b193d",
        authorization: "SDK-HMAC-SHA256 Access=EVSCTLTESTAK00000001, SignedHeaders=host;x-sdk-date, Signature=6756d9f21414ee00467a15b5035b0fb5b1304c98e4de462aeabd3dc4a793994c",
    },
    Vector {
        what: "host with port, plain http simulator",
        method: "GET",
        url: "http://127.0.0.1:8774/v1/0123456789abcdef0123456789abcdef/jobs/70a599e0-31e7-49b7-b260-868f441e862b",
        headers: &[("host", "127.0.0.1:8774"), ("x-sdk-date", "20240102T030405Z")],
        body: r#""#,
        digest: "875c24149d4d60083925e69daa720ab1deb526c6efebe7c5811ead75c8be7359",
        authorization: "SDK-HMAC-SHA256 Access=EVSCTLTESTAK00000001, SignedHeaders=host;x-sdk-date, Signature=f3c6b4567d7a93bde0205cf7af0a2cf643dd19ea00f82942a231b8f351e4cb03",
    },
];
