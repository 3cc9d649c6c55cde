"""Calls operations of the vendor's SDK, and reads every answer with the SDK's own models.

A model requires an attribute where its constructor assigns it without asking whether it is there. What the service is known
to leave out all the same stands in ABSENT with the reason; an entry of it that is never needed is an error.
"""

import functools
import inspect
import re
import time

import huaweicloudsdkevs.v2 as sdk
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException

NULL = "keys whose value is null are left out, as in all recordings"
UNSET = "it is null where nothing is set (a choice)"
RIGHT = "it is null where nothing is wrong, as documented"
ABSENT = {
    ("VolumeDetail", "snapshot_id"): NULL,
    ("VolumeDetail", "description"): NULL,
    ("VolumeDetail", "os_volume_replicationextended_status"): NULL,
    ("VolumeDetail", "os_vol_mig_status_attrmigstat"): NULL,
    ("VolumeDetail", "os_vol_mig_status_attrname_id"): NULL,
    ("VolumeDetailForTag", "snapshot_id"): NULL,
    ("VolumeDetailForTag", "os_volume_replicationextended_status"): NULL,
    ("VolumeDetailForTag", "os_vol_mig_status_attrmigstat"): NULL,
    ("VolumeDetailForTag", "os_vol_mig_status_attrname_id"): NULL,
    ("SnapshotDetailV5", "retention_at"): UNSET,
    ("SnapshotDetailV5", "description"): UNSET,
    ("SnapshotDetailV5", "cmk_id"): UNSET,
    ("SnapshotDetailV5", "encrypt_algorithm"): UNSET,
    ("SnapshotGroupDetail", "server_id"): UNSET,
    ("GetSnapshotPolicy", "repeat_interval_days"): UNSET,
    ("SnapshotDetailV5", "instant_access_retention_at"): UNSET,
    ("SubJob", "error_code"): RIGHT,
    ("SubJob", "fail_reason"): RIGHT,
}


@functools.cache
def required(model):
    source = inspect.getsource(model.__init__)
    return [name for name in model.openapi_types if re.search(rf"^        self\.{name} = {name}$", source, re.MULTILINE)]


class Caller:
    """One client. `called` holds the names of the operations that were answered, `refused` those that were not."""

    def __init__(self, evs):
        self.evs = evs
        self.called = set()
        self.refused = {}
        self.absent = set()

    def __call__(self, operation, request):
        answer = getattr(self.evs, operation)(request)
        self.called.add(operation)
        self.read(answer, operation)
        return answer

    def __getattr__(self, operation):
        return lambda request: self(operation, request)

    def refusal(self, operation, request):
        """Status and code of an operation that must be refused."""
        try:
            getattr(self.evs, operation)(request)
        except ServiceResponseException as error:
            self.refused[operation] = (error.status_code, error.error_code)
            return error.status_code, error.error_code
        raise AssertionError(f"{operation} is not refused")

    def read(self, value, place):
        if isinstance(value, list):
            for item in value:
                self.read(item, f"{place}[]")
        elif hasattr(value, "openapi_types"):
            kind = type(value).__name__
            for name in value.openapi_types:
                item = getattr(value, name)
                if item is None and name in required(type(value)):
                    assert (kind, name) in ABSENT, f"{place}: {kind} has no {name}"
                    self.absent.add((kind, name))
                self.read(item, f"{place}.{name}")

    def job(self, job_id):
        """The job, once it is over."""
        for _ in range(200):
            job = self("show_job", sdk.ShowJobRequest(job_id=job_id))
            if job.status in ("SUCCESS", "FAIL"):
                assert job.status == "SUCCESS", job
                return job
            time.sleep(0.05)
        raise AssertionError(f"job {job_id} does not end")

    def until(self, what, look):
        """What `look` gives, once it gives something."""
        for _ in range(200):
            found = look()
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{what} does not come")

    def volume(self, volume_id):
        return self("show_volume", sdk.ShowVolumeRequest(volume_id=volume_id)).volume

    def create(self, name, count=1, kind="SSD", size=10, **more):
        """The ids of new volumes, once they are made."""
        option = sdk.CreateVolumeOption(
            availability_zone="az-dc-1", volume_type=kind, size=size, name=name, count=count, **more
        )
        answer = self("create_volume", sdk.CreateVolumeRequest(body=sdk.CreateVolumeRequestBody(volume=option)))
        job = self.job(answer.job_id)
        ids = [part.entities.volume_id for part in job.entities.sub_jobs or [job]]
        assert len(ids) == count and all(ids), job
        return ids

    def delete(self, volume_id):
        self.job(self("delete_volume", sdk.DeleteVolumeRequest(volume_id=volume_id)).job_id)
