//! Templates as snapshots.

use fc_cdk_core::{Node, Template};

/// The text of a template for a snapshot.
pub(crate) fn text(template: &Template) -> String {
    let mut whole = Node::Map(template.sections().clone());
    mask(&mut whole);
    whole.to_json_pretty()
}

fn mask(node: &mut Node) {
    match node {
        Node::Str(text) => {
            if let Some(masked) = without_hashes(text) {
                *text = masked.into();
            }
        }
        Node::List(items) => items.iter_mut().for_each(mask),
        Node::Map(map) => map.iter_mut().for_each(|(_, value)| mask(value)),
        _ => {}
    }
}

/// The text with `<hash of an asset>` for each 64 hexadecimal digits in a row, if it has them.
fn without_hashes(text: &str) -> Option<String> {
    const DIGITS: usize = 64;
    let mut masked = String::new();
    let mut rest = text;
    let mut any = false;
    while let Some(start) = rest.find(|character: char| character.is_ascii_hexdigit()) {
        let tail = rest.get(start..).unwrap_or_default();
        let length =
            tail.find(|character: char| !character.is_ascii_hexdigit()).unwrap_or(tail.len());
        masked.push_str(rest.get(..start).unwrap_or_default());
        if length == DIGITS {
            masked.push_str("<hash of an asset>");
            any = true;
        } else {
            masked.push_str(tail.get(..length).unwrap_or_default());
        }
        rest = tail.get(length..).unwrap_or_default();
    }
    masked.push_str(rest);
    any.then_some(masked)
}

/// Compares a template with its snapshot, by the crate `insta`, which has to be among the dependencies of the test.
///
/// Takes a [`TemplateTest`](crate::TemplateTest), and before it the name of the snapshot where the test's does not do. Accept changes by
/// `cargo insta review`.
///
/// ```no_run
/// # use fc_cdk_core::App;
/// # use fc_cdk_testing::TemplateTest;
/// # fn shop() -> App { App::new() }
/// #[test]
/// fn the_shop_is_what_it_was() {
///     let assembly = shop().synth();
///     fc_cdk_testing::assert_template_snapshot!("data", TemplateTest::of(&assembly, "Shop-Data"));
/// }
/// ```
#[macro_export]
macro_rules! assert_template_snapshot {
    ($template:expr $(,)?) => {
        ::insta::assert_snapshot!($template.snapshot())
    };
    ($name:expr, $template:expr $(,)?) => {
        ::insta::assert_snapshot!($name, $template.snapshot())
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_hashes_are_masked() {
        let hash = "0123456789abcdef".repeat(4);
        let masked = without_hashes(&format!("s3://bucket/{hash}.zip"));
        assert_eq!(masked.as_deref(), Some("s3://bucket/<hash of an asset>.zip"));
        assert_eq!(without_hashes("face and bead"), None);
        assert_eq!(without_hashes(&format!("{hash}0")), None);
        assert_eq!(without_hashes("서울 ü"), None);
    }
}
