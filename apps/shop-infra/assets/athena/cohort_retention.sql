-- How many of those who first bought in a month buy again in each month after it.
WITH snapshot AS (
    SELECT max(dt) AS dt FROM orders
),
bought AS (
    SELECT DISTINCT o.customer_id, date_trunc('month', o.ordered_at) AS month
    FROM orders o
    JOIN snapshot s ON o.dt = s.dt
    WHERE o.status IN ('paid', 'shipped', 'delivered')
),
cohorts AS (
    SELECT customer_id, min(month) AS cohort
    FROM bought
    GROUP BY customer_id
),
sizes AS (
    SELECT cohort, count(*) AS customers
    FROM cohorts
    GROUP BY cohort
)
SELECT
    CAST(c.cohort AS date) AS cohort,
    date_diff('month', c.cohort, b.month) AS months_later,
    z.customers AS cohort_customers,
    count(*) AS buyers,
    CAST(count(*) AS double) / z.customers AS retention
FROM bought b
JOIN cohorts c ON c.customer_id = b.customer_id
JOIN sizes z ON z.cohort = c.cohort
GROUP BY c.cohort, date_diff('month', c.cohort, b.month), z.customers
ORDER BY cohort, months_later
