//! Reading what need not be as documented, without holding what is not kept.

use serde::de::{DeserializeOwned, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// The most items that a list may have: no call asks for more at once (EVS API reference, parameter `limit`), and three
/// bytes of an answer must not take a thousand of memory.
const MOST_ITEMS: usize = 1000;
/// The most keys that tags or metadata may have: a volume has 20 tags at the most, and a dozen keys of metadata.
const MOST_KEYS: usize = 200;

pub(super) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

/// A list; one that is longer than any that is asked for is refused before it is held.
pub(super) fn few<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    Few::deserialize(from).map(|few| few.0)
}

pub(super) fn maybe_few<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Vec<T>>, D::Error> {
    Ok(Option::<Few<T>>::deserialize(from)?.map(|few| few.0))
}

struct Few<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Few<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Few<T>, D::Error> {
        struct Items<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
            type Value = Few<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Few<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = from.next_element()? {
                    if items.len() == MOST_ITEMS {
                        return Err(A::Error::custom(format_args!("a list has more than {MOST_ITEMS} items")));
                    }
                    items.push(item);
                }
                Ok(Few(items))
            }
        }
        from.deserialize_seq(Items(PhantomData))
    }
}

pub(super) fn maybe_text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    match from.deserialize_any(Any { maps: false })? {
        Kept::Text(text) => Ok(Some(text)),
        Kept::Map(_) | Kept::Nothing => Ok(None),
    }
}

pub(super) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(maybe_text(from)?.unwrap_or_default())
}

pub(super) fn number<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    Ok(text(from)?.trim().parse().unwrap_or_default())
}

/// Booleans come as booleans and as texts of any case.
pub(super) fn boolean<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(maybe_boolean(from)?.unwrap_or_default())
}

pub(super) fn maybe_boolean<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    Ok(maybe_text(from)?.map(|text| text.eq_ignore_ascii_case("true")))
}

/// A map of texts; anything in it that is not a text or a plain value is dropped. One that is too long is refused and not
/// cut: the tag that says whose a volume is might be among those that are left out.
pub(super) fn text_map<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    match from.deserialize_any(Any { maps: true })? {
        Kept::Map(map) => Ok(map),
        Kept::Text(_) | Kept::Nothing => Ok(BTreeMap::new()),
    }
}

/// A number, where there is one.
pub(super) fn maybe_number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    Ok(maybe_text(from)?.and_then(|text| text.trim().parse().ok()))
}

/// The servers of a list of attachments: the id of each as a text, or a null where an item names none. What is no list
/// is none.
pub(super) fn servers<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<serde_json::Value>, D::Error> {
    struct Servers;
    /// The most bytes that are kept of an id: a server's has 36.
    const MOST_ID: usize = 64;
    fn server(word: Option<&String>) -> serde_json::Value {
        word.filter(|id| id.len() <= MOST_ID).map_or(serde_json::Value::Null, |id| id.clone().into())
    }
    impl<'de> Visitor<'de> for Servers {
        type Value = Vec<serde_json::Value>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("attachments")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
            let mut servers = Vec::new();
            while let Some(Attachment(kept)) = from.next_element()? {
                if servers.len() < MOST_ITEMS {
                    servers.push(server(kept.get("server_id")));
                }
            }
            Ok(servers)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
            while from.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Vec::new())
        }

        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }
    }
    from.deserialize_any(Servers)
}

/// The texts of one attachment; an item of another shape has none, and is an attachment all the same.
struct Attachment(BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Attachment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Attachment, D::Error> {
        text_map(from).map(Attachment)
    }
}

/// The id among the image's words, which alone is kept.
pub(super) fn image_id<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    let mut words = text_map(from)?;
    words.retain(|word, _| word == "image_id");
    Ok(words)
}

/// The keys of a map, whose values are passed over.
pub(super) fn keys<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    struct Keys;
    impl<'de> Visitor<'de> for Keys {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Vec<String>, A::Error> {
            let mut keys = Vec::new();
            while let Some((key, IgnoredAny)) = from.next_entry()? {
                keys.push(key);
            }
            Ok(keys)
        }
    }
    from.deserialize_map(Keys)
}

/// What is kept of a value.
enum Kept {
    /// A text, or a plain value as one.
    Text(String),
    Map(BTreeMap<String, String>),
    /// A list, a map where none is wanted, null.
    Nothing,
}

