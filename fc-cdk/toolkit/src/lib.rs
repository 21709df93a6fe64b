//! The command line of fc-cdk apps: synth, list, tree, and the cloud assembly on disk.
