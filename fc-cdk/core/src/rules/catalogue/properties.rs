//! Rules of single resources, which the tables of the types hold.

/// The list of all types; a finding about a resource names the page of its own type instead.
pub(in crate::rules) const ALL_TYPES: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html";

crate::rules! {
    pub(in crate::rules) const RULES = "Properties";
    ILLEGAL_VALUE = "illegal-value", Error, "a literal is not one that AWS accepts";
        why "The value is not among the allowed ones, too long, too large, or of the wrong form; the deployment would fail at this resource.";
        fix "use an allowed value";
        docs ALL_TYPES;
    WRONG_KIND = "wrong-kind", Error, "a value is of another kind than the property takes";
        why "CloudFormation refuses a list where text is expected, and the like.";
        fix "give it the expected kind, or an intrinsic function";
        docs ALL_TYPES;
    MISSING_PROPERTY = "missing-property", Error, "a required property is not set";
        why "AWS cannot create the resource without it.";
        fix "set it";
        docs ALL_TYPES;
    UNKNOWN_PROPERTY = "unknown-property", Error, "the type has no such property, as far as is known";
        why "CloudFormation refuses properties that it does not know; most are typing errors.";
        fix "correct the name; if AWS has added it since, allow this finding here";
        docs ALL_TYPES;
    UNKNOWN_TYPE = "unknown-type", Error, "there is no such resource type, as far as is known";
        why "CloudFormation refuses the whole template; most are typing errors.";
        fix "correct the name; if AWS has added the type since, allow this finding here";
        docs ALL_TYPES;
    READ_ONLY_PROPERTY = "read-only-property", Error, "a property that only AWS sets is given";
        why "Such values are results: CloudFormation refuses them as input.";
        fix "read it as an attribute; it cannot be given";
        docs ALL_TYPES;
    BAD_DEFINITION = "bad-definition", Error, "a document within a property contradicts itself";
        why "State machines, pipelines, schedules and SSM documents have a language of their own, which their services check when the resource is made.";
        fix "correct it as the page of the service says";
        docs ALL_TYPES;
    MISMATCH = "mismatch", Error, "two resources of the template do not go together";
        why "Each is right by itself; AWS refuses the second one when it is made.";
        fix "make them agree";
        docs ALL_TYPES;
    PROPERTY_CONFLICT = "property-conflict", Error, "properties do not go together, or need others";
        why "AWS refuses the combination at deploy time.";
        fix "use one of them, or add what is missing";
        docs ALL_TYPES;
    IGNORED_PROPERTY = "ignored-property", Warning, "a setting has no effect beside others";
        why "AWS takes it without a word, and does something else than the template says.";
        fix "leave it out, or change what makes it useless";
        docs ALL_TYPES;
    DEPRECATED_PROPERTY = "deprecated-property", Warning, "a property is set that AWS advises against";
        why "It works as yet, but has a successor or belongs to something that is being withdrawn; new settings come to the successor alone.";
        fix "use what the page of the type names instead, or leave it out";
        docs ALL_TYPES;
}
