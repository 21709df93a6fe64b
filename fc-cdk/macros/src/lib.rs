//! The `sub!` macro: text with values in it, as Rust's `format!` would write it.
//!
//! A procedural macro, because a declarative one cannot look into a string literal.

use proc_macro::{Delimiter, Group, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

/// The expansion of `fc_cdk_core::sub!`, which documents it.
#[proc_macro]
pub fn sub(input: TokenStream) -> TokenStream {
    match expand(input) {
        Ok(tokens) => tokens,
        Err((message, span)) => compile_error(&message, span),
    }
}

type Error = (String, Span);

fn expand(input: TokenStream) -> Result<TokenStream, Error> {
    let mut tokens = input.into_iter();
    let Some(first) = tokens.next() else {
        return Err(("`sub!` takes one string literal".into(), Span::call_site()));
    };
    let span = first.span();
    let text = string_literal(&first)
        .ok_or_else(|| ("`sub!` takes one string literal".to_owned(), span))?;
    if let Some(extra) = tokens.find(|token| token.to_string() != ",") {
        return Err(("`sub!` takes its values between braces in the text".into(), extra.span()));
    }
    // `fc_cdk_core::sub!` brings `__Sub` into scope around the call.
    let mut code = "__Sub::new()".to_owned();
    for piece in pieces(&text).map_err(|message| (message, span))? {
        match piece {
            Piece::Text(text) => code.push_str(&format!(".text({})", Literal::string(&text))),
            Piece::Pseudo(name) => code.push_str(&format!(".pseudo({})", Literal::string(&name))),
            Piece::Expression(expression) => code.push_str(&format!(".value(&({expression}))")),
        }
    }
    code.push_str(".finish()");
    let parsed: TokenStream =
        code.parse().map_err(|_| ("not a Rust expression between braces".to_owned(), span))?;
    Ok(respan(parsed, span))
}

enum Piece {
    Text(String),
    Pseudo(String),
    Expression(String),
}

fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '{' if rest.next_if_eq(&'{').is_some() => literal.push('{'),
            '}' if rest.next_if_eq(&'}').is_some() => literal.push('}'),
            '}' => return Err("a `}` without its `{`; write `}}` for a brace".into()),
            '{' => {
                let mut inner = String::new();
                let mut depth = 1;
                for c in rest.by_ref() {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    if depth == 0 {
                        break;
                    }
                    inner.push(c);
                }
                if depth != 0 {
                    return Err("a `{` without its `}`; write `{{` for a brace".into());
                }
                if !literal.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut literal)));
                }
                let inner = inner.trim();
                pieces.push(match inner {
                    "" => return Err("nothing between the braces".into()),
                    _ if inner.starts_with("AWS::") => Piece::Pseudo(inner.to_owned()),
                    _ => Piece::Expression(inner.to_owned()),
                });
            }
            c => literal.push(c),
        }
    }
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    Ok(pieces)
}

/// The text of a string literal token, plain or raw.
fn string_literal(token: &TokenTree) -> Option<String> {
    // A literal that passed through a declarative macro comes in an invisible group.
    if let TokenTree::Group(group) = token
        && group.delimiter() == Delimiter::None
    {
        return string_literal(&group.stream().into_iter().next()?);
    }
    let source = token.to_string();
    if let Some(raw) = source.strip_prefix('r') {
        let raw = raw.trim_matches('#');
        return raw.strip_prefix('"')?.strip_suffix('"').map(str::to_owned);
    }
    let inner = source.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match rest.next()? {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            '0' => text.push('\0'),
            // A backslash at the end of a line joins it to the next.
            '\n' => while rest.next_if(|c| c.is_whitespace()).is_some() {},
            'x' => text.push(char::from(
                u8::from_str_radix(&rest.by_ref().take(2).collect::<String>(), 16).ok()?,
            )),
            'u' => {
                let code: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
                text.push(char::from_u32(u32::from_str_radix(&code, 16).ok()?)?);
            }
            other => text.push(other),
        }
    }
    Some(text)
}

/// Gives the expansion the place of the literal: errors point there, and names mean what they mean there.
fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            if let TokenTree::Group(group) = &token {
                let mut inner = Group::new(group.delimiter(), respan(group.stream(), span));
                inner.set_span(span);
                return TokenTree::Group(inner);
            }
            token.set_span(span);
            token
        })
        .collect()
}

fn compile_error(message: &str, span: Span) -> TokenStream {
    let mut tokens: TokenStream = "::core::compile_error".parse().unwrap_or_default();
    let mut text = Literal::string(message);
    text.set_span(span);
    let argument = Group::new(Delimiter::Brace, TokenStream::from(TokenTree::from(text)));
    tokens.extend([TokenTree::from(Punct::new('!', Spacing::Alone)), TokenTree::from(argument)]);
    respan(tokens, span)
}