/// Takes any value; lists, and maps where none are wanted, are passed over.
struct Any {
    maps: bool,
}

/// What is kept of a value in a map.
struct Word(Option<String>);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Word, D::Error> {
        maybe_text(from).map(Word)
    }
}

impl<'de> Visitor<'de> for Any {
    type Value = Kept;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Kept, E> {
        Ok(Kept::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Kept, E> {
        Ok(Kept::Text(text))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Kept, E> {
        Ok(Kept::Text(value.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Kept, E> {
        Ok(Kept::Text(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Kept, E> {
        Ok(Kept::Text(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Kept, E> {
        // As JSON writes it: with a fraction.
        let number = serde_json::Number::from_f64(number);
        Ok(number.map_or(Kept::Nothing, |number| Kept::Text(number.to_string())))
    }

    fn visit_unit<E>(self) -> Result<Kept, E> {
        Ok(Kept::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Kept, A::Error> {
        while from.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Kept::Nothing)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Kept, A::Error> {
        if !self.maps {
            while from.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Kept::Nothing);
        }
        let mut map = BTreeMap::new();
        while let Some((key, Word(text))) = from.next_entry()? {
            if map.len() == MOST_KEYS {
                return Err(A::Error::custom(format_args!("a map has more than {MOST_KEYS} keys")));
            }
            if let Some(text) = text {
                map.insert(key, text);
            }
        }
        Ok(Kept::Map(map))
    }
}

/// The entries that read; one that lacks what it is for says nothing.
pub(super) fn readable<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    from: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    let entries = BTreeMap::<String, serde_json::Value>::deserialize(from)?;
    Ok(entries.into_iter().filter_map(|(name, entry)| Some((name, serde_json::from_value(entry).ok()?))).collect())
}

#[cfg(test)]
mod tests {
    use crate::evs::wire::{Job, Volume, VolumeList};
    use serde_json::{Value, json};

    #[test]
    fn a_value_of_another_type_spoils_nothing_else() {
        let odd = [json!(null), json!([1, [2]]), json!({"a": {"b": []}})];
        for value in odd {
            let read: Volume = serde_json::from_value(
                json!({"id": "v", "name": value, "size": value, "tags": {"a": value, "b": 1.0}}),
            )
            .unwrap();
            assert_eq!((read.id.as_str(), read.name.as_str(), read.size), ("v", "", 0));
            assert_eq!(read.tags.into_iter().collect::<Vec<_>>(), [("b".to_owned(), "1.0".to_owned())]);
        }
        for value in [json!("x"), json!(-1), json!(1.5), json!(true), json!([["a"]]), json!(null)] {
            assert!(serde_json::from_value::<Volume>(json!({"tags": value})).unwrap().tags.is_empty());
        }
        let read: Volume = serde_json::from_value(json!({"name": 1e3, "status": -7, "multiattach": "TRUE"})).unwrap();
        assert_eq!((read.name.as_str(), read.status.as_str(), read.multiattach), ("1000.0", "-7", Some(true)));
    }

    #[test]
    fn what_is_longer_than_anything_asked_for_is_refused() {
        let list = |items: usize| json!({"volumes": vec![json!({}); items]});
        assert_eq!(serde_json::from_value::<VolumeList>(list(1000)).unwrap().volumes.len(), 1000);
        let why = serde_json::from_value::<VolumeList>(list(1001)).unwrap_err().to_string();
        assert!(why.contains("more than 1000"), "{why}");
        let jobs = |items: usize| json!({"entities": {"sub_jobs": vec![json!({}); items]}});
        assert!(
            serde_json::from_value::<Job>(jobs(1000)).is_ok() && serde_json::from_value::<Job>(jobs(1001)).is_err()
        );
        assert_eq!(
            serde_json::from_value::<Job>(json!({"entities": {"sub_jobs": null}})).unwrap().entities.sub_jobs,
            None
        );
        let tags = |keys: usize| {
            let tags: serde_json::Map<String, Value> = (0..keys).map(|key| (format!("k{key}"), json!(""))).collect();
            serde_json::from_value::<Volume>(json!({"tags": tags}))
        };
        assert!(tags(200).is_ok() && tags(201).is_err());
    }
}
