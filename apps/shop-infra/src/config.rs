//! `shop-infra.toml`: [`Settings`] from text, with errors that name the line, the key and what would be right.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use fc_cdk::{Node, rules::nearest, spec::pattern_matches};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::settings::Settings;

/// The JSON Schema of the file, which is generated from [`Settings`]: what may be written is what it says.
pub const SCHEMA: &str = include_str!("../shop-infra.schema.json");

/// A text with settings.
#[derive(Clone, Debug)]
pub struct Source {
    /// What to call it in messages: the path of a file, or the flag.
    name: String,
    text: String,
    /// Whether text needs no quotes: on the command line.
    is_flag: bool,
}

impl Source {
    /// A file with this path and content.
    pub fn file(path: &str, text: &str) -> Source {
        Source { name: path.to_owned(), text: text.to_owned(), is_flag: false }
    }

    /// What `--set KEY=VALUE` says.
    pub fn flag(pair: &str) -> Source {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let mut text = format!("{key} = {value}");
        if DeTable::parse(&text).is_err() {
            text = format!("{key} = '{value}'");
        }
        Source { name: "--set".to_owned(), text, is_flag: true }
    }
}

/// The settings that several texts make, later ones over earlier ones.
///
/// # Errors
///
/// All that is wrong, each with its line.
pub fn load(sources: &[Source]) -> Result<Settings, String> {
    let schema = Node::parse_json(SCHEMA).map_err(|error| error.to_string())?;
    let mut settings = Settings::default();
    let mut problems = Vec::new();
    for source in sources {
        let mut reader = Reader { source, settings: &mut settings, problems: Vec::new() };
        match DeTable::parse(&source.text) {
            Ok(table) => reader.table(table.get_ref(), &schema, ""),
            Err(error) => {
                let at = error.span().unwrap_or(0..0);
                reader.problem("the file is no TOML", at, error.message(), String::new());
            }
        }
        // A table gives its keys by name; people read from top to bottom.
        reader.problems.sort();
        problems.extend(reader.problems.into_iter().map(|(_, text)| text));
    }
    if problems.is_empty() {
        return Ok(settings);
    }
    let all = problems.join("\n\n");
    // The command line says `error` of the first by itself.
    Err(all.strip_prefix("error: ").unwrap_or(&all).to_owned())
}

