-- Which customers are worth what: by how recently, how often and for how much they bought.
WITH snapshot AS (
    SELECT max(dt) AS dt FROM orders
),
bought AS (
    SELECT
        o.customer_id,
        max(o.ordered_at) AS last_order_at,
        count(*) AS orders,
        sum(o.total) AS revenue
    FROM orders o
    JOIN snapshot s ON o.dt = s.dt
    WHERE o.status IN ('paid', 'shipped', 'delivered')
    GROUP BY o.customer_id
),
scored AS (
    SELECT
        customer_id,
        orders,
        revenue,
        date_diff('day', CAST(last_order_at AS date), current_date) AS recency_days,
        ntile(5) OVER (ORDER BY last_order_at, customer_id) AS recency,
        ntile(5) OVER (ORDER BY orders, customer_id) AS frequency,
        ntile(5) OVER (ORDER BY revenue, customer_id) AS monetary
    FROM bought
),
named AS (
    SELECT
        *,
        CASE
            WHEN recency >= 4 AND frequency >= 4 AND monetary >= 4 THEN 'champions'
            WHEN recency >= 4 AND frequency <= 2 THEN 'new'
            WHEN recency >= 3 AND frequency >= 3 THEN 'loyal'
            WHEN recency <= 2 AND frequency >= 4 THEN 'at risk'
            WHEN recency <= 2 AND frequency <= 2 THEN 'lost'
            ELSE 'others'
        END AS segment
    FROM scored
)
SELECT
    segment,
    count(*) AS customers,
    avg(recency_days) AS average_recency_days,
    avg(orders) AS average_orders,
    CAST(sum(revenue) AS double) AS revenue
FROM named
GROUP BY segment
ORDER BY revenue DESC
