CREATE VIEW review_queue AS
WITH judged AS (
    SELECT DISTINCT recommendation_id, theme FROM reviews WHERE question = 'theme' AND theme IS NOT NULL
),
candidate AS (
    SELECT recommendation_id, detail.theme, TRUE AS is_given, detail.score, detail.reason
    FROM (SELECT recommendation_id, unnest(theme_details) AS detail FROM recommendations)
    UNION ALL
    SELECT recommendation_id, nearest_theme, FALSE, nearest_score, 'nearest miss' || coalesce(': ' || nearest_reason, '')
    FROM recommendations
    WHERE nearest_theme IS NOT NULL AND NOT list_contains(themes, nearest_theme)
)
SELECT
    register.text,
    candidate.theme,
    candidate.is_given,
    candidate.score,
    candidate.reason,
    round(1 - 2 * abs(candidate.score - 0.5), 4) AS uncertainty,
    register.kind,
    register.body,
    register.source,
    register.published,
    register.document_title,
    register.page,
    register.page_url,
    register.common_id,
    register.is_perennial,
    register.status,
    register.is_restricted,
    register.recommendation_id
FROM register
JOIN candidate USING (recommendation_id)
ANTI JOIN judged USING (recommendation_id, theme)
WHERE register.status <> 'not ours'
ORDER BY uncertainty DESC NULLS LAST, is_perennial DESC, published DESC NULLS LAST, recommendation_id, theme;
COMMENT ON VIEW review_queue IS 'One row an ask and a theme no person has judged yet, the least certain first, then the perennial and the newest.';
COMMENT ON COLUMN review_queue.text IS 'Verbatim.';
COMMENT ON COLUMN review_queue.theme IS 'The theme in question.';
COMMENT ON COLUMN review_queue.is_given IS 'True: the classifier gave it. False: it came nearest without reaching its threshold.';
COMMENT ON COLUMN review_queue.score IS 'Calibrated probability, 0 to 1.';
COMMENT ON COLUMN review_queue.reason IS 'Why, in words.';
COMMENT ON COLUMN review_queue.uncertainty IS '1 where the score is 0.5, 0 where it is 0 or 1.';
COMMENT ON COLUMN review_queue.kind IS 'What the body calls it.';
COMMENT ON COLUMN review_queue.body IS 'Who asked.';
COMMENT ON COLUMN review_queue.source IS 'The stream.';
COMMENT ON COLUMN review_queue.published IS 'Day of the first printing.';
COMMENT ON COLUMN review_queue.document_title IS 'Title of the document. A coroner''s title may hold a name.';
COMMENT ON COLUMN review_queue.page IS 'Its page.';
COMMENT ON COLUMN review_queue.page_url IS 'Address that opens it there.';
COMMENT ON COLUMN review_queue.common_id IS 'The common recommendation it is in.';
COMMENT ON COLUMN review_queue.is_perennial IS 'True: that one is perennial.';
COMMENT ON COLUMN review_queue.status IS 'Status as it stands.';
COMMENT ON COLUMN review_queue.is_restricted IS 'True: not in the public file.';
COMMENT ON COLUMN review_queue.recommendation_id IS 'First printing of the ask.';
