//! The XML in which the Query API answers: elements and text, no attributes that matter.

use crate::deploy::error::Error;

/// An element of a reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Element {
    /// Its name.
    pub name: String,
    /// The text in it, without that of elements in it.
    pub text: String,
    /// The elements in it, in order.
    pub children: Vec<Element>,
}

impl Element {
    /// The first element in it with this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first element in it with this name; empty where there is none.
    pub fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.trim())
    }

    /// The elements of a list: `<Name><member>…</member>…</Name>`.
    pub fn list(&self, name: &str) -> &[Element] {
        self.child(name).map_or(&[], |child| &child.children)
    }

    /// The first element of this name at any depth, itself included.
    pub fn find(&self, name: &str) -> Option<&Element> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }
}

/// Reads a document.
pub(crate) fn parse(text: &str) -> Result<Element, Error> {
    let broken = || Error::new(format!("a reply that is no XML: {text}"));
    let mut open = vec![Element::default()];
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        if let Some(element) = open.last_mut() {
            element.text.push_str(&unescape(&rest[..start]));
        }
        rest = &rest[start..];
        if let Some(after) = rest.strip_prefix("<![CDATA[") {
            let (data, after) = after.split_once("]]>").ok_or_else(broken)?;
            open.last_mut().ok_or_else(broken)?.text.push_str(data);
            rest = after;
            continue;
        }
        let (tag, after) = rest[1..].split_once('>').ok_or_else(broken)?;
        rest = after;
        if tag.starts_with(['?', '!']) {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            let element = open.pop().ok_or_else(broken)?;
            if element.name != name.trim() {
                return Err(broken());
            }
            open.last_mut().ok_or_else(broken)?.children.push(element);
            continue;
        }
        let closes = tag.ends_with('/');
        let name = tag.trim_end_matches('/').split_whitespace().next().ok_or_else(broken)?;
        let element = Element { name: name.to_owned(), ..Element::default() };
        if closes {
            open.last_mut().ok_or_else(broken)?.children.push(element);
        } else {
            open.push(element);
        }
    }
    match open.pop() {
        Some(document) if open.is_empty() => {
            document.children.into_iter().next().ok_or_else(broken)
        }
        _ => Err(broken()),
    }
}

/// Text as it stands in XML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(';').unwrap_or(0);
        let character = match rest.get(1..end).unwrap_or_default() {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            entity => {
                let code = entity.strip_prefix('#').unwrap_or_default();
                let hex = code.strip_prefix('x').map(|code| u32::from_str_radix(code, 16).ok());
                hex.unwrap_or_else(|| code.parse().ok()).and_then(char::from_u32)
            }
        };
        match character {
            Some(character) => {
                out.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_read() {
        let text = "<?xml version=\"1.0\"?>\n<R xmlns=\"u\"><L><member>a &lt;b&gt; &amp; &#39;c&#x27;</member><member/></L><D><![CDATA[<x>]]></D></R>";
        let reply = parse(text).unwrap();
        let texts: Vec<&str> = reply.list("L").iter().map(|member| member.text.as_str()).collect();
        assert_eq!(texts, ["a <b> & 'c'", ""]);
        assert_eq!(reply.find("D").map(|data| data.text.as_str()), Some("<x>"));
        assert_eq!(unescape(&escape("<&>")), "<&>");
        for broken in ["", "<a>", "<a></b>", "a"] {
            assert!(parse(broken).is_err(), "{broken}");
        }
    }
}
