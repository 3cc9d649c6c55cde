//! What `import` says.

use crate::import::terraform::{FORMAT, Partly, Unreadable};
use crate::import::{By, Left, NotInserted, Note, Reason, Unmatched};
use crate::manifest::Place;
use crate::plan::FieldChange;
use crate::volume::SizeGb;
use crate::words::number::{count, either, them};
use crate::words::{Told, field, problem};
use std::path::Path;

/// The heads of the list of entries.
pub const HEADS: [&str; 5] = ["ADDRESS", "TYPE", "SIZE", "ZONE", "NAME"];

/// The heads of the list of what was left.
pub const LEFT_HEADS: [&str; 4] = ["NAME", "ID", "CODE", "WHY"];

/// That no volume was named.
pub fn nothing_chosen() -> Told {
    Told::new("which volumes shall be taken over?").hint(
        "name them by --id ID, --name 'kafka-*', --tag KEY[=VALUE] or --zone ZONE, or take --all; or give a Terraform state \
         by --from-terraform FILE",
    )
}

/// The flag by which volumes are meant.
pub fn flag(by: By) -> &'static str {
    match by {
        By::Id => "--id",
        By::Name => "--name",
        By::Tag => "--tag",
        By::Zone => "--zone",
    }
}

/// That nothing was written, since no volume is what was asked for. The project has so many.
pub fn matches_none(unmatched: &[Unmatched], volumes: usize) -> Told {
    const SHOW: &str = "`--all --output -` shows the entries of all, with their names and zones";
    if volumes == 0 {
        return Told::new("the project has no volumes")
            .hint("look whether `cloud` in the manifest names the right project");
    }
    if unmatched.is_empty() {
        return Told::new("no volume of the project matches all of these flags together")
            .hint(format!("each of them matches some: leave one out; {SHOW}"));
    }
    let asked: Vec<String> = unmatched.iter().map(|it| format!("{} '{}'", flag(it.by), it.value)).collect();
    Told::new(format!("nothing was written: no volume of the project matches {}", asked.join(" or "))).hint(SHOW)
}

/// That there is no manifest to write into.
pub fn no_manifest(path: &Path) -> Told {
    Told::new(format!("there is no manifest in {}", path.display())).hint(
        "write its head first: `stack: NAME`, `cloud: { region: REGION, project_id: ID }` and `volumes: {}`, each on a line",
    )
}

/// Where the entries were written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrote<'p> {
    /// Into these files of the manifest, or into a new file.
    Files(&'p [&'p Path]),
    /// To stdout.
    Stdout,
    /// Nowhere: there is nothing to write.
    Nothing,
}

/// How much was written.
pub fn wrote(entries: u64, volumes: u64, to: Wrote<'_>) -> String {
    let what = || format!("{} for {}", entry(entries), count(volumes, "volume"));
    match to {
        Wrote::Nothing => "nothing was written: no volume can be taken over".to_owned(),
        Wrote::Stdout => format!("wrote {}", what()),
        Wrote::Files(files) => {
            let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
            format!("wrote {} to {}", what(), files.join(" and "))
        }
    }
}

fn entry(entries: u64) -> String {
    if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") }
}

/// How many were left.
pub fn left(volumes: u64) -> String {
    format!("left out {}:", count(volumes, "volume"))
}

/// How many of those that were meant are recorded, which are not listed one by one.
pub fn recorded(volumes: u64) -> String {
    let (are, them) = if volumes == 1 { ("is", "it") } else { ("are", "them") };
    format!("{} {are} recorded by this stack already; --format json lists {them}", count(volumes, "volume"))
}

/// What else a Terraform state holds.
pub fn not_looked_at(data_sources: u64, others: u64) -> String {
    format!(
        "the state also has {} and {} of other types, which are no volumes to take over",
        count(data_sources, "data source"),
        count(others, "resource")
    )
}

/// What to do next.
pub fn next(path: &Path, marks: Marks) -> String {
    let path = path.display();
    let marks = match marks {
        Marks::All => "and marks them as its own".to_owned(),
        Marks::AllBut(volumes) => format!("and marks all but {volumes} of them as its own"),
        Marks::None => "and marks none of them".to_owned(),
    };
    format!("next: evsctl plan {path}; evsctl apply {path} then records the volumes {marks}")
}

/// Which of the volumes get the ownership tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marks {
    /// All of them.
    All,
    /// All but so many, which have no room for it.
    AllBut(u64),
    /// None of them: they have no room for it, or the manifest wants none.
    None,
}

/// That volumes have no room for the ownership tag, by the addresses of their entries, and what follows from that.
pub fn unmarked(entries: &[String], volumes: usize) -> String {
    let (them, have) = (them(volumes), either(volumes, "has", "have"));
    format!(
        "{} {have} no room for the ownership tag, so another stack could take {them} over too: {}. Take one tag off {them} in \
         the console before the next apply",
        count(volumes as u64, "volume"),
        entries.join(", ")
    )
}

