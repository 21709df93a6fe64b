-- What campaigns bring: orders, how much is in a basket, and what it is worth.
WITH snapshot AS (
    SELECT max(dt) AS dt FROM orders
),
baskets AS (
    SELECT
        o.order_id,
        coalesce(o.campaign, 'none') AS campaign,
        o.total,
        sum(i.quantity) AS items
    FROM orders o
    JOIN snapshot s ON o.dt = s.dt
    JOIN order_items i ON i.order_id = o.order_id AND i.dt = o.dt
    WHERE o.status IN ('paid', 'shipped', 'delivered')
    GROUP BY o.order_id, coalesce(o.campaign, 'none'), o.total
)
SELECT
    campaign,
    count(*) AS orders,
    avg(items) AS average_items,
    CAST(avg(total) AS double) AS average_value,
    CAST(sum(total) AS double) AS revenue
FROM baskets
GROUP BY campaign
ORDER BY revenue DESC
