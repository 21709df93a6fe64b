//! What AWS offers where: values of a property by region, and by what properties beside it say. Tables of text, read where they lie.
//!
//! A plain table has the names of regions in its first line, and then a line for each value, in order: the value, and the regions that
//! offer it as bits in hexadecimal.
//!
//! The table of a property that depends on others begins with `?` and the property's name. After the regions comes a line for each
//! part: conditions such as `Engine=postgres`, where the part begins after the next empty line, and how long it is. The first part
//! whose conditions hold counts; the last has none. A part begins with groups of versions of the engine, and the lines of its values
//! have the groups that take them as bits, too.

use crate::{
    codes,
    diagnostic::Diagnostic,
    intrinsics::is_dynamic,
    node::{Map, Node},
    rules,
};

/// What is wrong with a value, if a plain table surely does not have it.
pub(super) fn refused(
    table: &'static str,
    value: &Node,
    region: Option<&str>,
) -> Option<Diagnostic> {
    let (regions, lines) = table.split_once('\n')?;
    let value = literal(value)?;
    let Some(line) = line(lines, value) else { return Some(unheard_of(lines, value)) };
    let bits = line.split(' ').next()?;
    let region = region?;
    not_in(regions, bits, region).then(|| elsewhere(format!("`{value}`"), region))
}

/// As [`refused`], of the property of an object whose other properties decide; with the property's name.
pub(super) fn refused_among(
    table: &'static str,
    object: &Map,
    region: Option<&str>,
) -> Option<(&'static str, Diagnostic)> {
    let (head, body) = table.strip_prefix('?')?.split_once("\n\n")?;
    let (property, head) = head.split_once('\n')?;
    let (regions, parts) = head.split_once('\n')?;
    let value = literal(object.get(property)?)?;
    // The conditions of a part, the versions that it tells apart, and its lines.
    let part = |part: &'static str| {
        let (rest, length) = part.rsplit_once(' ')?;
        let (conditions, start) = rest.rsplit_once(' ')?;
        let start: usize = start.parse().ok()?;
        let text = body.get(start..start + length.parse::<usize>().ok()?)?;
        let (versions, lines) = text.split_once('\n')?;
        Some((conditions, versions, lines))
    };
    let is_it = |part: &&str| {
        let mut conditions = part.split(' ').filter(|condition| condition.contains('='));
        conditions.all(|condition| holds(condition, object))
    };
    let (conditions, versions, lines) = part(parts.lines().find(is_it)?)?;
    let Some(line) = line(lines, value) else {
        let (_, _, all) = part(parts.lines().last()?)?;
        let finding = match line(all, value) {
            None => unheard_of(all, value),
            Some(_) => beside(value, conditions, None, lines),
        };
        return Some((property, finding));
    };
    let (in_regions, in_versions) = line.split_once(' ').unwrap_or((line, ""));
    if let Some((version, group)) = version(versions, object)
        && !has(in_versions, group)
    {
        return Some((property, beside(value, conditions, Some(version), lines)));
    }
    let region = region?;
    if !not_in(regions, in_regions, region) {
        return None;
    }
    Some((property, elsewhere(format!("`{value}`{}", told(conditions, None)), region)))
}

/// A text that is what it says.
fn literal(value: &Node) -> Option<&str> {
    value.as_str().filter(|value| !is_dynamic(value) && !value.contains("${"))
}

