-- How many visits of the last 30 days that saw a product end in a purchase, by day and campaign.
WITH sessions AS (
    SELECT
        dt,
        session_id,
        max(coalesce(campaign, 'none')) AS campaign,
        max(CASE WHEN event_type = 'view' THEN 1 ELSE 0 END) AS viewed,
        max(CASE WHEN event_type = 'cart' THEN 1 ELSE 0 END) AS put_in_cart,
        max(CASE WHEN event_type = 'purchase' THEN 1 ELSE 0 END) AS bought
    FROM events
    WHERE dt >= CAST(current_date - INTERVAL '30' DAY AS varchar)
    GROUP BY dt, session_id
)
SELECT
    dt AS day,
    campaign,
    sum(viewed) AS visits,
    sum(put_in_cart) AS carts,
    sum(bought) AS purchases,
    CAST(sum(bought) AS double) / nullif(sum(viewed), 0) AS conversion
FROM sessions
GROUP BY dt, campaign
ORDER BY day, campaign
