"""Evaluates the quality rules of a source; fails where data breaks one, so that the pipeline goes no further with it.

The rules are those of the ruleset in Glue Data Quality, in DQDL. The results are published there and as metrics.
"""

import boto3
import shop_lake

DATABASE = "shop"


def data(glue, spark, kind, path):
    """What the rules of a source are about: the purchases of the newest export, or all answers to surveys."""
    if kind == "database":
        export, _ = shop_lake.newest_export(path)
        folder = f"{export}{DATABASE}/{DATABASE}.orders/"
        return spark.read.option("recursiveFileLookup", "true").parquet(folder)
    return shop_lake.read_files(glue, path, "csv", {"withHeader": True})


def broken(outcomes):
    """The rules that data breaks, with what was found."""
    rows = outcomes.where("Outcome != 'Passed'").collect()
    return [f"{row['Rule']}: {row['FailureReason']}" for row in rows]


def main():
    from awsglue.dynamicframe import DynamicFrame
    from awsglue.transforms import SelectFromCollection
    from awsgluedq.transforms import EvaluateDataQuality

    values = shop_lake.arguments("SOURCE_PATH", "SOURCE_KIND", "RULESET")
    glue, spark, job = shop_lake.contexts(values["JOB_NAME"], values)
    rules = boto3.client("glue").get_data_quality_ruleset(Name=values["RULESET"])["Ruleset"]
    kind = values["SOURCE_KIND"]
    frame = data(glue, spark, kind, values["SOURCE_PATH"])
    # Nothing has come since files were archived: there is nothing to check, or to refine.
    if not frame.columns:
        job.commit()
        return
    results = EvaluateDataQuality().process_rows(
        frame=DynamicFrame.fromDF(frame, glue, kind),
        ruleset=rules,
        publishing_options={
            "dataQualityEvaluationContext": values["RULESET"],
            "enableDataQualityCloudWatchMetrics": True,
            "enableDataQualityResultsPublishing": True,
        },
        additional_options={"performanceTuning.caching": "CACHE_NOTHING"},
    )
    outcomes = SelectFromCollection.apply(dfc=results, key="ruleOutcomes").toDF()
    problems = broken(outcomes)
    if problems:
        raise RuntimeError(f"the {kind} breaks its rules: " + "; ".join(problems))
    job.commit()


if __name__ == "__main__":
    main()