/// What to do with the entries that went to stdout.
pub fn next_of_text(path: &Path) -> String {
    format!("next: put them into the manifest, then evsctl plan {}", path.display())
}

/// Why a volume is not taken over, and what to do where something can be done.
pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::NotInCloud => "the project has no volume of that id".to_owned(),
        Reason::Recorded { address } => format!("this stack records it as {address}"),
        Reason::Declared { address, unlike, .. } if unlike.is_empty() => {
            format!("the manifest imports it as {address} already: apply takes it over")
        }
        Reason::Declared { address, place: Place { file, line, .. }, unlike } => {
            let one = |it: &FieldChange| {
                let [shown, asked] = [&it.from, &it.to].map(|value| field::value(it.field, value.as_ref()));
                format!("{} {shown} in place of {asked}", field::spelt(it))
            };
            let all: Vec<String> = unlike.iter().map(one).collect();
            let fields: Vec<&str> = unlike.iter().map(|it| it.field.word()).collect();
            format!(
                "the manifest imports it as {address} already, but its entry asks for another volume: write {} there \
                 ({file}:{line}), or leave that alone by `lifecycle: {{ignore: [{}]}}`",
                all.join(", "),
                fields.join(", ")
            )
        }
        Reason::NotAsked { address, place: Place { file, line, .. } } => format!(
            "a line of `import` ({file}:{line}) names it, but nothing asks for {address}: take the line out, then import it"
        ),
        Reason::Kubernetes { mark } => format!("Kubernetes made it and deletes it ({mark})"),
        Reason::OtherStack { owner } => {
            let stack = &owner.stack;
            format!(
                "it carries the tag of stack {stack} (lineage {}): `evsctl state rm PATH ADDR --untag` there, or `removed: \
                 [{{key: KEY, untag: true}}]`, gives it up and takes the tag off",
                owner.lineage
            )
        }
        Reason::OwnTag { owner } => {
            format!("call {} of this stack made it: `evsctl orphans` says what becomes of it", owner.call)
        }
        Reason::Deleting => "it is being deleted, or lies in the recycle bin".to_owned(),
        Reason::Failed { status } => format!("its status is {status}: mend it in the console, then import it"),
        Reason::Busy { status } => format!("its status is {status}: import it when it is available or in-use"),
        Reason::Nameless => "it has no name: give it one in the console, then import it".to_owned(),
        Reason::NameUnreadable => "its name is no text: give it another one in the console, then import it".to_owned(),
        Reason::TooSmall { size } => {
            format!("it has {size} GB, and no data disk in a manifest has less than {} GB", SizeGb::DATA.0)
        }
        Reason::NameTaken { key, place } => {
            let Place { file, line, .. } = place;
            format!("{key} has its name: write `name_may_repeat: true` there ({file}:{line}), then import it")
        }
        Reason::Illegal { field, invalid } => format!("its {} is none for a manifest: {invalid}", field.word()),
        Reason::RatesUnknown => "the cloud does not show the rates that its type asks for".to_owned(),
        Reason::DefaultInTheWay { field } => {
            format!("`defaults` have {} that no entry can take back: import it into a stack of its own", field.word())
        }
        Reason::Refused { what } => format!("the manifest refuses its entry: {}", problem::reason(what)),
        Reason::Tainted => {
            "Terraform will destroy it and make it anew: `terraform untaint` it first, then import it".to_owned()
        }
        Reason::Deposed { key } => {
            format!(
                "Terraform will destroy it, since another one took its place (deposed {key}): `terraform apply` does so"
            )
        }
        Reason::NoId => "the state has no id of it".to_owned(),
    }
}

/// What is left, for people: its name, or its address in a Terraform state.
pub fn name_of(left: &Left) -> &str {
    left.terraform.as_deref().unwrap_or(&left.name)
}

/// A comment beside an entry.
pub fn note(note: Note) -> &'static str {
    match note {
        Note::Prepaid => "paid in advance; the cloud does not show for how long",
        Note::TagsFull => "its tags are not declared: there is no room for the ownership tag beside them",
        Note::TagsIllegal => "its tags are not declared: one of them is none for a manifest",
    }
}

