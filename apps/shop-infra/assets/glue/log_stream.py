"""Makes the table `events` of the access logs of the web servers, with no quality check before: what is no event is left out here.

Nginx writes one JSON object for each request:

    log_format shop escape=json '{"id":"$request_id","time":"$time_iso8601","method":"$request_method","uri":"$uri",'
                                '"args":"$args","status":"$status","session":"$cookie_sid","customer":"$cookie_cid"}';
"""

import shop_lake

FIELDS = ["id", "time", "method", "uri", "args", "status", "session", "customer"]


def refine(frame):
    """The requests that mean something: a product was viewed, put into the cart, or bought."""
    from pyspark.sql import functions as f

    for name in FIELDS:
        if name not in frame.columns:
            frame = frame.withColumn(name, f.lit(None).cast("string"))
    product = f.regexp_extract("uri", r"^/products/(\d+)$", 1)
    in_cart = f.regexp_extract("args", r"(?:^|&)product=(\d+)(?:&|$)", 1)
    campaign = f.regexp_extract("args", r"(?:^|&)utm_campaign=([^&]+)", 1)
    event_type = (
        f.when((f.col("method") == "GET") & (product != ""), "view")
        .when((f.col("method") == "POST") & (f.col("uri") == "/cart"), "cart")
        .when((f.col("method") == "POST") & (f.col("uri") == "/orders"), "purchase")
    )

    def unless_empty(column):
        return f.when(column != "", column)

    rows = frame.where(f.col("status").cast("int").between(200, 399)).select(
        f.col("id").alias("event_id"),
        f.to_timestamp("time").alias("event_time"),
        unless_empty(f.col("session")).alias("session_id"),
        unless_empty(f.col("customer")).cast("bigint").alias("customer_id"),
        event_type.alias("event_type"),
        unless_empty(f.coalesce(unless_empty(product), in_cart)).cast("bigint").alias("product_id"),
        unless_empty(campaign).alias("campaign"),
        f.col("uri").alias("page"),
    )
    rows = rows.dropna(subset=["event_id", "event_time", "session_id", "event_type"])
    rows = rows.dropDuplicates(["event_id"])
    return rows.withColumn("dt", f.date_format("event_time", "yyyy-MM-dd"))


def main():
    values = shop_lake.arguments("SOURCE_PATH", "TARGET_PATH")
    glue, _, job = shop_lake.contexts(values["JOB_NAME"], values)
    frame = shop_lake.read_files(glue, values["SOURCE_PATH"], "json")
    if frame.columns:
        shop_lake.append_table(refine(frame), values["TARGET_PATH"], "events")
    job.commit()


if __name__ == "__main__":
    main()
