//! ARNs that are known in part, and whether one can be of a form.

use crate::{node::Node, rules::model::Model, spec::ResourceSpec};

// What stands for text that is not known, among the bytes of an ARN.

/// Any text, a wildcard among it.
const ANY: u8 = 1;
/// Text without `/` and `:`, such as the name of a region or of a bucket.
const PART: u8 = 2;
/// Any text but a wildcard: the name of a resource.
const NAME: u8 = 3;

/// How nearly all forms begin.
const ARN: &[u8] = b"arn:%:";

/// An ARN as far as it is known.
#[derive(Debug, Default)]
pub(super) struct PartlyKnown {
    bytes: Vec<u8>,
    /// Where partition, service, region, account and resource begin, if nothing before the resource may be more than one of them.
    parts: Option<[usize; 5]>,
}

impl PartlyKnown {
    /// Reads an ARN, in the place of the one that was here.
    pub(super) fn read(&mut self, node: &Node, model: &Model<'_>) {
        self.bytes.clear();
        self.node(node, model);
        self.find_parts();
    }

    fn find_parts(&mut self) {
        self.parts = None;
        let (mut parts, mut found) = ([0; 5], 0);
        for (place, byte) in self.bytes.iter().enumerate() {
            match byte {
                b':' => {
                    parts[found] = place + 1;
                    found += 1;
                    if found == 5 {
                        self.parts = Some(parts);
                        return;
                    }
                }
                &ANY | &NAME => return,
                _ => {}
            }
        }
    }

    /// Whether it may be any resource, or is no ARN; none is longer than 2,048 characters.
    pub(super) fn is_open(&self) -> bool {
        !self.bytes.starts_with(b"arn:") || self.bytes.len() > 2_048
    }

