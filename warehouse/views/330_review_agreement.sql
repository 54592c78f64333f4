-- Cohen 1960: kappa = (observed - expected) / (1 - expected), expected from each reviewer's own shares of answers.
CREATE VIEW review_agreement AS
WITH latest AS (
    SELECT
        recommendation_id, question, coalesce(theme, common_id, '') AS subject, lower(reviewer) AS reviewer,
        CASE answer WHEN 'add' THEN 'right' ELSE answer END AS answer
    FROM reviews
    WHERE question IN ('theme', 'same_ask', 'extraction', 'status') AND is_applied
    QUALIFY row_number() OVER (
        PARTITION BY recommendation_id, question, theme, common_id, lower(reviewer)
        ORDER BY recorded_at, review_id) = 1
),
pair AS (
    SELECT one.question, one.reviewer AS reviewer_1, other.reviewer AS reviewer_2, one.answer AS answer_1, other.answer AS answer_2
    FROM latest AS one
    JOIN latest AS other USING (recommendation_id, question, subject)
    WHERE one.reviewer < other.reviewer AND one.answer <> 'withdrawn' AND other.answer <> 'withdrawn'
),
total AS (
    SELECT question, reviewer_1, reviewer_2, count(*) AS judged_count, count(*) FILTER (answer_1 = answer_2) AS agreed_count
    FROM pair GROUP BY ALL
),
share AS (
    SELECT question, reviewer_1, reviewer_2, answer, sum(first) AS first_count, sum(second) AS second_count
    FROM (SELECT question, reviewer_1, reviewer_2, answer_1 AS answer, 1 AS first, 0 AS second FROM pair
          UNION ALL SELECT question, reviewer_1, reviewer_2, answer_2, 0, 1 FROM pair)
    GROUP BY ALL
),
expected AS (
    SELECT question, reviewer_1, reviewer_2, sum(first_count * second_count) / any_value(judged_count) ** 2 AS expected_share
    FROM share JOIN total USING (question, reviewer_1, reviewer_2)
    GROUP BY ALL
)
SELECT
    question,
    reviewer_1,
    reviewer_2,
    judged_count,
    agreed_count,
    round(agreed_count / judged_count, 4) AS observed_share,
    round(expected_share, 4) AS expected_share,
    CASE WHEN expected_share < 1 THEN round((agreed_count / judged_count - expected_share) / (1 - expected_share), 4) END AS kappa
FROM total JOIN expected USING (question, reviewer_1, reviewer_2)
ORDER BY question, judged_count DESC, reviewer_1, reviewer_2;
COMMENT ON VIEW review_agreement IS 'Question × two reviewers: how far they agree on what both judged, by their first answers, before they could talk. Cohen''s kappa: 1 is full agreement, 0 no better than chance.';
COMMENT ON COLUMN review_agreement.question IS 'theme, same_ask, extraction or status.';
COMMENT ON COLUMN review_agreement.reviewer_1 IS 'One reviewer.';
COMMENT ON COLUMN review_agreement.reviewer_2 IS 'The other.';
COMMENT ON COLUMN review_agreement.judged_count IS 'How many both judged. Below some thirty the figures say little.';
COMMENT ON COLUMN review_agreement.agreed_count IS 'How many they judged alike.';
COMMENT ON COLUMN review_agreement.observed_share IS 'Share judged alike.';
COMMENT ON COLUMN review_agreement.expected_share IS 'Share they would judge alike by chance, given how often each gives each answer.';
COMMENT ON COLUMN review_agreement.kappa IS 'Cohen''s kappa; NULL where both gave one and the same answer throughout.';
