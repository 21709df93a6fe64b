-- How content customers are, by what they are worth: the mean of 1 to 5, and those who recommend the shop less those who do not.
WITH snapshot AS (
    SELECT max(dt) AS dt FROM customer_profiles
),
segments AS (
    SELECT
        p.customer_id,
        CASE
            WHEN p.orders = 0 THEN 'never bought'
            WHEN p.recency_days > 180 THEN 'lost'
            WHEN p.orders >= 5 THEN 'loyal'
            WHEN p.orders = 1 THEN 'one order'
            ELSE 'occasional'
        END AS segment
    FROM customer_profiles p
    JOIN snapshot s ON p.dt = s.dt
)
SELECT
    g.segment,
    count(*) AS answers,
    avg(a.satisfaction) AS satisfaction,
    100.0 * (
        sum(CASE WHEN a.recommend >= 9 THEN 1 ELSE 0 END)
        - sum(CASE WHEN a.recommend <= 6 THEN 1 ELSE 0 END)
    ) / nullif(count(a.recommend), 0) AS net_promoter_score
FROM survey_answers a
JOIN segments g ON g.customer_id = a.customer_id
GROUP BY g.segment
ORDER BY satisfaction DESC
