"""The vendor's SDK, as it is, against the embedded cloud, with nothing but an identity token.

Arguments: the cloud's address, the URNs of a provider and an agency, the id of an identity provider of IAM, an identity
token, a project's id. Each way of exchanging reads the volumes once, and a wrong token is refused by both. The first
thing that is wrong ends it.
"""

import os
import sys
import tempfile

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.auth.provider import EnvCredentialProvider, OidcStsCredentialProvider
from huaweicloudsdkcore.exceptions.exceptions import SdkException, ServiceResponseException
from huaweicloudsdkevs.v2 import EvsClient, ListVolumesRequest


def volumes(address, credentials):
    evs = EvsClient.new_builder().with_credentials(credentials).with_endpoint(address).build()
    return sorted(volume.name for volume in evs.list_volumes(ListVolumesRequest(limit=100)).volumes)


def by_agency(address, provider, agency, token, project):
    oidc = OidcStsCredentialProvider(
        "basic", provider_urn=provider, agency_urn=agency, id_token=token, sts_endpoint=address
    )
    return volumes(address, oidc.get_credentials().with_project_id(project))


def by_provider(address, idp, path, project):
    credentials = BasicCredentials().with_project_id(project).with_idp_id(idp).with_id_token_file(path)
    return volumes(address, credentials.with_iam_endpoint(address))


def by_environment(address, provider, agency, path, project):
    os.environ.update(
        HUAWEICLOUD_OIDC_PROVIDER_URN=provider,
        HUAWEICLOUD_OIDC_AGENCY_URN=agency,
        HUAWEICLOUD_OIDC_TOKEN_FILE=path,
        HUAWEICLOUD_SDK_STS_ENDPOINT=address,
        HUAWEICLOUD_SDK_PROJECT_ID=project,
    )
    return volumes(address, OidcStsCredentialProvider.get_basic().get_credentials())


def provider_by_environment(address, idp, path, project):
    os.environ.update(
        HUAWEICLOUD_SDK_IDP_ID=idp,
        HUAWEICLOUD_SDK_ID_TOKEN_FILE=path,
        HUAWEICLOUD_SDK_IAM_ENDPOINT=address,
        HUAWEICLOUD_SDK_PROJECT_ID=project,
    )
    return volumes(address, EnvCredentialProvider.get_basic().get_credentials())


def refused(call):
    try:
        call()
    except (SdkException, ServiceResponseException) as error:
        return "401" in str(error)
    return False


def main(address, provider, agency, idp, token, project, names):
    expected = sorted(name for name in names.split(",") if name)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "id-token")
        with open(path, "w") as file:
            file.write(token + "\n")
        for seen in (
            by_agency(address, provider, agency, token, project),
            by_provider(address, idp, path, project),
            by_environment(address, provider, agency, path, project),
            provider_by_environment(address, idp, path, project),
        ):
            assert seen == expected, seen
        print("four ways in")
        with open(path, "w") as file:
            file.write("another")
        assert refused(lambda: by_agency(address, provider, agency, "another", project))
        assert refused(lambda: by_provider(address, idp, path, project))
        print("a wrong token is refused")
    print("all steps done")


if __name__ == "__main__":
    main(*sys.argv[1:])
