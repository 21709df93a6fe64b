//! The rules of values that parameters are given.

const PAGE: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html";

fc_cdk_core::rules! {
    pub(crate) const RULES = "Values of parameters";
    MISSING_VALUE = "missing-value", Error, "a parameter without a default is given no value";
        why "CloudFormation makes no stack while a parameter has neither a value nor a default.";
        fix "give it a value by `--parameters` or in the file of parameters, or give the parameter a default";
        docs PAGE;
    UNKNOWN_PARAMETER = "unknown-parameter", Error, "a value is given for a parameter that no template has";
        why "CloudFormation refuses values for parameters that a template does not have, and a typing mistake leaves the right one without its value.";
        fix "correct the name, or take the value out";
        docs PAGE;
    REFUSED_VALUE = "refused-value", Error, "a parameter is given a value that it does not take";
        why "CloudFormation compares each value with the type of its parameter, with what is allowed and with the bounds, before it does anything.";
        fix "correct the value, or what the parameter allows";
        docs PAGE;
}
