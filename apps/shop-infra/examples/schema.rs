//! Prints the JSON Schema of `shop-infra.toml`, from [`shop_infra::Settings`]: `cargo xtask schema` keeps it.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use schemars::{
    Schema,
    generate::SchemaSettings,
    transform::{RecursiveTransform, Transform},
};

fn main() {
    let mut schema = SchemaSettings::draft07()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator()
        .into_root_schema_for::<shop_infra::Settings>();
    // Every setting has a default, and there are no others.
    RecursiveTransform(|schema: &mut Schema| {
        if schema.get("properties").is_some() {
            schema.remove("required");
            schema.insert("additionalProperties".into(), false.into());
        }
        // TOML has no null: what is optional is left out.
        if schema.get("type").and_then(|kind| kind.as_array()).is_some() {
            schema.insert("type".into(), "string".into());
        }
    })
    .transform(&mut schema);
    println!("{:#}", schema.as_value());
}