/// A setting, to be read or changed.
pub(crate) enum Field<'a> {
    Text(&'a mut String),
    OptionalText(&'a mut Option<String>),
    Number(&'a mut u32),
    Switch(&'a mut bool),
}

/// Every setting by its key.
pub(crate) fn fields(settings: &mut Settings) -> Vec<(&'static str, Field<'_>)> {
    let Settings { name, account, region, domain, alarm_email, cidr, .. } = settings;
    vec![
        ("name", Field::Text(name)),
        ("account", Field::OptionalText(account)),
        ("region", Field::Text(region)),
        ("domain", Field::Text(domain)),
        ("alarm-email", Field::OptionalText(alarm_email)),
        ("cidr", Field::Text(cidr)),
        ("instances.web", Field::Text(&mut settings.instances.web)),
        ("instances.was", Field::Text(&mut settings.instances.was)),
        ("instances.database", Field::Text(&mut settings.instances.database)),
        ("slack.workspace", Field::Text(&mut settings.slack.workspace)),
        ("slack.channel", Field::Text(&mut settings.slack.channel)),
        ("shield.subscribed", Field::Switch(&mut settings.shield.subscribed)),
        ("retention.data-years", Field::Number(&mut settings.retention.data_years)),
        ("retention.access-log-days", Field::Number(&mut settings.retention.access_log_days)),
        ("quicksight.user", Field::Text(&mut settings.quicksight.user)),
        ("workbench.cloud9", Field::Switch(&mut settings.workbench.cloud9)),
    ]
}

/// The settings as a file.
pub fn to_toml(settings: &Settings) -> String {
    let mut settings = settings.clone();
    let mut text = String::new();
    let mut table = "";
    for (path, field) in fields(&mut settings) {
        let (group, key) = path.split_once('.').unwrap_or(("", path));
        if group != table {
            text.push_str(&format!("\n[{group}]\n"));
            table = group;
        }
        // What is checked by the schema has nothing in it that TOML would want escaped.
        let line = match field {
            Field::Text(value) => format!("{key} = \"{value}\"\n"),
            Field::OptionalText(Some(value)) => format!("{key} = \"{value}\"\n"),
            Field::OptionalText(None) => format!("# {key} is not set\n"),
            Field::Number(value) => format!("{key} = {value}\n"),
            Field::Switch(value) => format!("{key} = {value}\n"),
        };
        text.push_str(&line);
    }
    text
}

struct Reader<'a> {
    source: &'a Source,
    settings: &'a mut Settings,
    /// Where each is, and what is said of it.
    problems: Vec<(usize, String)>,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>, schema: &Node, path: &str) {
        for (key, value) in table.iter() {
            let name = key.get_ref().as_ref();
            let whole = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            match schema.get("properties").and_then(|properties| properties.get(name)) {
                Some(property) => self.value(value, property, &whole),
                None => self.unknown(key.span(), name, schema, path),
            }
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, schema: &Node, path: &str) {
        let at = value.span();
        let wanted = schema.get("type").and_then(Node::as_str).unwrap_or_default();
        let written = match (wanted, value.get_ref()) {
            ("object", DeValue::Table(table)) => return self.table(table, schema, path),
            ("boolean", DeValue::Boolean(switch)) => {
                return self.set(path, |field| {
                    if let Field::Switch(place) = field {
                        *place = *switch;
                    }
                });
            }
            ("integer", DeValue::Integer(number)) => {
                return self.number(number.as_str(), at, schema, path);
            }
            ("string", DeValue::String(text)) => text.as_ref().to_owned(),
            ("string", DeValue::Integer(_) | DeValue::Boolean(_)) if self.source.is_flag => {
                self.source.text.get(at.clone()).unwrap_or_default().to_owned()
            }
            (wanted, other) => {
                let wanted = match wanted {
                    "string" => "text in quotes",
                    "integer" => "a number",
                    "boolean" => "true or false",
                    _ => "a table",
                };
                let found = match other {
                    DeValue::String(_) => "text",
                    DeValue::Integer(_) | DeValue::Float(_) => "a number",
                    DeValue::Boolean(_) => "true or false",
                    DeValue::Datetime(_) => "a date",
                    DeValue::Array(_) => "a list",
                    DeValue::Table(_) => "a table",
                };
                let title = format!("`{path}` is {wanted}, not {found}");
                return self.problem(&title, at, &format!("expected {wanted}"), meaning(schema));
            }
        };
        let pattern = schema.get("pattern").and_then(Node::as_str).unwrap_or_default();
        if pattern_matches(pattern, &written) == Some(false) {
            let title = format!("`{path}` cannot be `{written}`");
            let label = format!("does not match `{pattern}`");
            return self.problem(&title, at, &label, meaning(schema));
        }
        self.set(path, |field| match field {
            Field::Text(place) => *place = written,
            Field::OptionalText(place) => *place = Some(written),
            Field::Number(_) | Field::Switch(_) => {}
        });
    }

    fn number(&mut self, digits: &str, at: Range<usize>, schema: &Node, path: &str) {
        let bound = |name| schema.get(name).and_then(Node::as_int).unwrap_or_default();
        let (least, most) = (bound("minimum"), bound("maximum"));
        match digits.parse::<u32>() {
            Ok(number) if (least..=most).contains(&i64::from(number)) => self.set(path, |field| {
                if let Field::Number(place) = field {
                    *place = number;
                }
            }),
            _ => {
                let title = format!("`{path}` cannot be {digits}");
                let label = format!("expected {least} to {most}");
                self.problem(&title, at, &label, meaning(schema));
            }
        }
    }

    fn set(&mut self, path: &str, write: impl FnOnce(Field<'_>)) {
        let field = fields(self.settings).into_iter().find(|(name, _)| *name == path);
        if let Some((_, field)) = field {
            write(field);
        }
    }

    fn unknown(&mut self, at: Range<usize>, name: &str, schema: &Node, path: &str) {
        let here = schema.get("properties").and_then(Node::as_map);
        let here: Vec<&str> =
            here.into_iter().flat_map(|map| map.keys()).map(|key| key.as_str()).collect();
        let mut defaults = Settings::default();
        let all = fields(&mut defaults);
        // What is in another table is meant as it stands.
        let elsewhere =
            all.iter().map(|(path, _)| *path).find(|path| path.ends_with(&format!(".{name}")));
        let label = match nearest(name, here.iter().copied()).or(elsewhere) {
            Some(other) => format!("did you mean `{other}`?"),
            None => "there is no such key".to_owned(),
        };
        let place = if path.is_empty() { String::new() } else { format!(" in `{path}`") };
        let help = format!("the keys{place} are {}", here.join(", "));
        self.problem(&format!("unknown key `{name}`{place}"), at, &label, help);
    }

    fn problem(&mut self, title: &str, at: Range<usize>, label: &str, help: String) {
        let start = at.start;
        let snippet = Snippet::source(self.source.text.as_str())
            .path(self.source.name.as_str())
            .annotation(AnnotationKind::Primary.span(at).label(label));
        let mut group = Level::ERROR.primary_title(title).element(snippet);
        if !help.is_empty() {
            group = group.element(Level::HELP.message(help));
        }
        self.problems.push((start, Renderer::plain().render(&[group]).to_string()));
    }
}

/// What a setting is, and how it looks.
fn meaning(schema: &Node) -> String {
    let description = schema.get("description").and_then(Node::as_str).unwrap_or_default();
    let mut letters = description.trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    let description: String = first.into_iter().chain(letters).collect();
    match schema.pointer("/examples/0").and_then(Node::as_str) {
        Some(example) => format!("{description}; for example `{example}`"),
        None => description,
    }
}