/// What follows a value in its line; the lines are in order.
fn line<'t>(lines: &'t str, value: &str) -> Option<&'t str> {
    let (mut low, mut high) = (0, lines.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = lines.get(..middle)?.rfind('\n').map_or(0, |end| end + 1);
        let end = lines.get(middle..)?.find('\n').map_or(lines.len(), |end| middle + end);
        let (name, rest) = lines.get(start..end)?.split_once(' ')?;
        match name.cmp(value) {
            std::cmp::Ordering::Equal => return Some(rest),
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

/// Whether a condition such as `Engine=postgres` surely holds; names of engines are taken in any case.
fn holds(condition: &str, object: &Map) -> bool {
    condition.split_once('=').is_some_and(|(name, wanted)| {
        object.get(name).and_then(Node::as_str).is_some_and(|it| it.eq_ignore_ascii_case(wanted))
    })
}

/// The version of the engine and the group that it is in.
fn version<'n>(groups: &str, object: &'n Map) -> Option<(&'n str, usize)> {
    let version = object.get("EngineVersion")?.as_str()?;
    let is_it = |of: &str| {
        version.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let place = groups.split(' ').position(|group| group.split(',').any(is_it))?;
    Some((version, place))
}

/// Whether the bit at a place is set; of bits that cannot be read nothing is known.
fn has(bits: &str, place: usize) -> bool {
    u64::from_str_radix(bits, 16).ok().is_none_or(|bits| bits >> place & 1 == 1)
}

/// Whether a region is known not to offer a value.
fn not_in(regions: &str, bits: &str, region: &str) -> bool {
    regions.split(' ').position(|name| name == region).is_some_and(|place| !has(bits, place))
}

fn unheard_of(lines: &'static str, value: &str) -> Diagnostic {
    let message = format!("`{value}` is not an allowed value");
    let help = match nearest(lines, value) {
        Some(name) => {
            format!("did you mean `{name}`? if AWS has added it since, allow this finding here")
        }
        None => "if AWS has added it since, allow this finding here".to_owned(),
    };
    Diagnostic::error(codes::ILLEGAL_VALUE, message).help(help)
}

fn beside(value: &str, conditions: &str, version: Option<&str>, lines: &'static str) -> Diagnostic {
    let message = format!("`{value}` is not offered{}", told(conditions, version));
    let help = match nearest(lines, value) {
        Some(name) if version.is_none() => format!(
            "choose one that is, such as `{name}`; if AWS offers it since, allow this finding here"
        ),
        _ => "choose one that is; if AWS offers it since, allow this finding here".to_owned(),
    };
    Diagnostic::error(codes::ILLEGAL_VALUE, message).help(help)
}

fn elsewhere(what: String, region: &str) -> Diagnostic {
    let message = format!("{what} is not offered in {region}");
    let help = "choose one that is; if AWS offers it there since, allow this finding here";
    Diagnostic::error(codes::ILLEGAL_VALUE, message).help(help)
}

/// The conditions, for messages: `` with `Engine` `postgres` ``.
fn told(conditions: &str, version: Option<&str>) -> String {
    let named = conditions.split_terminator(' ').filter_map(|condition| condition.split_once('='));
    let named = named.chain(version.map(|version| ("EngineVersion", version)));
    let named: Vec<String> = named.map(|(name, value)| format!("`{name}` `{value}`")).collect();
    if named.is_empty() { String::new() } else { format!(" with {}", named.join(" and ")) }
}

fn nearest(lines: &'static str, value: &str) -> Option<&'static str> {
    rules::nearest(value, lines.lines().filter_map(|line| Some(line.split_once(' ')?.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "?Class
eu-west-1 us-east-1
Engine=tall License=own 0 14
Engine=tall 14 33
 47 29

1,2 3
big 3 1
1,2 3
big 3 1
small 3 3
tiny 1 2

big 3
huge 2
small 3
tiny 1
";

    fn said(json: &str, region: &str) -> String {
        let Ok(Node::Map(object)) = Node::parse_json(json) else { panic!("{json}") };
        let found = refused_among(TABLE, &object, Some(region));
        found.map(|(_, found)| found.message).unwrap_or_default()
    }

    #[test]
    fn values_depend_on_other_properties_and_on_the_region() {
        assert_eq!(said(r#"{"Class": "big"}"#, "eu-west-1"), "");
        assert_eq!(said(r#"{"Class": "huge"}"#, "eu-west-1"), "`huge` is not offered in eu-west-1");
        assert_eq!(said(r#"{"Class": "huge"}"#, "xx-new-1"), "");
        assert_eq!(said(r#"{"Class": "hug"}"#, "xx-new-1"), "`hug` is not an allowed value");
        assert_eq!(said(r#"{"Class": {"Ref": "Class"}}"#, "eu-west-1"), "");
        let tall = |rest: &str| said(&format!(r#"{{"Engine": "Tall", {rest}}}"#), "us-east-1");
        assert_eq!(tall(r#""Class": "huge""#), "`huge` is not offered with `Engine` `tall`");
        assert_eq!(
            tall(r#""Class": "tiny""#),
            "`tiny` with `Engine` `tall` is not offered in us-east-1"
        );
        assert_eq!(
            tall(r#""Class": "big", "EngineVersion": "3.1""#),
            "`big` is not offered with `Engine` `tall` and `EngineVersion` `3.1`"
        );
        assert_eq!(tall(r#""Class": "big", "EngineVersion": "2""#), "");
        assert_eq!(tall(r#""Class": "big", "EngineVersion": "30""#), "");
        assert_eq!(
            tall(r#""License": "own", "Class": "small""#),
            "`small` is not offered with `Engine` `tall` and `License` `own`"
        );
    }
}
