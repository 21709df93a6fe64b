//! Mistakes that the compiler finds, with the messages that a user sees.
//!
//! The compiler shortens a path where no other crate or module has its last name, and which services are compiled depends on what is
//! tested together. So the cases are about types that one service alone has, and miss properties that several of the services have that
//! this module asks for.

#[test]
fn mistakes_do_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}
