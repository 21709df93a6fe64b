//! What policies name.

const REFERENCE: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html";

crate::rules! {
    pub(in crate::rules) const RULES = "Policies";
    UNKNOWN_ACTION = "unknown-action", Error, "a policy names an action or a service that IAM does not have";
        why "IAM takes the policy without a word, and the statement never matches: a call is refused much later, or a denial denies nothing. A warning there; an error in the policies of buckets, queues and topics, whose services refuse it.";
        fix "look the name up in AWS's service authorization reference; if it is newer than fc-cdk's tables, allow this finding";
        docs REFERENCE;
    UNKNOWN_CONDITION_KEY = "unknown-condition-key", Warning, "a condition asks for a key that is not there";
        why "No request has the key, so the condition never holds, or always does where it is negated. Amazon S3 refuses such policies.";
        fix "look the key up in AWS's service authorization reference; if it is newer than fc-cdk's tables, allow this finding";
        docs REFERENCE;
    UNSUPPORTED_CONDITION_KEY = "unsupported-condition-key", Warning, "no action of a statement knows the key that its condition asks for";
        why "Requests for these actions do not have the key, so the condition never holds, or always does where it is negated.";
        fix "ask for a key of these actions, or put the actions that know it into a statement of their own";
        docs REFERENCE;
    CONDITION_TYPE = "condition-type", Warning, "a condition compares a key with what it never is";
        why "An operator reads both sides as its own type. What cannot be read so never matches, and IAM does not say so.";
        fix "use the operator of the key's type";
        docs "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html";
    ACTION_WITHOUT_RESOURCE = "action-without-resource", Error, "an action cannot take any of the resources that its statement names";
        why "The statement says nothing about the action, such as `s3:GetObject` on a bucket in place of its objects. IAM takes it without a word: a warning. Amazon S3 refuses it in the policy of a bucket: an error.";
        fix "name resources that the action takes";
        docs REFERENCE;
    RESOURCE_WITHOUT_ACTION = "resource-without-action", Info, "no action of a statement can take a resource that it names";
        why "Naming the resource has no effect, though somebody meant it to.";
        fix "name an action that takes the resource, or leave the resource out";
        docs REFERENCE;
    UNKNOWN_PRINCIPAL = "unknown-principal", Error, "a service's name as a principal is not one";
        why "IAM refuses names that are no service's when the policy is created, in the middle of a deployment.";
        fix "write the domain of the service, such as `lambda.amazonaws.com`";
        docs "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services";
}
