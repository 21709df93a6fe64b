//! Rules of single resources, which the tables of the types hold.

crate::rules! {
    pub(in crate::rules) const RULES = "Properties";
    ILLEGAL_VALUE = "illegal-value", Error, "a literal is not one that AWS accepts";
        why "The value is not among the allowed ones, too long, too large, or of the wrong form; the deployment would fail at this resource.";
        fix "use an allowed value";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html";
    WRONG_KIND = "wrong-kind", Error, "a value is of another kind than the property takes";
        why "CloudFormation refuses a list where text is expected, and the like.";
        fix "give it the expected kind, or an intrinsic function";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html";
    MISSING_PROPERTY = "missing-property", Error, "a required property is not set";
        why "AWS cannot create the resource without it.";
        fix "set it";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html";
    UNKNOWN_PROPERTY = "unknown-property", Error, "the type has no such property, as far as is known";
        why "CloudFormation refuses properties that it does not know; most are typing errors.";
        fix "correct the name; if AWS has added it since, allow this finding here";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html";
    UNKNOWN_TYPE = "unknown-type", Error, "there is no such resource type, as far as is known";
        why "CloudFormation refuses the whole template; most are typing errors.";
        fix "correct the name; if AWS has added the type since, allow this finding here";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html";
    READ_ONLY_PROPERTY = "read-only-property", Error, "a property that only AWS sets is given";
        why "Such values are results: CloudFormation refuses them as input.";
        fix "read it as an attribute; it cannot be given";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html";
    BAD_DEFINITION = "bad-definition", Error, "a document within a property contradicts itself";
        why "State machines, pipelines, schedules and SSM documents have a language of their own, which their services check when the resource is made.";
        fix "correct it as the page of the service says";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html";
    MISMATCH = "mismatch", Error, "two resources of the template do not go together";
        why "Each is right by itself; AWS refuses the second one when it is made.";
        fix "make them agree";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html";
    PROPERTY_CONFLICT = "property-conflict", Error, "properties do not go together, or need others";
        why "AWS refuses the combination at deploy time.";
        fix "use one of them, or add what is missing";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html";
    DEPRECATED_PROPERTY = "deprecated-property", Warning, "a property is set that AWS advises against";
        why "It works as yet, but has a successor or belongs to something that is being withdrawn; new settings come to the successor alone.";
        fix "use what the page of the type names instead, or leave it out";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html";
}
