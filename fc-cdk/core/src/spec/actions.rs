//! [`ActionTable`]: what IAM policies may name, by service: actions, what each takes, and condition keys.
//!
//! `cargo xtask codegen` writes the table; it is read where it lies.

use std::{cmp::Ordering, fmt};

/// The table of all services.
pub struct ActionTable {
    bytes: &'static [u8],
    header: [usize; HEADER],
}

// The words of the header: how many services there are, and where the parts begin, in words of four bytes.
const HEADER: usize = 6;
const COUNT: usize = 0;
const ACTIONS: usize = 1;
const RESOURCES: usize = 2;
const KEYS: usize = 3;
const LISTS: usize = 4;
const TEXT: usize = 5;

// The words of a service's record: its name, and where its records begin. The next one says where they end.
const SERVICE_WORDS: usize = 4;
const FIRST_ACTION: usize = 1;
const FIRST_RESOURCE: usize = 2;
const FIRST_KEY: usize = 3;

/// What says that any text may follow on a key's name.
const OPEN: u32 = 1 << 8;

impl ActionTable {
    /// A table as the generator wrote it.
    pub const fn new(bytes: &'static [u8]) -> ActionTable {
        let mut header = [0; HEADER];
        let mut index = 0;
        while index < HEADER && bytes.len() >= index * 4 + 4 {
            let at = index * 4;
            header[index] =
                u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
                    as usize;
            index += 1;
        }
        ActionTable { bytes, header }
    }

    fn word(&self, index: usize) -> u32 {
        match self.bytes.get(index * 4..index * 4 + 4) {
            Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
            _ => 0,
        }
    }

    /// The text whose place and length this word holds.
    fn text(&self, word: u32) -> &'static [u8] {
        let start = self.header[TEXT] * 4 + (word & 0xff_ffff) as usize;
        self.bytes.get(start..start + (word >> 24) as usize).unwrap_or_default()
    }

    fn str(&self, word: u32) -> &'static str {
        std::str::from_utf8(self.text(word)).unwrap_or_default()
    }

    /// The items of a list.
    fn list(&self, offset: u32) -> impl Iterator<Item = u16> + use<> {
        let start = self.header[LISTS] * 4 + offset as usize * 2;
        let bytes = self.bytes.get(start..).unwrap_or_default();
        let mut items = bytes.as_chunks::<2>().0.iter().map(|item| u16::from_le_bytes(*item));
        let count = items.next().unwrap_or(0);
        items.take(count.into())
    }

    /// The record whose name this is, in whatever capitals; records are ordered by their names in small letters.
    fn search(&self, start: usize, words: usize, count: usize, name: &str) -> Option<usize> {
        let index = self.first_from(start, words, count, name);
        let is_it = index < count
            && self.text(self.word(start + index * words)).eq_ignore_ascii_case(name.as_bytes());
        is_it.then_some(index)
    }

    /// The service whose actions or keys begin with this prefix, such as `s3`.
    pub fn service(&'static self, prefix: &str) -> Option<ActionService> {
        let index = self.search(HEADER, SERVICE_WORDS, self.header[COUNT], prefix)?;
        Some(ActionService { table: self, index })
    }

    /// The first record whose name does not come before this one.
    fn first_from(&self, start: usize, words: usize, count: usize, name: &str) -> usize {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            match order(self.text(self.word(start + middle * words)), name.as_bytes()) {
                Ordering::Less => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }

    /// All services, by prefix. Some have condition keys only.
    pub fn services(&'static self) -> impl ExactSizeIterator<Item = ActionService> {
        (0..self.header[COUNT]).map(move |index| ActionService { table: self, index })
    }
}

/// The order of two names, capitals aside.
fn order(a: &[u8], b: &[u8]) -> Ordering {
    for (a, b) in a.iter().zip(b) {
        if a != b {
            let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
            if a != b {
                return a.cmp(&b);
            }
        }
    }
    a.len().cmp(&b.len())
}

/// Whether a name begins so, capitals aside.
fn begins(name: &[u8], start: &[u8]) -> bool {
    name.get(..start.len()).is_some_and(|name| name.eq_ignore_ascii_case(start))
}

impl fmt::Debug for ActionTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ActionTable({} services)", self.header[COUNT])
    }
}

/// A service, as policies name it.
#[derive(Clone, Copy, Debug)]
pub struct ActionService {
    table: &'static ActionTable,
    index: usize,
}

impl ActionService {
    fn field(self, next: usize, field: usize) -> usize {
        self.table.word(HEADER + (self.index + next) * SERVICE_WORDS + field) as usize
    }

    /// Where a part's records of this service begin, and how many there are.
    fn part(self, part: usize, field: usize, words: usize) -> (usize, usize) {
        let (first, end) = (self.field(0, field), self.field(1, field));
        (self.table.header[part] + first * words, end - first)
    }

