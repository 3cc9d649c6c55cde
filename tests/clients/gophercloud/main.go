// Gophercloud, on which Terraform's provider for OpenStack and the volume drivers of Kubernetes rest, as it is, against the
// embedded cloud, which it finds by OS_AUTH_URL alone. The first thing that is wrong ends it.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/gophercloud/gophercloud"
	"github.com/gophercloud/gophercloud/openstack"
	"github.com/gophercloud/gophercloud/openstack/blockstorage/extensions/quotasets"
	"github.com/gophercloud/gophercloud/openstack/blockstorage/extensions/volumeactions"
	"github.com/gophercloud/gophercloud/openstack/blockstorage/extensions/volumetransfers"
	"github.com/gophercloud/gophercloud/openstack/blockstorage/v3/snapshots"
	"github.com/gophercloud/gophercloud/openstack/blockstorage/v3/volumes"
	"github.com/gophercloud/gophercloud/openstack/blockstorage/v3/volumetypes"
)

// Ends the program where a step failed.
func must(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
		os.Exit(1)
	}
}

func ensure(what string, holds bool) {
	if !holds {
		must(what, fmt.Errorf("it does not hold"))
	}
}

// Waits until it holds.
func until(what string, holds func() bool) {
	for i := 0; i < 200; i++ {
		if holds() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	must(what, fmt.Errorf("it does not come"))
}

func main() {
	options, err := openstack.AuthOptionsFromEnv()
	must("the environment", err)
	provider, err := openstack.AuthenticatedClient(options)
	must("the token", err)
	region := gophercloud.EndpointOpts{Region: os.Getenv("OS_REGION_NAME")}
	client, err := openstack.NewBlockStorageV3(provider, region)
	must("the endpoint", err)

	pages, err := volumetypes.List(client, volumetypes.ListOpts{}).AllPages()
	must("the types", err)
	types, err := volumetypes.ExtractVolumeTypes(pages)
	must("the types", err)
	ensure("there are types", len(types) > 0)
	usage, err := quotasets.GetUsage(client, os.Getenv("OS_PROJECT_ID")).Extract()
	must("the quota", err)
	before := usage.Volumes.InUse

	made, err := volumes.Create(client, volumes.CreateOpts{
		Name: "first", Size: 10, VolumeType: "SSD", AvailabilityZone: "az-dc-1",
		Metadata: map[string]string{"team": "data"},
	}).Extract()
	must("a volume", err)
	get := func() *volumes.Volume {
		volume, err := volumes.Get(client, made.ID).Extract()
		must("the volume", err)
		return volume
	}
	until("the volume is available", func() bool { return get().Status == "available" })
	ensure("it has its metadata", get().Metadata["team"] == "data")
	usage, err = quotasets.GetUsage(client, os.Getenv("OS_PROJECT_ID")).Extract()
	must("the quota", err)
	ensure("it counts", usage.Volumes.InUse == before+1)

	name, description := "second", "later"
	updated, err := volumes.Update(client, made.ID, volumes.UpdateOpts{
		Name: &name, Description: &description, Metadata: map[string]string{"stage": "test"},
	}).Extract()
	must("the update", err)
	ensure("it has its new name", updated.Name == name)
	ensure("it has its new metadata", get().Metadata["stage"] == "test")
	must("the extension", volumeactions.ExtendSize(client, made.ID, volumeactions.ExtendSizeOpts{NewSize: 20}).ExtractErr())
	until("it is larger", func() bool { volume := get(); return volume.Size == 20 && volume.Status == "available" })
	must("the flag", volumeactions.SetBootable(client, made.ID, volumeactions.BootableOpts{Bootable: true}).ExtractErr())
	ensure("it is bootable", get().Bootable == "true")

	pages, err = volumes.List(client, volumes.ListOpts{Name: name}).AllPages()
	must("the list", err)
	found, err := volumes.ExtractVolumes(pages)
	must("the list", err)
	ensure("it is listed", len(found) == 1 && found[0].ID == made.ID)

	taken, err := snapshots.Create(client, snapshots.CreateOpts{VolumeID: made.ID, Name: "of-second"}).Extract()
	must("a snapshot", err)
	until("the snapshot is available", func() bool {
		snapshot, err := snapshots.Get(client, taken.ID).Extract()
		must("the snapshot", err)
		return snapshot.Status == "available"
	})
	pages, err = snapshots.List(client, snapshots.ListOpts{VolumeID: made.ID}).AllPages()
	must("the snapshots", err)
	listed, err := snapshots.ExtractSnapshots(pages)
	must("the snapshots", err)
	ensure("it is listed", len(listed) == 1 && listed[0].ID == taken.ID)
	_, err = snapshots.UpdateMetadata(client, taken.ID, snapshots.UpdateMetadataOpts{
		Metadata: map[string]interface{}{"team": "data"},
	}).ExtractMetadata()
	must("the metadata of the snapshot", err)
	must("the end of the snapshot", snapshots.Delete(client, taken.ID).ExtractErr())
	until("the snapshot is gone", func() bool {
		_, err := snapshots.Get(client, taken.ID).Extract()
		_, gone := err.(gophercloud.ErrDefault404)
		return gone
	})

	offered, err := volumetransfers.Create(client, volumetransfers.CreateOpts{VolumeID: made.ID, Name: "gift"}).Extract()
	must("a transfer", err)
	pages, err = volumetransfers.List(client, volumetransfers.ListOpts{}).AllPages()
	must("the transfers", err)
	transfers, err := volumetransfers.ExtractTransfers(pages)
	must("the transfers", err)
	ensure("it is listed", len(transfers) == 1 && transfers[0].ID == offered.ID)
	must("the end of the transfer", volumetransfers.Delete(client, offered.ID).ExtractErr())

	must("the deletion", volumes.Delete(client, made.ID, volumes.DeleteOpts{}).ExtractErr())
	until("the volume is gone", func() bool {
		_, err := volumes.Get(client, made.ID).Extract()
		_, gone := err.(gophercloud.ErrDefault404)
		return gone
	})
	fmt.Println("all steps done")
}
