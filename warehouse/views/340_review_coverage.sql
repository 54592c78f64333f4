CREATE VIEW review_coverage AS
WITH given AS (
    SELECT unnest(themes) AS theme, recommendation_id, is_perennial FROM register
),
judged AS (
    SELECT theme, recommendation_id, answer, lower(reviewer) AS reviewer, reviewed_on
    FROM reviews
    WHERE question = 'theme' AND theme IS NOT NULL AND is_current AND is_applied AND answer <> 'withdrawn'
),
asked AS (
    SELECT
        given.theme,
        count(*) AS ask_count,
        count(judged.recommendation_id) AS judged_ask_count,
        count(*) FILTER (given.is_perennial) AS perennial_ask_count,
        count(judged.recommendation_id) FILTER (given.is_perennial) AS judged_perennial_ask_count
    FROM given LEFT JOIN judged USING (theme, recommendation_id)
    GROUP BY given.theme
),
said AS (
    SELECT
        theme,
        count(*) FILTER (answer = 'right') AS right_count,
        count(*) FILTER (answer = 'wrong') AS wrong_count,
        count(*) FILTER (answer = 'add') AS added_count,
        count(DISTINCT reviewer) AS reviewer_count,
        max(reviewed_on) AS last_reviewed_on
    FROM judged GROUP BY theme
),
disputed AS (
    SELECT theme, count(*) AS open_conflict_count FROM review_conflicts WHERE is_open AND question = 'theme' GROUP BY theme
)
SELECT
    themes.theme,
    coalesce(asked.ask_count, 0) AS ask_count,
    coalesce(asked.judged_ask_count, 0) AS judged_ask_count,
    round(asked.judged_ask_count / asked.ask_count, 4) AS judged_share,
    coalesce(asked.perennial_ask_count, 0) AS perennial_ask_count,
    coalesce(asked.judged_perennial_ask_count, 0) AS judged_perennial_ask_count,
    coalesce(said.right_count, 0) AS right_count,
    coalesce(said.wrong_count, 0) AS wrong_count,
    coalesce(said.added_count, 0) AS added_count,
    round(said.right_count / nullif(said.right_count + said.wrong_count, 0), 4) AS right_share,
    coalesce(said.reviewer_count, 0) AS reviewer_count,
    said.last_reviewed_on,
    coalesce(disputed.open_conflict_count, 0) AS open_conflict_count
FROM themes
LEFT JOIN asked USING (theme)
LEFT JOIN said USING (theme)
LEFT JOIN disputed USING (theme)
ORDER BY themes.theme;
COMMENT ON VIEW review_coverage IS 'One row a theme: how much of it people have looked at, and how often the machine was right where they did.';
COMMENT ON COLUMN review_coverage.theme IS 'Slug.';
COMMENT ON COLUMN review_coverage.ask_count IS 'Asks that have the theme.';
COMMENT ON COLUMN review_coverage.judged_ask_count IS 'Of these, asks whose theme a person has judged.';
COMMENT ON COLUMN review_coverage.judged_share IS 'Their share; NULL where there are none.';
COMMENT ON COLUMN review_coverage.perennial_ask_count IS 'Asks of a perennial common recommendation.';
COMMENT ON COLUMN review_coverage.judged_perennial_ask_count IS 'Of these, judged.';
COMMENT ON COLUMN review_coverage.right_count IS 'Judgements that say the theme is right.';
COMMENT ON COLUMN review_coverage.wrong_count IS 'Judgements that say it is wrong.';
COMMENT ON COLUMN review_coverage.added_count IS 'Rows a person added to the theme.';
COMMENT ON COLUMN review_coverage.right_share IS 'Right of right and wrong. The queue shows the least certain first, so it is lower than over all rows.';
COMMENT ON COLUMN review_coverage.reviewer_count IS 'How many people.';
COMMENT ON COLUMN review_coverage.last_reviewed_on IS 'Latest day of a judgement.';
COMMENT ON COLUMN review_coverage.open_conflict_count IS 'Questions on which reviewers disagree and that nobody has settled.';
