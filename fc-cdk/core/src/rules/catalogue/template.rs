//! Rules of whole templates: references, functions, parameters, limits.

const FUNCTIONS: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html";
const LIMITS: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html";

rules! {
    NOT_A_TEMPLATE = "not-a-template", Error, "a file is no template";
        why "It cannot be read as JSON or YAML, has a key twice, or is nested too deep.";
        fix "correct the text at this place";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html";
    EMPTY_STACK = "empty-stack", Error, "a stack has no resources";
        why "CloudFormation does not accept a template without resources.";
        fix "add a resource, or drop the stack";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html";
    LIMIT_EXCEEDED = "limit-exceeded", Error, "there is more of something than AWS takes";
        why "CloudFormation and the services have quotas; most show only when the change is executed.";
        fix "split the stack, or say it with less";
        docs LIMITS;
    DANGLING_REFERENCE = "dangling-reference", Error, "a template mentions something that is not in it";
        why "CloudFormation refuses the whole template.";
        fix "refer by handle, or correct the name; ids are case-sensitive";
        docs FUNCTIONS;
    CONDITIONAL_TARGET = "conditional-target", Warning, "what is always there refers to what is there only under a condition";
        why "Where the condition does not hold, there is nothing to refer to, and CloudFormation refuses the deployment.";
        fix "give both the same condition, or choose the value by `Fn::If`";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html";
    UNKNOWN_ATTRIBUTE = "unknown-attribute", Error, "`Fn::GetAtt` asks for an attribute that the type does not have";
        why "CloudFormation refuses the whole template.";
        fix "use an attribute of the handle";
        docs FUNCTIONS;
    BAD_INTRINSIC = "bad-intrinsic", Error, "an intrinsic function is called with arguments that it does not take";
        why "CloudFormation refuses the whole template.";
        fix "see the function's page for its arguments";
        docs FUNCTIONS;
    MISSING_TRANSFORM = "missing-transform", Error, "a function of the language extensions is used without the transform that evaluates it";
        why "Without `AWS::LanguageExtensions` CloudFormation does not know `Fn::Length`, `Fn::ToJsonString` and `Fn::ForEach`.";
        fix "call `stack.language_extensions()`";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html";
    REDUNDANT_DEPENDS_ON = "redundant-depends-on", Info, "`DependsOn` says what a reference says already";
        why "CloudFormation orders resources by their references; saying it again adds nothing and has to be kept up.";
        fix "drop the dependency";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html";
    BAD_PARAMETER = "bad-parameter", Error, "a parameter's definition contradicts itself";
        why "CloudFormation refuses a default that the parameter's own type, allowed values or bounds rule out.";
        fix "correct the default, or what is allowed";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html";
    BAD_TAGS = "bad-tags", Error, "tags of one resource repeat a key, or use a reserved one";
        why "AWS refuses two tags with one key, and keys that begin with `aws:`.";
        fix "give each tag a key of its own that does not begin with `aws:`";
        docs "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html";
    DUPLICATE_EXPORT = "duplicate-export", Error, "two outputs export the same name in one account and region";
        why "Names of exports are unique in an account and region: the second stack fails at the end of its deployment, and rolls back.";
        fix "put the stack's name into the name of the export";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html";
    DUPLICATE_PHYSICAL_NAME = "duplicate-physical-name", Error, "two resources ask for the same physical name";
        why "The second one fails at deploy, as AWS has a resource of that name by then.";
        fix "leave the name out: CloudFormation makes one that is unique";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html";
    BAD_POLICY = "bad-policy", Error, "IAM would refuse a policy";
        why "IAM checks the grammar and the size of policies when they are created, in the middle of a deployment.";
        fix "see the elements of the policy language";
        docs "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html";
    TYPE_NOT_IN_REGION = "type-not-in-region", Error, "a resource type is not offered in the stack's region";
        why "CloudFormation refuses the template in that region.";
        fix "use another region or another type; if AWS offers it there since, allow this finding";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html";
}
