//! Which processors and memories Fargate has together.

use fc_cdk_core::{Diagnostic, Scope};

use super::codes;

/// The memory that goes with so many units of processor, in MiB: the least, the most, and in which steps.
/// See <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html>.
const SIZES: [(u32, u32, u32, u32); 7] = [
    (256, 512, 2_048, 1_024),
    (512, 1_024, 4_096, 1_024),
    (1_024, 2_048, 8_192, 1_024),
    (2_048, 4_096, 16_384, 1_024),
    (4_096, 8_192, 30_720, 1_024),
    (8_192, 16_384, 61_440, 4_096),
    (16_384, 32_768, 122_880, 8_192),
];

pub(super) fn check(scope: &Scope, cpu: u32, memory: u32) {
    let report = |property: &str, message: String, help: String| {
        let error = Diagnostic::error(codes::BAD_TASK_SIZE, message);
        scope.report(error.property(property).help(help));
    };
    let Some((_, least, most, step)) = SIZES.into_iter().find(|(units, ..)| *units == cpu) else {
        let units: Vec<String> = SIZES.iter().map(|(units, ..)| units.to_string()).collect();
        let message = format!("Fargate has no task with {cpu} units of processor");
        let help = format!("give one of {}; 1024 units are one processor", units.join(", "));
        report("cpu", message, help);
        return;
    };
    let fits = (least..=most).contains(&memory) && (memory.is_multiple_of(step) || memory == least);
    if !fits {
        let message =
            format!("Fargate has no {memory} MiB of memory with {cpu} units of processor");
        let nearest = if memory > most {
            match SIZES.into_iter().find(|(_, _, most, _)| *most >= memory) {
                Some((units, ..)) => format!(", or `cpu` of {units} or more"),
                None => String::new(),
            }
        } else {
            String::new()
        };
        let range = if cpu == 256 {
            "512, 1024 or 2048".to_owned()
        } else {
            format!("{least} to {most} in steps of {step}")
        };
        report("memory_mib", message, format!("give {range}{nearest}"));
    }
}
