//! Domains: how they are written, and which is inside of which.

use fc_cdk_core::{Diagnostic, Scope};

use super::codes;

/// What is wrong with a domain, or nothing. A first label of `*` stands for all names at its place.
fn problem(domain: &str) -> Option<String> {
    let labels: Vec<&str> = domain.split('.').collect();
    if domain.len() > 253 {
        return Some(format!(
            "`{domain}` has {} characters, and a domain has 253 at most",
            domain.len()
        ));
    }
    if labels.len() < 2 {
        return Some(format!("`{domain}` is no domain below a top-level one"));
    }
    for (place, label) in labels.iter().enumerate() {
        let allowed =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        let star = place == 0 && *label == "*";
        if !star
            && (label.is_empty()
                || label.len() > 63
                || label.starts_with('-')
                || label.ends_with('-')
                || !label.chars().all(allowed))
        {
            return Some(format!("`{label}` in `{domain}` is no part of a domain"));
        }
    }
    None
}

/// Reports what is no domain; returns whether it is one.
pub(crate) fn check_domain(scope: &Scope, domain: &str, property: &str) -> bool {
    let Some(message) = problem(domain) else { return true };
    let help = "write lower-case letters, digits and hyphens between dots, such as `shop.example.com`; \
                letters of other scripts as Punycode, such as `xn--bcher-kva.example`";
    scope.report(Diagnostic::error(codes::BAD_DOMAIN, message).property(property).help(help));
    false
}

/// Whether a name is the zone's domain or below it.
pub(super) fn is_in_zone(name: &str, zone: &str) -> bool {
    name == zone || name.strip_suffix(zone).is_some_and(|before| before.ends_with('.'))
}

/// Whether a certificate for `pattern` is good for `name`: a star stands for one label.
pub(crate) fn covers(pattern: &str, name: &str) -> bool {
    pattern == name
        || pattern.strip_prefix("*.").is_some_and(|base| {
            name.split_once('.').is_some_and(|(label, rest)| label != "*" && rest == base)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_has_labels_of_letters_digits_and_hyphens() {
        for good in [
            "example.com",
            "*.example.com",
            "_dmarc.example.com",
            "a.b-c.d1.co.uk",
            "xn--bcher-kva.example",
        ] {
            assert_eq!(problem(good), None, "{good}");
        }
        let long = format!("{}.example.com", "a".repeat(64));
        let whole = format!("{}com", "abcdefghi.".repeat(26));
        for bad in [
            "",
            "com",
            "example.com.",
            ".example.com",
            "a..b",
            "-a.com",
            "a-.com",
            "Shop.example.com",
            "쇼핑.kr",
            "a b.com",
            "a.*.com",
            &long,
            &whole,
        ] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_name_is_in_the_zone_of_its_own_domain_only() {
        assert!(is_in_zone("example.com", "example.com"));
        assert!(is_in_zone("a.b.example.com", "example.com"));
        assert!(!is_in_zone("notexample.com", "example.com"));
        assert!(!is_in_zone("com", "example.com"));
    }

    #[test]
    fn a_star_covers_one_label() {
        assert!(covers("*.example.com", "www.example.com"));
        assert!(covers("example.com", "example.com"));
        assert!(covers("*.example.com", "*.example.com"));
        assert!(!covers("*.example.com", "example.com"));
        assert!(!covers("*.example.com", "a.b.example.com"));
    }
}
