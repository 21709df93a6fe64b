"""Evaluates the quality rules of a source; fails where data breaks one, so that the pipeline goes no further with it.

The rules are those of the ruleset in Glue Data Quality, in DQDL. The results are published there and as metrics.
"""

import boto3
import shop_lake

DATABASE = "shop"


def data(glue, spark, kind, path):
    """What the rules of a source are about: the purchases of the newest export, or all answers to surveys."""
    from awsglue.dynamicframe import DynamicFrame

    if kind == "database":
        export, _ = shop_lake.newest_export(path)
        frame = spark.read.option("recursiveFileLookup", "true").parquet(
            f"{export}{DATABASE}/{DATABASE}.orders/"
        )
    else:
        frame = shop_lake.read_files(glue, path, "csv", {"withHeader": True})
    return DynamicFrame.fromDF(frame, glue, kind)


def broken(outcomes):
    """The rules that data breaks, with what was found."""
    rows = outcomes.where("Outcome != 'Passed'").collect()
    return [f"{row['Rule']}: {row['FailureReason']}" for row in rows]


def main():
    from awsglue.transforms import SelectFromCollection
    from awsgluedq.transforms import EvaluateDataQuality

    values = shop_lake.arguments("SOURCE_PATH", "SOURCE_KIND", "RULESET")
    glue, spark, job = shop_lake.contexts(values["JOB_NAME"], values)
    rules = boto3.client("glue").get_data_quality_ruleset(Name=values["RULESET"])["Ruleset"]
    results = EvaluateDataQuality().process_rows(
        frame=data(glue, spark, values["SOURCE_KIND"], values["SOURCE_PATH"]),
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
        raise RuntimeError(f"the {values['SOURCE_KIND']} breaks its rules: " + "; ".join(problems))
    job.commit()


if __name__ == "__main__":
    main()
