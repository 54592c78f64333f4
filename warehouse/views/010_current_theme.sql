CREATE VIEW base.current_theme AS
WITH judgement AS (
    SELECT recommendation_id, theme, answer, reviewed_on
    FROM base.review
    WHERE question = 'theme' AND theme IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY recommendation_id, theme ORDER BY recorded_at DESC, review_id DESC) = 1
)
SELECT
    recommendation_id,
    theme,
    given.score,
    CASE WHEN judgement.answer = 'right' THEN 'confirmed by a person on ' || judgement.reviewed_on
         WHEN judgement.answer = 'add' THEN 'added by a person on ' || judgement.reviewed_on
         ELSE given.reason END AS reason,
    coalesce(judgement.answer IN ('right', 'add'), FALSE) AS is_reviewed
FROM base.assigned_theme AS given
FULL JOIN judgement USING (recommendation_id, theme)
SEMI JOIN base.recommendation USING (recommendation_id)
SEMI JOIN base.theme USING (theme)
WHERE judgement.answer IN ('right', 'add')
   OR (given.theme IS NOT NULL AND coalesce(judgement.answer, 'withdrawn') = 'withdrawn');
COMMENT ON VIEW base.current_theme IS 'One row a theme of a recommendation as it stands: what the machine gave, less what people called wrong, plus what people confirmed or added.';
COMMENT ON COLUMN base.current_theme.recommendation_id IS 'The recommendation.';
COMMENT ON COLUMN base.current_theme.theme IS 'Slug.';
COMMENT ON COLUMN base.current_theme.score IS 'Calibrated probability, 0 to 1; NULL where only a person gave the theme.';
COMMENT ON COLUMN base.current_theme.reason IS 'Why, in words.';
COMMENT ON COLUMN base.current_theme.is_reviewed IS 'True: a person confirmed or added it.';