/// Why nothing was written.
pub fn not_inserted(why: &NotInserted) -> Told {
    const BY_HAND: &str = "--output FILE writes the entries to a file of their own, --output - to the terminal";
    match why {
        NotInserted::NoPlace { file, section } => {
            Told::new(format!("cannot tell where in {file} something can be added to `{section}`")).hint(BY_HAND)
        }
        NotInserted::NoMapping { file, section } => {
            Told::new(format!("`{section}` in {file} is an alias, to which nothing can be added")).hint(BY_HAND)
        }
        NotInserted::OtherwiseToo { file } => Told::new(format!(
            "nothing was written: with the entries in {file} the manifest would say something else too"
        ))
        .hint(BY_HAND),
        NotInserted::Invalid { file, problems } => {
            let first = problems.errors().next().map(|problem| problem.reason()).unwrap_or_default();
            Told::new(format!(
                "evsctl cannot add entries to {file} as it is written, and left it as it was: what it would have written does \
                 not read ({first})"
            ))
            .hint(BY_HAND)
        }
    }
}

/// That another file of the manifest cannot be written; the cause follows.
pub fn not_rewritten(file: &Path) -> String {
    format!("cannot write {}", file.display())
}

/// That a manifest which came through a pipe cannot be written back.
pub fn from_a_stream() -> Told {
    Told::new("the manifest is read from a pipe, into which nothing can be written")
        .hint("name a file or a folder as PATH, or the place for the entries by --output FILE")
}

/// That two documents would go to stdout.
pub fn two_documents() -> Told {
    Told::new("--output - and --format json both write to stdout")
        .hint("name a file by --output, or leave one of them out")
}

/// What keeps a file from being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InTheWay {
    /// It is a link.
    Link,
    /// It is the Terraform state that is read.
    Input,
    /// It is the manifest of a stack.
    Manifest,
    /// Both flags name it.
    Twice,
}

/// That a file is not written over.
pub fn in_the_way(file: &Path, why: InTheWay) -> Told {
    let file = file.display();
    let (why, hint) = match why {
        InTheWay::Link => ("is a link, which may lead anywhere", "name the file itself"),
        InTheWay::Input => ("is the Terraform state that is read", "name another file"),
        InTheWay::Manifest => ("is the manifest of a stack", "name a new file, or write into a stack by its PATH"),
        InTheWay::Twice => ("is named by --output and by --removed-blocks", "name two files"),
    };
    Told::new(format!("{file} {why}: it is not written over")).hint(hint)
}

/// That the state of Terraform cannot be read; the cause follows.
pub fn state_not_read(file: &Path) -> String {
    format!("cannot read the Terraform state {}", file.display())
}

/// That it is larger than any, in MiB.
pub fn state_too_large(mib: u64) -> String {
    format!("it is larger than {mib} MiB")
}

/// Why a file is no state of Terraform.
pub fn no_state(file: &Path, why: &Unreadable) -> Told {
    const PULL: &str = "`terraform state pull > FILE` writes the state, from wherever it is kept";
    let file = file.display();
    match why {
        Unreadable::NotJson { line, column } => {
            Told::new(format!("{file} is no Terraform state: it is no JSON, at line {line}, column {column}"))
                .hint(PULL)
        }
        Unreadable::Shown => {
            Told::new(format!("{file} is what `terraform show -json` prints, or a plan, not a state")).hint(PULL)
        }
        Unreadable::Encrypted => {
            Told::new(format!("{file} is encrypted by OpenTofu")).hint("`tofu state pull > FILE` writes it decrypted")
        }
        Unreadable::NotState => Told::new(format!("{file} is JSON, but no Terraform state")).hint(PULL),
        Unreadable::Format(format) if *format < FORMAT => Told::new(format!(
            "{file} is a Terraform state of format {format}, and only format {FORMAT} is read"
        ))
        .hint("`terraform apply` of version 0.12 or later writes it in format 4; a plan without changes is enough"),
        Unreadable::Format(format) => Told::new(format!(
            "{file} is a Terraform state of format {format}, and this version of evsctl reads format {FORMAT}"
        ))
        .hint("a later version of evsctl may read it; --id takes the volumes by their ids"),
    }
}

/// What stands above the `removed` blocks.
pub const REMOVED: &str =
    "Put these in the place of the resource blocks once evsctl has taken the volumes over, then apply.";

/// That a resource cannot be removed as a whole.
pub fn partly(partly: &Partly) -> String {
    let Partly { resource, left, taken: _ } = partly;
    format!(
        "{resource}: {} of it {} with Terraform, and a removed block is for all of them. The others are forgotten by:",
        count(*left as u64, "volume"),
        either(*left, "stays", "stay"),
    )
}

/// The command by which Terraform forgets one volume.
pub fn forget(address: &str) -> String {
    format!("terraform state rm '{}'", address.replace('\'', "'\\''"))
}

/// That blocks were written to a file.
pub fn wrote_blocks(file: &Path) -> String {
    format!("wrote what Terraform is to forget to {}", file.display())
}

/// That two programs manage the volumes for a while.
pub fn two_programs(volumes: usize) -> String {
    format!("Terraform manages {} too until it forgets {}: do not apply there before", them(volumes), them(volumes))
}
