//! What got through once, each under its own name: the rules that ARCHITECTURE.md states about evidence, seen from outside.

mod absence;
mod later;
mod ours;
mod used;
