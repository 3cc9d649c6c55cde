//! How an account's volumes look where accounts of the real service differ.
//!
//! Of three recorded accounts two write booleans that are texts as `"False"` and `"True"`, and in some volumes stands
//! `readonly` (evs-api 5.2 and 19.6). That the traits go together as they do here is a choice.

/// The traits of an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AccountStyle {
    /// `"false"` in lower case, as in the recorded sample of the API reference.
    #[default]
    A,
    /// `"False"` with a capital.
    B,
    /// The same, and every volume has `readonly` in its metadata.
    C,
}

impl AccountStyle {
    /// A boolean that is a text.
    pub(super) fn boolean(self, of: bool) -> &'static str {
        match (self, of) {
            (AccountStyle::A, false) => "false",
            (AccountStyle::A, true) => "true",
            (AccountStyle::B | AccountStyle::C, false) => "False",
            (AccountStyle::B | AccountStyle::C, true) => "True",
        }
    }

    /// Whether metadata of a volume are kept in another form than they are shown in.
    pub(super) fn rewrites(self) -> bool {
        self != AccountStyle::A
    }

    /// Whether every volume shows whether it is read-only.
    pub(super) fn tells_readonly(self) -> bool {
        self == AccountStyle::C
    }
}