    /// The prefix of its actions, such as `s3`.
    pub fn prefix(self) -> &'static str {
        self.table.str(self.field(0, 0) as u32)
    }

    /// Whether its actions begin with this prefix, in whatever capitals.
    pub(crate) fn is(self, prefix: &str) -> bool {
        self.table.text(self.field(0, 0) as u32).eq_ignore_ascii_case(prefix.as_bytes())
    }

    /// The action of this name, such as `GetObject`, in whatever capitals.
    pub fn action(self, name: &str) -> Option<Action> {
        let (start, count) = self.part(ACTIONS, FIRST_ACTION, 2);
        let index = self.table.search(start, 2, count, name)?;
        Some(Action { service: self, record: start + index * 2 })
    }

    /// All its actions, by name.
    pub fn actions(self) -> impl ExactSizeIterator<Item = Action> {
        let (start, count) = self.part(ACTIONS, FIRST_ACTION, 2);
        (0..count).map(move |index| Action { service: self, record: start + index * 2 })
    }

    /// The place of the first of its actions that does not come before this name.
    pub(crate) fn first_from(self, name: &str) -> usize {
        let (records, count) = self.part(ACTIONS, FIRST_ACTION, 2);
        if name.is_empty() { 0 } else { self.table.first_from(records, 2, count, name) }
    }

    /// Its actions from a place on, as long as they begin so, in whatever capitals.
    pub(crate) fn actions_from(self, first: usize, start: &str) -> impl Iterator<Item = Action> {
        let (records, count) = self.part(ACTIONS, FIRST_ACTION, 2);
        let name = move |record| self.table.text(self.table.word(record));
        (first..count)
            .map(move |index| records + index * 2)
            .take_while(move |record| begins(name(*record), start.as_bytes()))
            .map(move |record| Action { service: self, record })
    }

    /// What any of its actions takes, as [`Action::forms`] gives it.
    pub(crate) fn forms(self) -> impl Iterator<Item = &'static [u8]> {
        let (start, count) = self.part(RESOURCES, FIRST_RESOURCE, 1);
        (start..start + count).map(move |record| self.table.text(self.table.word(record)))
    }

    /// The condition key of this name, such as `prefix`, in whatever capitals.
    pub fn key(self, name: &str) -> Option<ConditionKey> {
        let (start, count) = self.part(KEYS, FIRST_KEY, 2);
        let is_meant =
            |key: &ConditionKey| key.is_open() && begins(name.as_bytes(), key.name().as_bytes());
        match self.table.search(start, 2, count, name) {
            Some(index) => Some(ConditionKey { table: self.table, record: start + index * 2 }),
            None => self.keys().find(is_meant),
        }
    }

    /// All condition keys that begin with its prefix, by name.
    pub fn keys(self) -> impl ExactSizeIterator<Item = ConditionKey> {
        let (start, count) = self.part(KEYS, FIRST_KEY, 2);
        (0..count).map(move |index| ConditionKey { table: self.table, record: start + index * 2 })
    }
}

/// An action of a service.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    service: ActionService,
    record: usize,
}

impl Action {
    /// Its name without the service's prefix, such as `GetObject`.
    pub fn name(self) -> &'static str {
        let table = self.service.table;
        table.str(table.word(self.record))
    }

    /// The ARNs of what it takes, as patterns: `%` stands for text without `/` and `:`, `*` for any text. None where it takes `*` only.
    pub fn resources(self) -> impl Iterator<Item = &'static str> {
        self.forms().map(|form| std::str::from_utf8(form).unwrap_or_default())
    }

    /// The patterns of [`resources`](Action::resources) as they are in the table.
    pub(crate) fn forms(self) -> impl Iterator<Item = &'static [u8]> {
        let table = self.service.table;
        let (start, _) = self.service.part(RESOURCES, FIRST_RESOURCE, 1);
        let types = table.list(table.word(self.record + 1) >> 16);
        types.map(move |number| table.text(table.word(start + usize::from(number))))
    }

    /// Whether a condition on this key can hold for it; global keys are not among those that it knows.
    pub fn has_key(self, key: ConditionKey) -> bool {
        let table = self.service.table;
        let number = (key.record - table.header[KEYS]) / 2;
        table.list(table.word(self.record + 1) & 0xffff).any(|other| usize::from(other) == number)
    }
}

/// A condition key of a service.
#[derive(Clone, Copy, Debug)]
pub struct ConditionKey {
    table: &'static ActionTable,
    record: usize,
}

/// What the value of a condition key, or each of its values, is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyKind {
    /// The services disagree.
    Any,
    /// Text.
    String,
    /// An ARN.
    Arn,
    /// A truth value.
    Bool,
    /// A number.
    Numeric,
    /// A time.
    Date,
    /// An address.
    IpAddress,
}

impl ConditionKey {
    /// Its name without the prefix, such as `prefix`; of keys that users complete, such as those of tags, the beginning.
    pub fn name(self) -> &'static str {
        self.table.str(self.table.word(self.record))
    }

    /// Whether users complete the name.
    pub fn is_open(self) -> bool {
        self.table.word(self.record + 1) & OPEN != 0
    }

    /// What it is compared with.
    pub fn kind(self) -> KeyKind {
        match self.table.word(self.record + 1) & 0xff {
            1 => KeyKind::String,
            2 => KeyKind::Arn,
            3 => KeyKind::Bool,
            4 => KeyKind::Numeric,
            5 => KeyKind::Date,
            6 => KeyKind::IpAddress,
            _ => KeyKind::Any,
        }
    }
}
