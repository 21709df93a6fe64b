//! Higher-level AWS constructs for fc-cdk: secure by default, few required settings, every escape hatch open.