    /// Whether it stands for whatever an action without resource types is asked about.
    pub(super) fn is_everything(&self) -> bool {
        // The resource comes after partition, service, region and account; a wildcard may stand for some of those too.
        match self.bytes.splitn(6, |byte| *byte == b':').nth(5) {
            // `*`, or all of a type, such as `log-group:*`.
            Some(resource) => {
                let place = resource.iter().position(|byte| *byte == ANY);
                let before = place.map_or(resource, |place| &resource[..place]);
                let of_type = before.strip_suffix(b":").or(before.strip_suffix(b"/"));
                let is_type = |name: &[u8]| {
                    name.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'-')
                };
                place.is_some() && (before.is_empty() || of_type.is_some_and(is_type))
            }
            None => self.bytes.last() == Some(&ANY),
        }
    }

    /// Whether it can be of a form of the table, in which `%` stands for text without `/` and `:`, and `*` for any.
    pub(super) fn can_be(&self, form: &[u8]) -> bool {
        let (Some([_, service, region, account, resource]), Some(of)) =
            (self.parts, form.strip_prefix(ARN))
        else {
            return meet(&self.bytes, form);
        };
        // The parts before the resource decide nearly always, and at a glance.
        let mut forms = of.splitn(4, |byte| *byte == b':');
        let mut start = service;
        let is_bucket = self.bytes[service..].starts_with(b"s3:::");
        for end in [region, account, resource] {
            let (part, form) = (&self.bytes[start..end - 1], forms.next().unwrap_or_default());
            start = end;
            let can_be = match (part, form) {
                // A bucket may have the name of a type that has a region.
                ([], b"%") => !is_bucket,
                (_, b"%") => !part.contains(&b'/'),
                // There is no region and no account without a name.
                ([PART], b"") => false,
                _ if part.contains(&PART) || part.contains(&b'?') => meet(part, form),
                _ => part.eq_ignore_ascii_case(form),
            };
            if !can_be {
                return false;
            }
        }
        let (mut text, mut form) = (&self.bytes[resource..], forms.next().unwrap_or_default());
        while let ([a, text_after @ ..], [b, form_after @ ..]) = (text, form) {
            if [ANY, PART, NAME, b'?'].contains(a) || [b'%', b'*'].contains(b) {
                break;
            }
            if !a.eq_ignore_ascii_case(b) {
                return false;
            }
            (text, form) = (text_after, form_after);
        }
        form == b"*" || meet(text, form)
    }

    /// The name of the bucket, if this is the ARN of a bucket or of its objects and the name is known.
    pub(super) fn bucket(&self) -> Option<&str> {
        let mut parts = self.bytes.splitn(6, |byte| *byte == b':').skip(2);
        if parts.next() != Some(b"s3") {
            return None;
        }
        let rest = parts.nth(2)?;
        let name = rest.split(|byte| *byte == b'/').next()?;
        let name = std::str::from_utf8(name).ok()?;
        let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
        (!name.is_empty() && name.bytes().all(is_known)).then_some(name)
    }

    fn node(&mut self, node: &Node, model: &Model<'_>) {
        if let Node::Str(text) = node {
            return self.literal(text);
        }
        match node.as_function() {
            Some(("Ref", Node::Str(name))) => self.reference(name, None, model),
            Some(("Fn::GetAtt", Node::Str(text))) => self.variable(text, model),
            Some(("Fn::GetAtt", Node::List(parts))) => match parts.as_slice() {
                [Node::Str(id), Node::Str(attribute)] => {
                    self.reference(id, Some(attribute), model);
                }
                _ => self.bytes.push(ANY),
            },
            Some(("Fn::Sub", Node::Str(text))) => self.sub(text, &Node::Null, model),
            Some(("Fn::Sub", Node::List(parts))) => match parts.as_slice() {
                [Node::Str(text)] => self.sub(text, &Node::Null, model),
                [Node::Str(text), variables] => self.sub(text, variables, model),
                _ => self.bytes.push(ANY),
            },
            Some(("Fn::Join", Node::List(arguments))) => match arguments.as_slice() {
                [Node::Str(delimiter), Node::List(parts)] => {
                    for (index, part) in parts.iter().enumerate() {
                        if index > 0 {
                            self.literal(delimiter);
                        }
                        self.node(part, model);
                    }
                }
                _ => self.bytes.push(ANY),
            },
            _ => self.bytes.push(ANY),
        }
    }

    /// Text of a policy, with wildcards and policy variables.
    fn literal(&mut self, text: &str) {
        let mut rest = text;
        while let Some(place) = rest.find(['*', '$', '{', '\u{1}', '\u{2}', '\u{3}']) {
            self.bytes.extend(rest[..place].bytes());
            let (here, after) = (&rest[place..], &rest[place + 1..]);
            if here.starts_with("{{") {
                // A dynamic reference.
                self.bytes.push(ANY);
                return;
            }
            rest = after;
            if let Some(variable) = here.strip_prefix("${") {
                self.bytes.push(ANY);
                rest = variable.split_once('}').map_or("", |(_, rest)| rest);
            } else if here.starts_with(['$', '{']) {
                self.bytes.push(here.as_bytes()[0]);
            } else {
                self.bytes.push(ANY);
            }
        }
        self.bytes.extend(rest.bytes());
    }

    /// Text of `Fn::Sub`.
    fn sub(&mut self, text: &str, variables: &Node, model: &Model<'_>) {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            self.literal(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            match (name.strip_prefix('!'), variables.get(name)) {
                // A variable of the policy.
                (Some(_), _) => self.bytes.push(ANY),
                (None, Some(value)) => self.node(value, model),
                (None, None) => self.variable(name.trim(), model),
            }
            rest = after;
        }
        self.literal(rest);
    }

    /// `Name` or `Name.Attribute`.
    fn variable(&mut self, name: &str, model: &Model<'_>) {
        match name.split_once('.') {
            Some((id, attribute)) => self.reference(id, Some(attribute), model),
            None => self.reference(name, None, model),
        }
    }

    fn reference(&mut self, name: &str, attribute: Option<&str>, model: &Model<'_>) {
        if ["AWS::Partition", "AWS::Region", "AWS::AccountId"].contains(&name) {
            return self.bytes.push(PART);
        }
        let Some(spec) = model.resource(name).and_then(|resource| resource.spec) else {
            return self.bytes.push(ANY);
        };
        match attribute.or(spec.reference()) {
            Some("BucketName") if attribute.is_none() => self.bytes.push(PART),
            Some(attribute) if is_arn(attribute, spec) => self.template(spec),
            Some(attribute) if attribute.ends_with("Arn") => self.bytes.push(ANY),
            _ => self.bytes.push(NAME),
        }
    }

    fn template(&mut self, spec: ResourceSpec) {
        let Some(template) = spec.arn_template() else { return self.bytes.push(ANY) };
        let mut rest = template.as_bytes();
        while let [byte, after @ ..] = rest {
            rest = after;
            if *byte != b'$' {
                self.bytes.push(*byte);
                continue;
            }
            let end = rest.iter().position(|byte| *byte == b'}').unwrap_or(rest.len());
            let (hole, after) = rest.split_at(end);
            let is_part = matches!(hole, b"{Partition" | b"{Region" | b"{Account" | b"{BucketName");
            self.bytes.push(if is_part { PART } else { NAME });
            rest = after.get(1..).unwrap_or_default();
        }
    }
}

