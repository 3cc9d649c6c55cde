//! A disk that is full at every possible byte: whatever cannot be written, what is recorded reads, and nothing is
//! bought that the next run does not find.

use super::trials;
use super::world::{converges, files, numbered};
use crate::support::{CREATE, Cloud, Ran, World, run};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

const VOLUMES: &str = "  solo: { size: 10 }\n  trio: { count: 3, size: 10 }";

fn wanted() -> Vec<String> {
    [vec!["solo".to_owned()], numbered("trio", 3)].concat()
}

fn world() -> World {
    World::in_cloud(Cloud::with(&["--job-duration", "20ms"]), VOLUMES)
}

/// An apply none of whose files may have more than so many bytes. A write beyond them fails, or, with `deadly`,
/// kills the process.
fn limited(world: &World, bytes: u64, deadly: bool) -> Ran {
    let apply = world.command(&["apply", "--yes"]);
    let mut command = Command::new("/bin/sh");
    let trap = if deadly { "" } else { "trap '' XFSZ; " };
    command.arg("-c").arg(format!("{trap}exec prlimit --fsize={bytes} --core=0 \"$@\"")).arg("sh");
    command.arg(apply.get_program()).args(apply.get_args());
    command.env_clear().env("PATH", "/usr/bin:/bin").stdin(std::process::Stdio::null());
    run(command)
}

/// What is recorded after a run that ran out of room reads, or nothing is recorded yet.
fn reads(world: &World, ran: &Ran) {
    if world.snapshot().exists() {
        let listed = world.run(&["state", "list"]);
        assert_eq!(listed.code, 0, "{}\n{:?}\nafter\n{}{}", listed.stderr, files(world), ran.stdout, ran.stderr);
    } else {
        let found = files(world);
        assert_eq!(world.cloud.requests(CREATE), 0, "bought without any record: {found:?}");
    }
}

/// A limit that leaves room enough: the first power of two that does.
fn enough() -> u64 {
    let is_enough = |bytes: &u64| limited(&world(), *bytes, false).code == 0;
    (10..24).map(|power| 1 << power).find(is_enough).unwrap()
}

fn proof(step: u64) {
    let most = enough();
    let (no_post, some) = (AtomicU64::new(0), AtomicU64::new(0));
    trials::run("limits of a file's size", (most / step + 1) * 2, |number, _| {
        let (bytes, deadly) = (number / 2 * step, number % 2 == 1);
        let world = world();
        let ran = limited(&world, bytes, deadly);
        // Killed by the signal, or told and tidily left.
        let codes: &[i32] = if deadly { &[-1, 0, 1, 7] } else { &[0, 1, 7] };
        assert!(codes.contains(&ran.code), "{bytes} bytes: {ran:?}");
        assert!(ran.code != 1 || world.cloud.requests(CREATE) == 0, "{bytes} bytes: {ran:?}");
        let posts = if world.cloud.requests(CREATE) == 0 { &no_post } else { &some };
        posts.fetch_add(1, Ordering::Relaxed);
        reads(&world, &ran);
        converges(&world, &wanted());
        match (ran.code, deadly) {
            (0, _) => "had room enough".to_owned(),
            (_, true) => "were killed by the limit".to_owned(),
            (_, false) => "were told of it".to_owned(),
        }
    });
    println!("  up to {most} bytes: {no_post:?} sent no POST, {some:?} some");
}

/// A file system of so many pages of 4096 bytes, gone with its value.
struct Disk<'a>(&'a Path);

impl<'a> Disk<'a> {
    /// `None` where this process may not mount one.
    fn mount(at: &'a Path, pages: u64) -> Option<Disk<'a>> {
        std::fs::create_dir_all(at).unwrap();
        let size = format!("size={}", pages * 4096);
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).output().ok()?;
        mounted.status.success().then_some(Disk(at))
    }

    fn grow(&self) {
        let grown = Command::new("mount").args(["-o", "remount,size=1m"]).arg(self.0).status().unwrap();
        assert!(grown.success());
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

fn full_disks(sizes: std::ops::Range<u64>) {
    let first = sizes.start;
    trials::run("full disks", sizes.end - first, |number, _| {
        let world = world();
        let at = world.dir.path().join("state");
        let Some(disk) = Disk::mount(&at, first + number) else { return "not allowed to mount a disk".to_owned() };
        let ran = world.run(&["apply", "--yes"]);
        assert!([0, 1, 7].contains(&ran.code), "{ran:?}");
        assert!(ran.code != 1 || world.cloud.requests(CREATE) == 0, "{ran:?}");
        reads(&world, &ran);
        disk.grow();
        converges(&world, &wanted());
        if ran.code == 0 { "had room enough".to_owned() } else { "were told of it".to_owned() }
    });
}

#[test]
fn a_few_limits_and_full_disks() {
    proof(2000);
    full_disks(3..6);
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it torture:: -- --ignored --nocapture"]
fn every_limit() {
    proof(trials::number("EVSCTL_STEP", 50));
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it torture:: -- --ignored --nocapture"]
fn every_full_disk() {
    full_disks(1..40);
}