/// Whether an attribute is the ARN of the resource itself.
fn is_arn(attribute: &str, spec: ResourceSpec) -> bool {
    let of = attribute.strip_suffix("Arn");
    of.is_some_and(|of| of.is_empty() || spec.type_name().rsplit("::").next() == Some(of))
}

/// Places in a form, of which there are 256 at most.
#[derive(Clone, Copy, Default)]
struct Places([u64; 4]);

impl Places {
    fn add(&mut self, place: usize) {
        self.0[(place / 64) & 3] |= 1 << (place % 64);
    }

    fn has(&self, place: usize) -> bool {
        self.0[(place / 64) & 3] & (1 << (place % 64)) != 0
    }

    fn first(&self) -> Option<usize> {
        let word = self.0.iter().position(|word| *word != 0)?;
        Some(word * 64 + self.0[word].trailing_zeros() as usize)
    }

    /// Adds a place, and those behind the wildcards that may stand for nothing.
    fn add_with_empty(&mut self, mut place: usize, form: &[u8]) {
        self.add(place);
        while matches!(form.get(place), Some(b'*' | b'%')) {
            place += 1;
            self.add(place);
        }
    }
}

/// Whether there is a text that is both.
fn meet(text: &[u8], form: &[u8]) -> bool {
    if form.len() > 255 {
        return true;
    }
    let is_part = |byte: u8| byte != b'/' && byte != b':';
    let mut places = Places::default();
    places.add_with_empty(0, form);
    for &byte in text {
        let Some(first) = places.first() else { return false };
        let mut next = Places::default();
        if byte == ANY || byte == NAME {
            (first..=form.len()).for_each(|place| next.add(place));
            places = next;
            continue;
        }
        for place in first..=form.len() {
            if byte == PART {
                // It may go on from the place before, as long as nothing forbids it.
                let goes_on = |at: u8| at == b'*' || at == b'%' || is_part(at);
                let from_before = place > 0 && next.has(place - 1) && goes_on(form[place - 1]);
                if places.has(place) || from_before {
                    next.add(place);
                }
                continue;
            }
            if !places.has(place) {
                continue;
            }
            match form.get(place) {
                Some(b'*') => next.add_with_empty(place, form),
                Some(b'%') if byte == b'?' || is_part(byte) => next.add_with_empty(place, form),
                Some(b'%') | None => {}
                Some(other) if byte == b'?' || other.eq_ignore_ascii_case(&byte) => {
                    next.add_with_empty(place + 1, form);
                }
                Some(_) => {}
            }
        }
        places = next;
    }
    places.has(form.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> PartlyKnown {
        let mut arn = PartlyKnown::default();
        arn.literal(text);
        arn.find_parts();
        arn
    }

    #[test]
    fn an_arn_can_be_of_a_form() {
        let (bucket, object) = ("arn:%:s3:::%", "arn:%:s3:::%/*");
        for (text, form, can) in [
            ("arn:aws:s3:::orders", bucket, true),
            ("arn:aws:s3:::orders", object, false),
            ("arn:aws:s3:::orders/*", object, true),
            ("arn:aws:s3:::orders/a/b", object, true),
            ("arn:aws:s3:::orders/*", bucket, false),
            ("arn:aws:s3:::*", object, true),
            ("arn:aws:s3:::ord*", object, true),
            ("arn:aws:s3:::o?ders", bucket, true),
            ("arn:aws:s3:::orders${aws:username}", object, true),
            ("arn:*:s3:::orders/x", object, true),
            ("arn:aws:*", object, true),
            (
                "arn:aws:s3::111122223333:accesspoint/a.mrap/object/*",
                "arn:%:s3:%:%:accesspoint/*/object/*",
                true,
            ),
            ("arn:aws:s3:::accesspoint/x", "arn:%:s3:%:%:accesspoint/*", false),
            ("arn:aws:s3:eu-west-1::orders", bucket, false),
            ("arn:aws:sqs:eu-west-1:111122223333:orders", "arn:%:sns:%:%:*", false),
            ("arn:aws:sns:eu-west-1:111122223333:orders", "arn:%:sns:%:%:*", true),
            ("arn:aws:sns:eu-west-1:111122223333", "arn:%:sns:%:%:*", false),
            ("arn:aws:dynamodb:eu-west-1:table/x", "arn:%:dynamodb:%:%:table/*", false),
            ("arn:aws:logs:*:*:*", "arn:%:logs:%:%:log-group:*", true),
            ("arn:aws:SNS:eu-west-1:111122223333:x", "arn:%:sns:%:%:*", true),
        ] {
            assert_eq!(known(text).can_be(form.as_bytes()), can, "{text} {form}");
        }
    }

    #[test]
    fn a_part_holds_no_slash() {
        let arn = |before: &[u8], after: &[u8]| {
            let bytes = [b"arn:", &[PART][..], b":s3:::", before, &[PART], after].concat();
            let mut arn = PartlyKnown { bytes, parts: None };
            arn.find_parts();
            arn
        };
        assert!(arn(b"", b"").can_be(b"arn:%:s3:::%"));
        assert!(!arn(b"", b"").can_be(b"arn:%:s3:::%/*"));
        assert!(arn(b"", b"/*").can_be(b"arn:%:s3:::%/*"));
        assert!(!arn(b"", b"/x").can_be(b"arn:%:s3:::%"));
        assert!(arn(b"pre-", b"-post/x").can_be(b"arn:%:s3:::%/*"));
        assert!(arn(b"", b"").can_be(b"arn:%:s3:::fixed"));
        assert!(!arn(b"", b"").can_be(b"arn:%:s3:::fixed/x"));
    }

    #[test]
    fn everything_is_a_wildcard_in_place_of_the_resource() {
        assert!(known("arn:aws:s3:::*").is_everything());
        assert!(known("arn:aws:logs:*:*:*").is_everything());
        assert!(known("arn:aws:logs:*").is_everything());
        assert!(known("arn:aws:logs:*:*:log-group:*").is_everything());
        assert!(known("arn:aws:ssm:*:*:parameter/*").is_everything());
        assert!(!known("arn:aws:ssm:*:*:parameter/orders/*").is_everything());
        assert!(!known("arn:aws:s3:::orders*").is_everything());
        assert!(!known("arn:aws:s3:::orders").is_everything());
    }

    #[test]
    fn a_bucket_has_a_name() {
        assert_eq!(known("arn:aws:s3:::orders/x").bucket(), Some("orders"));
        assert_eq!(known("arn:aws:s3:::orders").bucket(), Some("orders"));
        assert_eq!(known("arn:aws:s3:::ord*/x").bucket(), None);
        assert_eq!(known("arn:aws:sns:::orders").bucket(), None);
    }
}
